// A file as it is, and again after each change. Its folder is watched, not the file: editors write a new file and give it the old name, and a
// watch of the file would stay with the one that is gone.
import { watch, type FSWatcher } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../../../shared/contract/failures.ts';
import type { FileState } from '../../../shared/contract/files.ts';
import { isGone, readManifestFile } from './manifest-file.ts';

/** Editors write in several steps: a truncated file is no text of the person's. */
const QUIET_MS = 60;
/** A folder that is not there has no events, so it is looked for. */
const LOOK_AGAIN_MS = 1000;

interface Watched {
  readonly watcher: FSWatcher;
  readonly inode: number;
}

/** @param path of manifestPath. Ends with the signal. */
export async function* watchFile(path: string, signal: AbortSignal): AsyncGenerator<FileState, void, void> {
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
  /** The folder of the name, and of what it links to. A folder that was replaced has another inode, and the old watch tells nothing of it. */
  const follow = async () => {
    const wanted = new Set([dirname(path), dirname(await realpath(path).catch(() => path))]);
    for (const folder of watched.keys()) if (!wanted.has(folder)) close(folder);
    for (const folder of wanted) {
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
  let told = '';
  try {
    while (!signal.aborted) {
      const seen = changes;
      await follow();
      const state = await stateOf(path);
      const key = state.state === 'text' ? state.hash : JSON.stringify(state);
      if (signal.aborted) return;
      if (key !== told) yield state;
      told = key;
      if (changes === seen) await sleep(watched.has(dirname(path)) ? undefined : LOOK_AGAIN_MS, (resolve) => (wake = resolve), signal);
      if (!signal.aborted && changes !== seen) await sleep(QUIET_MS, () => {}, signal);
    }
  } finally {
    for (const folder of [...watched.keys()]) close(folder);
  }
}

async function stateOf(path: string): Promise<FileState> {
  try {
    return { state: 'text', path, ...(await readManifestFile(path)) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return isGone(error) ? { state: 'gone', path } : { state: 'unreadable', path, failure: error.toData() };
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
