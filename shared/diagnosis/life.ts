// SCH-11, LIF-01 and LIF-02: a pod that was ended as a whole, by its node, by its own deadline, or for the sake of another.
import type { Finding, Fix } from '../contract/findings.ts';
import { eventMessage } from '../kubernetes/events.ts';
import { condition, findingOf, podFix, retryFix } from './cause.ts';
import type { PodCase } from './cause.ts';
import { conditionEvidence, eventEvidence, fieldEvidence } from './evidence.ts';
import { statusEvidence } from './evicted.ts';
import { dropHostPorts } from './host-ports.ts';
import { writePath } from './path-fix.ts';
import { lower } from './request.ts';
import { amount } from './room.ts';

/** The kubelet looks once more when a pod arrives, above all at one that was given its node by hand (pkg/kubelet/lifecycle/predicate.go). */
export function refusedByNode(subject: PodCase): Finding | undefined {
  const { phase, reason = '', message = '' } = subject.pod.status ?? {};
  if (phase !== 'Failed' || !/^(OutOf\S+|NodeAffinity|NodePorts|NodeName|NodeUnschedulable|TaintToleration|UnexpectedAdmissionError|TopologyAffinityError|Pod\w+NotSupported|PodOSSelectorNodeLabelDoesNotMatch)$/.test(reason)) return undefined;
  const base = { confidence: 'proven' as const, raw: message || reason, evidence: [statusEvidence(subject, message)] };
  const resource = /^OutOf(.+)$/.exec(reason)?.[1];
  if (resource === undefined) {
    const variant = { NodePorts: '-ports', NodeAffinity: '-labels' }[reason] ?? '';
    const drop = reason === 'NodePorts' ? dropHostPorts(subject, true) : reason === 'NodeAffinity' ? dropLabels(subject) : [];
    return findingOf(subject, 'SCH-11', { ...base, sentence: `sentence${variant}`, params: { reason }, fixes: [...drop, ...retryFix(subject, drop.length === 0)] });
  }
  const [, requested, used, capacity] = /requested: (\d+), used: (\d+), capacity: (\d+)/.exec(message) ?? [];
  if (requested === undefined) return findingOf(subject, 'SCH-11', { ...base, params: { reason }, fixes: retryFix(subject) });
  // The kubelet counts cores in thousandths.
  const of = (text = '0') => Number(text) / (resource === 'cpu' ? 1000 : 1);
  const request = lower(subject, resource, of(capacity) - of(used));
  return findingOf(subject, 'SCH-11', {
    ...base, sentence: 'sentence-room',
    params: { reason, resource, request: amount(resource, of(requested)), used: amount(resource, of(used)), allocatable: amount(resource, of(capacity)) },
    fixes: [...request, ...retryFix(subject, request.length === 0)],
  });
}

function dropLabels(subject: PodCase): Fix[] {
  return subject.pod.spec?.['nodeSelector'] === undefined ? [] : podFix(subject, 'F14.drop-selector', [{ path: ['spec', 'nodeSelector'] }], { recommended: true, params: { wanted: 'none' } });
}

/** `spec.activeDeadlineSeconds`; the container's own status may go on saying that it runs. */
export function deadlineOver(subject: PodCase): Finding | undefined {
  const { pod } = subject;
  if (pod.status?.phase !== 'Failed' || pod.status.reason !== 'DeadlineExceeded') return undefined;
  const seconds = pod.spec?.['activeDeadlineSeconds'];
  return findingOf(subject, 'LIF-01', {
    confidence: 'proven', ...(typeof seconds !== 'number' && { sentence: 'sentence-unknown' }), params: { seconds: typeof seconds === 'number' ? seconds : 0 }, raw: pod.status.message || 'DeadlineExceeded',
    evidence: [statusEvidence(subject, pod.status.message ?? ''), ...(typeof seconds === 'number' ? [fieldEvidence(subject, 'spec.activeDeadlineSeconds', seconds)] : [])],
    fixes: typeof seconds === 'number'
      ? [
          ...writePath(subject, 'F20.write-deadline', 'spec.activeDeadlineSeconds', { recommended: true }),
          ...podFix(subject, 'F20.drop-deadline', [{ path: ['spec', 'activeDeadlineSeconds'] }], { params: { seconds } }), ...retryFix(subject, false),
        ]
      : retryFix(subject),
  });
}

/** By the scheduler (event Preempted; DisruptionTarget since 1.26), or by the kubelet for a pod of the system (reason Preempting). */
export function preempted(subject: PodCase): Finding | undefined {
  const event = subject.events.find(({ reason }) => reason === 'Preempted');
  const disrupted = condition(subject, 'DisruptionTarget');
  const byScheduler = disrupted?.status === 'True' && (disrupted.reason ?? '').startsWith('Preemption');
  const { reason, message = '' } = subject.pod.status ?? {};
  const byNode = reason === 'Preempting';
  if (!event && !byScheduler && !byNode) return undefined;
  const by = event ? /^(?:Preempted )?by (?:pod )?(\S+)/i.exec(eventMessage(event))?.[1] : undefined;
  return findingOf(subject, 'LIF-02', {
    severity: byNode ? 'error' : 'warning', confidence: byNode || byScheduler ? 'proven' : 'strong', params: { by: by ?? 'none' },
    raw: event ? eventMessage(event) : byNode ? message || reason : disrupted?.message,
    evidence: [...(event ? [eventEvidence(event)] : []), ...conditionEvidence(subject, 'DisruptionTarget'), ...(byNode ? [statusEvidence(subject, message)] : [])],
    fixes: byNode ? retryFix(subject) : [],
  });
}
