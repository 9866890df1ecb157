// What was seen of each cluster since Podlab runs, also while nobody looks at it.
import { createTopic, type Topic } from '../topic.ts';
import { createFamilies, type Families } from './families.ts';
import { createEventMemory, type EventMemory } from './memory.ts';

export interface Remembered {
  readonly memory: EventMemory;
  readonly families: Families;
}

export interface Memories {
  /** The same for the same cluster; one that has no name is new each time. */
  of(cluster: string): Remembered;
}

export function openMemories(): Memories {
  const known = new Map<string, Remembered>();
  return {
    of(cluster) {
      const remembered = known.get(cluster) ?? { memory: createEventMemory(), families: createFamilies() };
      if (cluster !== '') known.set(cluster, remembered);
      return remembered;
    },
  };
}

/** The memory of the cluster that is looked at, which may become another one. */
export interface PresentMemory extends Disposable {
  readonly present: Remembered;
  /** Changes with the memory, and when it is another one's. */
  readonly changed: Topic<number>;
  turnTo(cluster: string): void;
}

export function openPresentMemory(memories: Memories, cluster: string): PresentMemory {
  const changed = createTopic(0);
  const bump = () => changed.set(changed.value + 1);
  let present = memories.of(cluster);
  let stop = present.memory.changed.subscribe(bump);
  return {
    get present() {
      return present;
    },
    changed,
    turnTo(next) {
      stop();
      present = memories.of(next);
      stop = present.memory.changed.subscribe(bump);
      bump();
    },
    [Symbol.dispose]: () => stop(),
  };
}
