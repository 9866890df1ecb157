// How a forward reaches its pods: over the cluster that its context leads to, whichever connection that is at the moment.
import type { ForwardSettings } from '../../../shared/contract/forwards.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { openTunnel } from '../../clients/cluster/tunnel.ts';
import type { Sessions } from '../cluster/sessions.ts';
import { waitFor } from '../topic.ts';
import { followTarget } from './follow-target.ts';
import type { Way } from './forward.ts';
import { listensOn, refusedOf } from './listens-on.ts';
import { isMistake } from './serve.ts';

/** How long a start waits to know whether the target is one at all. */
const KNOWN_MS = 5_000;
/** What a pod listens on is asked by a command in it: not for each of a hundred refusals. */
const ASK_AGAIN_MS = 2_000;

/**
 * @throws Failure CONTEXT_NOT_FOUND; and what waiting cannot mend: PORT_NOT_TCP, PORT_NAME_UNKNOWN, SERVICE_EXTERNAL, SERVICE_WITHOUT_SELECTOR. That there is no
 *   pod yet, or no answer from the cluster, is a state.
 */
export async function openWay(sessions: Sessions, { context, namespace, target }: ForwardSettings): Promise<Way> {
  using held = new DisposableStack();
  const { session } = held.use(sessions.hold(context));
  const limit = AbortSignal.timeout(KNOWN_MS);
  const followed = held.use(await followTarget(session, namespace, target, limit).catch((error: unknown) => {
    throw limit.aborted ? new Failure('CLUSTER_UNREACHABLE', { context, server: session.server }, error) : error;
  }));
  const known = await waitFor(followed.state, ({ pods, problem }) => pods !== 'unknown' || problem !== undefined, limit).catch(() => followed.state.value);
  if (known.none && isMistake(known.none)) throw known.none;
  const all = held.move();
  let asked = { uid: '', at: -Infinity, answer: Promise.resolve<string | undefined>(undefined) };
  return {
    state: followed.state,
    async dial({ name, port }, signal) {
      return openTunnel(await session.client(signal), { namespace, pod: name, port, signal });
    },
    async explain(failure, pod) {
      if (failure.code !== 'PORT_REFUSED_IN_POD') return failure;
      if (asked.uid !== pod.uid || performance.now() - asked.at > ASK_AGAIN_MS) asked = { uid: pod.uid, at: performance.now(), answer: listensOn(session, namespace, pod) };
      return refusedOf(failure, pod, await asked.answer);
    },
    [Symbol.dispose]: () => all.dispose(),
  };
}
