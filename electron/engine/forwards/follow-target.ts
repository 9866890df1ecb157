// The pods that can serve a target, as they come and go.
import type { ForwardTarget } from '../../../shared/contract/forwards.ts';
import { Failure, type FailureData } from '../../../shared/contract/failures.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import type { LiveTable } from '../cluster/live-table.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { createTopic, type Topic } from '../topic.ts';
import { readPort, servingPods, type ServingPod } from './target-pods.ts';

export interface TargetState {
  /** Those that can serve, as far as is known; 'unknown' before anything was read. */
  readonly pods: readonly ServingPod[] | 'unknown';
  /** Why there are none, where that is known. */
  readonly none?: Failure;
  /** Why what is known may be out of date, or is not known at all: the cluster does not answer, or refuses to tell. */
  readonly problem?: FailureData;
}

export interface FollowedTarget extends Disposable {
  readonly state: Topic<TargetState>;
}

export async function followTarget(session: ClusterSession, namespace: string, target: ForwardTarget, signal: AbortSignal): Promise<FollowedTarget> {
  using held = new DisposableStack();
  const { pods } = await session.scope(namespace, signal);
  const objects = target.kind === 'Pod' ? undefined : held.use(session.kinds.follow(target.kind, namespace)).table;
  // Credentials that cannot be read, or a context that is gone, are the session's own matter: its lists only stand still then.
  const problemOfSession = () => { const { state, cause } = session.state.value.connection; return state === 'disconnected' ? cause : undefined; };
  const read = (): TargetState => {
    const known = stateOf(target, namespace, pods.value, objects?.value);
    const problem = problemOfSession() ?? known.problem;
    return problem ? { ...known, problem } : known;
  };
  const state = createTopic(read());
  const update = () => {
    const next = read();
    if (!isSame(next, state.value)) state.set(next);
  };
  held.defer(pods.subscribe(update));
  held.defer(session.state.subscribe(update));
  if (objects) held.defer(objects.subscribe(update));
  const all = held.move();
  return { state, [Symbol.dispose]: () => all.dispose() };
}

function stateOf(target: ForwardTarget, namespace: string, pods: LiveTable<Pod>, objects: LiveTable<KubeObject> | undefined): TargetState {
  const problem = problemOf(pods) ?? (objects && problemOf(objects));
  if (pods.items === 'unknown' || objects?.items === 'unknown') {
    // Who may open a forward but not list pods can still name one: kubectl would try, too.
    const port = target.kind === 'Pod' && pods.connection.state === 'forbidden' ? readPort(target.port) : undefined;
    if (port !== undefined) return { pods: [{ name: target.name, uid: '', port }] };
    return { pods: 'unknown', ...(problem ? { problem } : {}) };
  }
  const here = [...pods.items.values()].filter(({ metadata }) => metadata.namespace === namespace);
  const object = objects && [...objects.items.values()].find(({ metadata }) => metadata.name === target.name && metadata.namespace === namespace);
  const serving = servingPods(target, object, here);
  return { ...(serving instanceof Failure ? { pods: [], none: serving } : { pods: serving }), ...(problem ? { problem } : {}) };
}

function problemOf({ connection: { state, cause } }: LiveTable<unknown>): FailureData | undefined {
  if (state === 'live' || state === 'connecting') return undefined;
  return cause ?? { code: 'CLUSTER_UNREACHABLE', params: { context: '', server: '' }, cause: state };
}

function isSame(a: TargetState, b: TargetState): boolean {
  return JSON.stringify([a.pods, a.none?.toData(), a.problem]) === JSON.stringify([b.pods, b.none?.toData(), b.problem]);
}
