// The world of one pod: everything that its diagnosis may look at, as it is known at this moment.
import type { World } from '../../../shared/diagnosis/world.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { onceFor } from '../../../shared/kubernetes/once-for.ts';
import type { Scope } from '../cluster/scope.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';

export interface WorldSources {
  readonly session: ClusterSession;
  readonly scope: Scope;
  readonly docker: Docker;
}

/** How closely a pod is looked at: `ill` asks for what explains a failure, `watched` also for what only a person who looks at it wants to know. */
export type Closeness = 'well' | 'ill' | 'watched';

/** Never waits: what a closer look needs and is not known yet is asked for, and `session.evidence.changed` tells when it came. */
export function worldOf({ session, scope, docker }: WorldSources, pod: Pod, now: Date, closeness: Closeness = 'well'): World {
  const uid = pod.metadata.uid ?? '';
  const events = scope.events.value;
  const nodes = session.nodes.value.items;
  const owners = session.owners.of(pod);
  const { serverMinor } = session;
  const world: World = {
    now,
    pod,
    owners,
    events: events === 'unknown' ? 'unknown' : (events.get(uid) ?? []),
    nodes: nodes === 'unknown' ? 'unknown' : valuesOf(nodes),
    stores: session.nodeStores.stores.value,
    hostImages: docker.images.value,
    nodeImages: session.nodeStores.images.value.read,
    memory: scope.pullErrors.of(uid),
    ...(serverMinor === undefined ? {} : { serverMinor }),
  };
  if (closeness === 'well') return world;
  const { items } = scope.pods.value;
  return {
    ...world,
    ...(scope.isWide && items !== 'unknown' ? { otherPods: valuesOf(items) } : {}),
    ...session.evidence.of(pod, { owners, isWatched: closeness === 'watched', mayRun: session.state.value.changesAllowed }),
  };
}

/** The same list for the same map: thousands of pods ask for it. */
const listOf = onceFor((map: ReadonlyMap<string, unknown>): readonly unknown[] => [...map.values()]);
const valuesOf = <Value>(map: ReadonlyMap<string, Value>) => listOf(map) as readonly Value[];
