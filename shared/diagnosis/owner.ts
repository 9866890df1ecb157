// OWN: a workload whose pods are not made, or that waits on purpose. Kubernetes says so of the ReplicaSet or the Job, and learners look at the
// Deployment or the CronJob: it is lifted up to there (research/diagnosis.md 4.9).
import type { Finding } from '../contract/findings.ts';
import { creationFailure } from './owner-failure.ts';
import { refusedPods } from './owner-refused.ts';
import { changeOwner, rollbackOwner } from './owner-fixes.ts';
import { ownerFinding, type OwnerWorld } from './owner-world.ts';
import { objectEvidence } from './evidence.ts';
import { fieldsAt, fieldsIn, textIn } from './spec-fields.ts';

/** What is wrong with the workload, the headline first: pods that cannot be made, then what its pods suffer from, then what waits on purpose. Pure. */
export function diagnoseOwner(world: OwnerWorld): Finding[] {
  const failure = creationFailure(world);
  const refused = failure ? [refusedPods(world, failure)] : [];
  const ofPods = world.podFinding ? [world.podFinding] : [];
  const stuck = refused.length > 0 ? undefined : overdue(world);
  const asleep = refused.length > 0 || stuck ? undefined : waiting(world);
  return [...refused, ...ofPods, ...(stuck ? [stuck] : []), ...(asleep ? [asleep] : [])];
}

/** OWN-06: only a symptom; what its pods suffer from stands before it. */
function overdue(world: OwnerWorld): Finding | undefined {
  const { owner, podFinding } = world;
  if (owner.kind !== 'Deployment') return undefined;
  const [index, condition] = fieldsIn(fieldsAt(owner, 'status')['conditions']).find(([, each]) => textIn(each, 'type') === 'Progressing') ?? [];
  if (!condition || textIn(condition, 'status') !== 'False' || textIn(condition, 'reason') !== 'ProgressDeadlineExceeded') return undefined;
  const seconds = fieldsAt(owner, 'spec')['progressDeadlineSeconds'];
  return ownerFinding(world, 'OWN-06', {
    severity: 'warning', confidence: 'proven', explanation: podFinding ? 'explanation' : 'explanation-alone',
    params: { seconds: typeof seconds === 'number' ? seconds : 600 }, raw: textIn(condition, 'message'),
    evidence: [objectEvidence(owner, `status.conditions[${index}]`, textIn(condition, 'message') || textIn(condition, 'reason'))], fixes: rollbackOwner(world),
  });
}

/** OWN-07: somebody wanted it so. */
function waiting(world: OwnerWorld): Finding | undefined {
  const { owner } = world;
  const { kind = '' } = owner;
  const spec = fieldsAt(owner, 'spec');
  const info = (sentence: string, path: string, value: unknown, key: string, edit: { path: string[]; value?: unknown }, danger: 'g' | 'y') => ownerFinding(world, 'OWN-07', {
    severity: 'info', confidence: 'proven', sentence, explanation: null, evidence: [objectEvidence(owner, path, value)], fixes: changeOwner(world, key, [edit], { danger, recommended: true }),
  });
  if (['Deployment', 'ReplicaSet', 'StatefulSet'].includes(kind) && spec['replicas'] === 0) {
    return info('sentence', 'spec.replicas', 0, 'F14.scale-one', { path: ['spec', 'replicas'], value: 1 }, 'g');
  }
  if (kind === 'Deployment' && spec['paused'] === true) return info('sentence-paused', 'spec.paused', true, 'F14.resume', { path: ['spec', 'paused'] }, 'y');
  if ((kind === 'CronJob' || kind === 'Job') && spec['suspend'] === true) {
    return info('sentence-suspended', 'spec.suspend', true, 'F14.wake', { path: ['spec', 'suspend'], value: false }, 'g');
  }
  return undefined;
}
