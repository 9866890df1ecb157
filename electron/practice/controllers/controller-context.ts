// What every controller of the practice cluster is given.
import type { ObjectsApi } from '../api/objects-api.ts';
import type { Clock } from '../clock.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Store } from '../store/store.ts';

export interface ControllerContext {
  readonly store: Store;
  readonly api: ObjectsApi;
  readonly clock: Clock;
  readonly minor: number;
  readonly kinds: readonly Kind[];
  /** Told of a fault of the controller itself; the process goes on. */
  readonly report?: (error: unknown) => void;
}

/**
 * Calls once for all that asks within one turn, after the change that is being told: a controller that writes within a change would tell it
 * before the change itself has been told to everybody.
 */
export function coalesced({ report = console.error }: Pick<ControllerContext, 'report'>, call: () => void): { ask(): void; cancel(): void } {
  let asked: NodeJS.Immediate | undefined;
  return {
    ask() {
      asked ??= setImmediate(() => {
        asked = undefined;
        try {
          call();
        } catch (error) {
          report(error);
        }
      });
    },
    cancel() {
      if (asked) clearImmediate(asked);
      asked = undefined;
    },
  };
}
