// The world of one pod: everything that its diagnosis may look at, as it is known at this moment.
import type { World } from '../../../shared/diagnosis/world.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import type { Scope } from '../cluster/scope.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';

export interface WorldSources {
  readonly session: ClusterSession;
  readonly scope: Scope;
  readonly docker: Docker;
}

export function worldOf({ session, scope, docker }: WorldSources, pod: Pod, now: Date): World {
  const uid = pod.metadata.uid ?? '';
  const events = scope.events.value;
  const nodes = session.nodes.value.items;
  return {
    now,
    pod,
    owners: session.owners.of(pod),
    events: events === 'unknown' ? 'unknown' : (events.get(uid) ?? []),
    nodes: nodes === 'unknown' ? 'unknown' : [...nodes.values()],
    stores: session.nodeStores.stores.value,
    hostImages: docker.images.value,
    nodeImages: session.nodeStores.images.value.read,
    memory: scope.pullErrors.of(uid),
  };
}
