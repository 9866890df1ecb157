// Why no node takes a pod, in the scheduler's words: kubernetes, pkg/scheduler/framework/types.go (FitError) and
// pkg/scheduler/framework/preemption.
import type { Refusal } from './node-filters.ts';

/** `1 Insufficient cpu, 1 node(s) were unschedulable`: sorted as text, counts and all. */
function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}

export const NO_NODES = 'no nodes available to schedule pods';

/**
 * @param refusals one for each node.
 * @param whole a reason that has nothing to do with a node (a claim that is missing): told without a number since 1.25.
 */
export function schedulingMessage(refusals: readonly Refusal[], minor: number, whole?: string): string {
  const total = refusals.length;
  const head = `0/${total} nodes are available:`;
  const reasons = whole !== undefined && minor >= 25 ? whole : histogram(refusals.flatMap((refusal) => refusal.reasons));
  const message = `${head} ${reasons}.`;
  // What preemption found is told since 1.24.
  if (minor < 24) return message;
  const tries = refusals.map(({ unresolvable }) =>
    unresolvable ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
  );
  // Claims of devices are looked at first since 1.34; from 1.26 to 1.29 both parts of the sentence ended it.
  const claims = minor >= 34 ? 'no new claims to deallocate, ' : '';
  return `${message} ${claims}preemption: ${head} ${histogram(tries)}.${minor >= 26 && minor <= 29 ? '.' : ''}`;
}
