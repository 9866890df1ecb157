// What would happen to a container of one image on each node of a cluster.
import type { Prediction } from '../../../shared/contract/images.ts';
import type { World } from '../../../shared/diagnosis/world.ts';
import { imagePresence } from '../../../shared/kubernetes/presence.ts';
import { predictFates } from '../../../shared/kubernetes/prediction.ts';
import type { KnownRegistry } from './known-registry.ts';

/** @param nodes every node of the cluster, also one whose images cannot be read. */
export function predict(image: string, nodes: readonly string[], images: Pick<World, 'stores' | 'hostImages' | 'nodeImages'>, registries: KnownRegistry): Prediction {
  const { answer: registry, pulledId } = registries.of(image);
  return {
    image,
    registry,
    nodes: nodes.map((node) => {
      const presence = imagePresence(image, node, images);
      return { node, presence: presence.presence, fates: predictFates({ image, node, presence, registry, pulledId }) };
    }),
  };
}
