// Folders, watched for as long as somebody wants to hear of changes in them.
import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Editors write in several steps: a truncated file is no text of the person's. */
const QUIET_MS = 60;
/** A folder that is not there has no events, so it is looked for. */
const LOOK_AGAIN_MS = 1000;

interface Watched {
  readonly watcher: FSWatcher;
  readonly inode: number;
}

/**
 * Yields once the folders are watched, and again after each change in them: what is read in between is not older than the last change.
 * @param wanted the folders as they are now
 * @param needed looked for while it is not there
 */
export async function* changesIn(wanted: () => Promise<ReadonlySet<string>>, needed: string, signal: AbortSignal): AsyncGenerator<void, void, void> {
  const watched = new Map<string, Watched>();
  let changes = 1;
  let wake = () => {};
  const changed = () => {
    changes += 1;
    wake();
  };
  signal.addEventListener('abort', () => wake(), { once: true });
  const close = (folder: string) => {
    watched.get(folder)?.watcher.close();
    watched.delete(folder);
  };
  /** A folder that was replaced has another inode, and the old watch tells nothing of it. */
  const follow = async () => {
    const folders = await wanted();
    for (const folder of watched.keys()) if (!folders.has(folder)) close(folder);
    for (const folder of folders) {
      const inode = (await stat(folder).catch(() => undefined))?.ino;
      if (watched.get(folder)?.inode === inode) continue;
      close(folder);
      if (inode === undefined) continue;
      try {
        const watcher = watch(folder, changed);
        watcher.on('error', () => {
          close(folder);
          changed();
        });
        watched.set(folder, { watcher, inode });
      } catch {
        // Not allowed, or no more watches: it is looked for again.
      }
    }
  };
  try {
    while (!signal.aborted) {
      const seen = changes;
      await follow();
      yield;
      if (changes === seen) await sleep(watched.has(needed) ? undefined : LOOK_AGAIN_MS, (resolve) => (wake = resolve), signal);
      if (!signal.aborted && changes !== seen) await sleep(QUIET_MS, () => {}, signal);
    }
  } finally {
    for (const folder of [...watched.keys()]) close(folder);
  }
}

/** Until `listen`'s call, the time, where there is one, or the abort. */
function sleep(milliseconds: number | undefined, listen: (resolve: () => void) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = milliseconds === undefined ? undefined : setTimeout(() => end(), milliseconds);
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
    listen(end);
  });
}
