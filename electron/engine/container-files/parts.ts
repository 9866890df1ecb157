// The pieces of uploads on their way from the screen into a container: those that come too early wait outside.
import { Failure } from '../../../shared/contract/failures.ts';

/** So many pieces lie here before the screen waits. */
const MOST_WAITING = 4;

export interface Parts {
  /** Takes pieces under this id until disposed of. */
  open(id: string): { chunks(signal: AbortSignal): AsyncGenerator<Buffer, void, void> } & Disposable;
  /** Resolves when there is room for more. @throws Failure UPLOAD_GONE */
  give(id: string, piece: Buffer): Promise<void>;
}

interface Queue {
  readonly waiting: Buffer[];
  isOpen: boolean;
  changed: PromiseWithResolvers<void>;
}

export function openParts(): Parts {
  const queues = new Map<string, Queue>();
  const change = (queue: Queue) => {
    const { changed } = queue;
    queue.changed = Promise.withResolvers();
    changed.resolve();
  };
  const gone = (id: string) => new Failure('UPLOAD_GONE', { id }, 'no upload of this id runs');
  return {
    open(id) {
      const queue: Queue = { waiting: [], isOpen: true, changed: Promise.withResolvers() };
      if (queues.has(id)) throw new Failure('REQUEST_INVALID', { field: 'id' }, 'an upload of this id runs');
      queues.set(id, queue);
      return {
        async *chunks(signal) {
          const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
          for (;;) {
            signal.throwIfAborted();
            const piece = queue.waiting.shift();
            if (piece) {
              change(queue);
              yield piece;
            } else await Promise.race([queue.changed.promise, aborted]);
          }
        },
        [Symbol.dispose]() {
          queue.isOpen = false;
          queues.delete(id);
          change(queue);
        },
      };
    },
    async give(id, piece) {
      const queue = queues.get(id);
      if (!queue) throw gone(id);
      queue.waiting.push(piece);
      change(queue);
      while (queue.waiting.length > MOST_WAITING && queue.isOpen) await queue.changed.promise;
      if (!queue.isOpen && queue.waiting.includes(piece)) throw gone(id);
    },
  };
}

/** Of the pieces so many bytes, not one more. @throws Failure REQUEST_INVALID where a piece has more */
export async function* exactly(bytes: number, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let left = bytes;
  if (left === 0) return;
  for await (const piece of pieces) {
    left -= piece.length;
    if (left < 0) throw new Failure('REQUEST_INVALID', { field: 'bytes' }, 'more came than was announced');
    yield piece;
    if (left === 0) return;
  }
}
