// TRM: a pod that was deleted and is still there. Taking it away by force, and taking a finalizer off, are offered wherever such a pod is shown.
import type { Finding } from '../contract/findings.ts';
import { findingOf } from './cause.ts';
import type { PodCase } from './cause.ts';
import { fieldEvidence } from './evidence.ts';
import { nodeCondition, nodeConditionEvidence, nodeOf } from './node-of.ts';

/** The time that a kubelet may take after the last second of the grace period. */
const OVERDUE_MS = 30_000;
/** A grace period that is as long as this is worth a word. */
const PATIENCE_MS = 30_000;

/** Kubernetes has done its part, and keeps the object until whoever put the finalizer there takes it off. */
export function waitsForFinalizer(subject: PodCase): Finding | undefined {
  const { pod, world: { now } } = subject;
  const { finalizers = [], deletionTimestamp } = pod.metadata;
  const [finalizer] = finalizers;
  if (finalizer === undefined || now.getTime() < endOf(deletionTimestamp) || isRunning(subject)) return undefined;
  const known: Readonly<Record<string, string>> = { foregroundDeletion: 'foreground', orphan: 'orphan', 'batch.kubernetes.io/job-tracking': 'job' };
  return findingOf(subject, 'TRM-02', {
    confidence: 'proven', params: { finalizer, count: finalizers.length, owner: known[finalizer] ?? 'other' },
    evidence: [fieldEvidence(subject, 'metadata.finalizers', finalizers), fieldEvidence(subject, 'metadata.deletionTimestamp', deletionTimestamp ?? '')], raw: finalizers.join(', '),
  });
}

/** deletionTimestamp is the end of the grace period, not its beginning (pkg/registry/core/pod, CheckGracefulDelete). */
export function stuckEnding(subject: PodCase): Finding | undefined {
  const { pod, world: { now } } = subject;
  const { deletionTimestamp, deletionGracePeriodSeconds: grace = 0 } = pod.metadata;
  const end = endOf(deletionTimestamp);
  const over = now.getTime() - end;
  const node = nodeOf(subject);
  const ready = node && nodeCondition(node, 'Ready');
  const silent = ready !== undefined && ready.status !== 'True';
  const base = { confidence: 'proven' as const, evidence: [fieldEvidence(subject, 'metadata.deletionTimestamp', deletionTimestamp ?? ''), ...(node && ready && silent ? [nodeConditionEvidence(node, ready)] : [])] };
  const asked = end - grace * 1000;
  if (over <= OVERDUE_MS) {
    const since = now.getTime() - asked;
    if (over > 0 || grace * 1000 <= PATIENCE_MS || since < PATIENCE_MS || silent || !isRunning(subject)) return undefined;
    return findingOf(subject, 'TRM-01', {
      ...base, severity: 'info', sentence: 'sentence-grace', explanation: 'explanation-grace', params: { grace, end, hook: hasHook(subject) ? 'yes' : 'no' },
      evidence: [...base.evidence, fieldEvidence(subject, 'metadata.deletionGracePeriodSeconds', grace)],
    });
  }
  const variant = silent ? '-node' : isRunning(subject) ? '' : '-stopped';
  return findingOf(subject, 'TRM-01', { ...base, sentence: `sentence${variant}`, explanation: `explanation${variant}`, params: { grace, end } });
}

function endOf(deletionTimestamp: string | undefined): number {
  return Date.parse(deletionTimestamp ?? '') || 0;
}

function isRunning({ pod: { status } }: PodCase): boolean {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(({ state }) => state?.running !== undefined);
}

function hasHook({ pod: { spec } }: PodCase): boolean {
  return (spec?.containers ?? []).some((container) => (container['lifecycle'] as { preStop?: unknown } | undefined)?.preStop !== undefined);
}
