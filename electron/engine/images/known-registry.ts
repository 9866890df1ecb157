// What a cluster's pods, their events and the remembered errors tell of registries, and which build a registry gave.
import type { World } from '../../../shared/diagnosis/world.ts';
import { containersOf } from '../../../shared/kubernetes/containers.ts';
import { eventContainer } from '../../../shared/kubernetes/events.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { nothingKnown, registryKey, registryMemory, type RegistryKnowledge } from '../../../shared/kubernetes/registry-knowledge.ts';
import { runningId, storeOf } from '../../../shared/kubernetes/running-build.ts';
import type { Scope } from '../cluster/scope.ts';

export interface KnownRegistry {
  of(image: string): RegistryKnowledge & { readonly pulledId?: string };
}

/** As it is known at this moment; 'unknown' lists tell nothing. */
export function knownRegistry(scope: Pick<Scope, 'pods' | 'events' | 'pullErrors'>, images: Pick<World, 'stores' | 'hostImages' | 'nodeImages'>): KnownRegistry {
  const pods = scope.pods.value.items;
  const byUid: ReadonlyMap<string, Pod> = pods === 'unknown' ? new Map() : pods;
  const failures = [...byUid].flatMap(([uid, pod]) => {
    const errors = scope.pullErrors.of(uid);
    return containersOf(pod).flatMap(({ container }) => {
      const error = errors[container.name];
      return error ? [{ image: container.image ?? '', ...error }] : [];
    });
  });
  const events = scope.events.value === 'unknown' ? [] : [...scope.events.value.values()].flat();
  const memory = registryMemory(events, failures);
  const pulledId = ({ pulledBy }: RegistryKnowledge): string | undefined => {
    const pod = pulledBy && byUid.get(pulledBy.podUid);
    const name = pulledBy && eventContainer({ metadata: {}, involvedObject: pulledBy })?.name;
    const status = pod && containersOf(pod).find(({ container }) => container.name === name)?.status;
    return status && runningId(status.imageID, storeOf(pod?.spec?.nodeName, images));
  };
  return {
    of(image) {
      const known = memory.get(registryKey(image) ?? '') ?? nothingKnown;
      const id = pulledId(known);
      return { ...known, ...(id && { pulledId: id }) };
    },
  };
}
