// One pod that can serve a request now: the next one each time, as a Service would spread them.
import type { ForwardTarget } from '../../../shared/contract/forwards.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { waitFor } from '../topic.ts';
import { followTarget } from './follow-target.ts';
import type { ServingPod } from './target-pods.ts';

/** By target, how many requests it had: which of its pods is next. */
const turns = new WeakMap<ClusterSession, Map<string, number>>();

/**
 * Waits only until it is known which pods there are, not for one to become ready.
 * @throws Failure NO_READY_POD, POD_GONE, POD_ENDING, POD_NOT_RUNNING, OBJECT_GONE, PORT_NAME_UNKNOWN, PORT_NOT_TCP, SERVICE_*, or why the cluster cannot tell
 */
export async function readyPod(session: ClusterSession, namespace: string, target: ForwardTarget, signal: AbortSignal): Promise<ServingPod> {
  using followed = await followTarget(session, namespace, target, signal);
  const { pods, none, problem } = await waitFor(followed.state, (state) => state.pods !== 'unknown' || state.problem !== undefined, signal);
  if (problem) throw Failure.ofData(problem);
  if (pods === 'unknown' || pods.length === 0) throw none ?? new Failure('NO_READY_POD', { kind: target.kind, name: target.name, seconds: 0 }, 'no pod is known');
  const counts = turns.get(session) ?? new Map<string, number>();
  turns.set(session, counts);
  const key = JSON.stringify([namespace, target]);
  const turn = counts.get(key) ?? 0;
  counts.set(key, turn + 1);
  return pods[turn % pods.length]!;
}
