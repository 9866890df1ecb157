// SCH: no node takes the pod. The scheduler tries again by itself whenever something changes, so nothing has to be restarted once the cause is gone.
import type { Finding } from '../contract/findings.ts';
import { condition, findingOf, podFix } from './cause.ts';
import type { Cause, PodCase } from './cause.ts';
import { claimNotReady } from './claims.ts';
import { conditionEvidence, eventEvidence, fieldEvidence, nodeEvidence } from './evidence.ts';
import { changeNode } from './node-fixes.ts';
import { writePath } from './path-fix.ts';
import { noPortFree, noSuchLabel, rulesUnmet } from './placement.ts';
import { noRoom, tooManyPods } from './request.ts';
import { counts } from './refused.ts';
import type { Refused } from './refused.ts';
import { schedulerMessage } from './scheduling-tokens.ts';
import type { SchedulingId } from './scheduling-tokens.ts';
import { fieldsIn, textIn } from './spec-fields.ts';
import { tainted } from './taints.ts';

export const schedulingCauses: readonly Cause<PodCase>[] = [
  { id: 'SCH-09', find: gated },
  { id: 'SCH-10', find: nobodyPlaces },
  refused('SCH-01', noRoom),
  refused('SCH-02', tainted),
  refused('SCH-03', noSuchLabel),
  refused('SCH-04', claimNotReady),
  refused('SCH-05', noPortFree),
  refused('SCH-06', cordoned),
  refused('SCH-07', rulesUnmet),
  refused('SCH-08', tooManyPods),
  refused('SCH-12', ({ subject, message, said, token }) =>
    findingOf(subject, 'SCH-12', { raw: message.raw, confidence: 'proven', params: { text: token.text, ...counts(message, token) }, evidence: said })),
];

function refused(id: SchedulingId, find: (refused: Refused) => Finding | undefined): Cause<PodCase> {
  return {
    id,
    find: (subject) => {
      const message = schedulerMessage(subject);
      const token = message?.tokens[0];
      if (!message || !token || token.id !== id || message.raw.startsWith('no nodes available')) return undefined;
      const { nodes } = subject.world;
      const said = message.event ? [eventEvidence(message.event)] : conditionEvidence(subject, 'PodScheduled');
      return find({ subject, message, token, nodes: nodes === 'unknown' ? [] : nodes, said });
    },
  };
}

/** `spec.schedulingGates` (1.27): somebody put them there, and takes them off. */
function gated(subject: PodCase): Finding | undefined {
  const said = condition(subject, 'PodScheduled');
  if (said?.reason !== 'SchedulingGated') return undefined;
  const gates = fieldsIn(subject.pod.spec?.['schedulingGates']).map(([, gate]) => textIn(gate, 'name'));
  return findingOf(subject, 'SCH-09', {
    severity: 'warning', confidence: 'proven', params: { gates: gates.join(', ') || '?', count: gates.length }, raw: said.message,
    evidence: [...conditionEvidence(subject, 'PodScheduled'), fieldEvidence(subject, 'spec.schedulingGates', subject.pod.spec?.['schedulingGates'] ?? [])],
    fixes: writePath(subject, 'F14.write-gates', 'spec.schedulingGates', { recommended: true }),
  });
}

/** A scheduler looks at a new pod within a moment, and always leaves its condition. */
const UNSEEN_MS = 15_000;
const DEFAULT_SCHEDULER = 'default-scheduler';

function nobodyPlaces(subject: PodCase): Finding | undefined {
  const { pod, world, age } = subject;
  const message = schedulerMessage(subject);
  if (message?.raw.startsWith('no nodes available')) {
    const evidence = message.event ? [eventEvidence(message.event)] : conditionEvidence(subject, 'PodScheduled');
    return findingOf(subject, 'SCH-10', { confidence: 'proven', sentence: 'sentence-no-nodes', explanation: 'explanation-no-nodes', params: { scheduler: 'none' }, raw: message.raw, evidence });
  }
  const asked = pod.spec?.['schedulerName'];
  const scheduler = typeof asked === 'string' && asked !== '' ? asked : DEFAULT_SCHEDULER;
  if (message || condition(subject, 'PodScheduled') || age < UNSEEN_MS || world.events === 'unknown') return undefined;
  const own = scheduler !== DEFAULT_SCHEDULER;
  return findingOf(subject, 'SCH-10', {
    confidence: 'likely', ...(own && { sentence: 'sentence-other', explanation: 'explanation-other' }), params: { scheduler },
    evidence: [fieldEvidence(subject, 'spec.schedulerName', scheduler)],
    fixes: own ? podFix(subject, 'F14.default-scheduler', [{ path: ['spec', 'schedulerName'], value: DEFAULT_SCHEDULER }], { recommended: true }) : [],
  });
}

function cordoned({ subject, message, token, nodes, said }: Refused): Finding {
  const closed = nodes.filter(({ spec }) => spec?.unschedulable === true);
  const name = closed[0]?.metadata.name ?? '';
  return findingOf(subject, 'SCH-06', {
    raw: message.raw, confidence: closed.length > 0 ? 'proven' : 'strong',
    params: { ...counts(message, token), on: name || 'none' },
    evidence: [...said, ...closed.map((each) => nodeEvidence(each, 'spec.unschedulable', true))],
    fixes: closed[0] ? [changeNode('F13.uncordon', closed[0], [{ path: ['spec', 'unschedulable'] }])] : [],
  });
}
