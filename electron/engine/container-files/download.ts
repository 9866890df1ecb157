// One file, in pieces, as `kubectl cp POD:PATH ./NAME` does.
import { MOST_MOVED, PIECE } from '../../../shared/container-files/limits.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Activity } from '../activity/activity.ts';
import { into, kubectl } from '../activity/shell-line.ts';
import { openFile } from './open-file.ts';
import { execLine, type Place } from './place.ts';

export interface DownloadPiece {
  base64: string;
  received: number;
  total?: number;
}

/** Gives at least one piece, which may be empty. The entry in Activity ends with its reader. @throws Failure FILE_IN_CONTAINER_TOO_LARGE; as `openFile` does */
export async function* download(activity: Activity, place: Place, signal: AbortSignal): AsyncGenerator<DownloadPiece, void, void> {
  const { ref, container, path, name } = place;
  const pieces = oneByOne<DownloadPiece>();
  const left = new AbortController();
  const running = activity.settle({
    title: { key: 'activity.download-file', params: { path, pod: ref.name } },
    commands: [],
    subject: { context: ref.context, namespace: ref.namespace, pod: ref.name },
    endsWithCaller: true,
    async run(tell, own) {
      tell.step('step.download-file', { path });
      await using file = await openFile(place, own);
      // `kubectl cp` needs a tar in the image.
      tell.command(file.program === 'tar'
        ? kubectl(ref, 'cp', `${ref.name}:${path}`, `./${name}`, '-c', container)
        : into(execLine(place, 'cat', path), name));
      const total = file.bytes;
      if (total !== undefined && total > MOST_MOVED) throw new Failure('FILE_IN_CONTAINER_TOO_LARGE', { path, bytes: total, limit: MOST_MOVED }, `${total} bytes`);
      let received = 0;
      let rest: Buffer = Buffer.alloc(0);
      const give = (bytes: Buffer) => pieces.give({ base64: bytes.toString('base64'), received: (received += bytes.length), ...(total === undefined ? {} : { total }) }, own);
      for await (const chunk of file.chunks) {
        rest = Buffer.concat([rest, chunk]);
        for (; rest.length >= PIECE; rest = rest.subarray(PIECE)) await give(rest.subarray(0, PIECE));
      }
      await give(rest);
      return { result: {} };
    },
  }, AbortSignal.any([signal, left.signal])).finally(() => pieces.end());
  running.catch(() => {}); // thrown below, unless the reader has left
  try {
    yield* pieces.taken();
    await running;
  } finally {
    left.abort();
  }
}

/** Hands things over: the giver waits until the one before was taken. */
function oneByOne<Item>() {
  let waiting: Item | undefined;
  let isOver = false;
  let wake = () => {};
  const change = () => new Promise<void>((resolve) => { const before = wake; wake = () => { before(); resolve(); }; });
  const changed = () => { const all = wake; wake = () => {}; all(); };
  return {
    async give(item: Item, signal: AbortSignal): Promise<void> {
      signal.addEventListener('abort', changed, { once: true });
      while (waiting !== undefined && !signal.aborted) await change();
      signal.removeEventListener('abort', changed);
      signal.throwIfAborted();
      waiting = item;
      changed();
    },
    end() {
      isOver = true;
      changed();
    },
    async *taken(): AsyncGenerator<Item, void, void> {
      for (;;) {
        if (waiting !== undefined) {
          const item = waiting;
          waiting = undefined;
          changed();
          yield item;
        } else if (isOver) return;
        else await change();
      }
    },
  };
}
