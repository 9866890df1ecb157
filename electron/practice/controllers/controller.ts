// What every controller is given, and how it hears of changes.
import type { ObjectsApi } from '../api/objects-api.ts';
import type { Clock } from '../clock.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Change, Store } from '../store/store.ts';

export interface Controlled {
  readonly store: Store;
  readonly api: ObjectsApi;
  readonly clock: Clock;
  readonly minor: number;
  readonly kinds: readonly Kind[];
  /** Told of a fault of the controller itself. */
  readonly report?: (error: unknown) => void;
}

/**
 * Calls back with what changed in these resources, soon after it did and never within the change: a controller writes in its turn.
 * @returns what ends it
 */
export function onChanges({ store, report }: Pick<Controlled, 'store' | 'report'>, resources: readonly string[], call: (changes: readonly Change[]) => void): () => void {
  let waiting: Change[] = [];
  let isOver = false;
  const drain = () => {
    const changes = waiting;
    waiting = [];
    if (isOver) return;
    try {
      call(changes);
    } catch (error) {
      (report ?? console.error)(error);
    }
  };
  const stops = resources.map((resource) => store.watch(resource, store.revision, (change) => {
    if (waiting.push(change) === 1) setImmediate(drain);
  }));
  return () => {
    isOver = true;
    for (const stop of stops) stop();
  };
}
