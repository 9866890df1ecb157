// The world as the causes may rely on it: see well-formed.ts. What the engine itself made (logs, listeners, images) is sound already.
import type { KubeObject } from '../kubernetes/objects.ts';
import { wellFormedEvents, wellFormedNodes, wellFormedObjects, wellFormedPod, wellFormedPods } from '../kubernetes/well-formed.ts';
import type { World } from './world.ts';

const objectLists = ['services', 'endpoints', 'storageClasses', 'limitRanges', 'quotas', 'revisions'] as const;

export function soundWorld(world: World): World {
  const lists = objectLists.flatMap((name) => (world[name] ? [[name, wellFormedObjects(world[name])] as const] : []));
  return {
    ...world, pod: wellFormedPod(world.pod),
    owners: world.owners === 'unknown' ? world.owners : wellFormedObjects(world.owners),
    events: world.events === 'unknown' ? world.events : wellFormedEvents(world.events),
    nodes: world.nodes === 'unknown' ? world.nodes : wellFormedNodes(world.nodes),
    ...Object.fromEntries(lists),
    ...(world.related && { related: soundRelated(world.related) }),
    ...(world.otherPods && { otherPods: wellFormedPods(world.otherPods) }),
    ...(world.ownerEvents && { ownerEvents: wellFormedEvents(world.ownerEvents) }),
  };
}

function soundRelated(related: NonNullable<World['related']>): Readonly<Record<string, KubeObject | 'missing'>> {
  return Object.fromEntries(Object.entries(related).flatMap(([key, value]): [string, KubeObject | 'missing'][] => {
    if (value === 'missing') return [[key, value]];
    return wellFormedObjects([value]).map((object) => [key, object]);
  }));
}
