// NOD and what is told of a pod that is over: the node does not report, it is short of something, or it sent the pod away.
import type { Finding } from '../contract/findings.ts';
import { findingOf, isYoung, podFix } from './cause.ts';
import type { Cause, PodCase } from './cause.ts';
import { fieldEvidence } from './evidence.ts';
import { stuckEnding, waitsForFinalizer } from './ending.ts';
import { evicted } from './evicted.ts';
import { deadlineOver, preempted, refusedByNode } from './life.ts';
import { nodeCondition, nodeConditionEvidence, nodeOf, restartNode, storeOf } from './node-of.ts';
import { isNetworkMissing } from './sandbox.ts';

/** Of a pod that is being deleted. */
export const endingCauses: readonly Cause<PodCase>[] = [
  { id: 'TRM-02', find: waitsForFinalizer },
  { id: 'TRM-01', find: stuckEnding },
  { id: 'LIF-02', find: preempted },
];

/** Of a pod that is over as a whole: phase Failed, with a reason. */
export const endedCauses: readonly Cause<PodCase>[] = [
  { id: 'NOD-01', find: evicted },
  { id: 'SCH-11', find: refusedByNode },
  { id: 'LIF-01', find: deadlineOver },
  { id: 'LIF-02', find: (subject) => (subject.pod.status?.phase === 'Failed' ? preempted(subject) : undefined) },
];

/** The node does not report, so all that it said is old; or there is none. */
export const silentNode: readonly Cause<PodCase>[] = [
  { id: 'NOD-02', find: nodeNotReady },
  { id: 'SCH-11', find: noSuchNode },
];

/** What the node suffers from beside. */
export const nodeCauses: readonly Cause<PodCase>[] = [{ id: 'NOD-03', find: pressure }];

/**
 * The Ready condition of the pod's node: `Unknown` is written by the node controller when the kubelet's lease has run out (40 s), `False` by the kubelet
 * itself (pkg/controller/nodelifecycle, pkg/kubelet/nodestatus).
 */
function nodeNotReady(subject: PodCase): Finding | undefined {
  const node = nodeOf(subject);
  const ready = node && nodeCondition(node, 'Ready');
  if (!ready || ready.status === 'True') return undefined;
  const heard = ready.status === 'False';
  // Such a node reports, and pods of its own network alone do not start there: SBX-02 says so.
  if (heard && isNetworkMissing(ready.status, ready.message) && subject.pod.status?.phase === 'Pending') return undefined;
  return findingOf(subject, 'NOD-02', {
    confidence: 'proven', sentence: heard ? 'sentence-not-ready' : 'sentence',
    params: { since: Date.parse(ready.lastTransitionTime ?? '') || 0, store: storeOf(subject) },
    evidence: [nodeConditionEvidence(node, ready)], raw: ready.message, fixes: restartNode(subject),
  });
}

/** `spec.nodeName` of no node: nobody ever looks at the pod, and after a while the pod collector takes it away (pkg/controller/podgc). */
function noSuchNode(subject: PodCase): Finding | undefined {
  const { pod, world: { nodes } } = subject;
  const name = pod.spec?.nodeName ?? '';
  if (nodes === 'unknown' || nodes.length === 0 || name === '' || nodeOf(subject) || isYoung(subject) || pod.status?.startTime !== undefined || pod.status?.phase !== 'Pending') return undefined;
  return findingOf(subject, 'SCH-11', {
    confidence: 'proven', sentence: 'sentence-no-such-node', explanation: 'explanation-no-such-node', params: { have: nodes.map(({ metadata }) => metadata.name).join(', '), reason: 'none' },
    evidence: [fieldEvidence(subject, 'spec.nodeName', name)],
    fixes: podFix(subject, 'F14.drop-node-name', [{ path: ['spec', 'nodeName'] }], { recommended: true }),
  });
}

const PRESSURES = { DiskPressure: 'disk', MemoryPressure: 'memory', PIDPressure: 'pid' } as const;

function pressure(subject: PodCase): Finding | undefined {
  const node = nodeOf(subject);
  if (!node) return undefined;
  for (const [type, what] of Object.entries(PRESSURES)) {
    const found = nodeCondition(node, type);
    if (found?.status !== 'True') continue;
    return findingOf(subject, 'NOD-03', {
      severity: 'warning', confidence: 'proven', params: { what, store: storeOf(subject) }, evidence: [nodeConditionEvidence(node, found)], raw: found.message,
    });
  }
  return undefined;
}
