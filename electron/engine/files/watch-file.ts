// A file as it is, and again after each change. Its folder is watched, not the file: editors write a new file and give it the old name, and a
// watch of the file would stay with the one that is gone.
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../../../shared/contract/failures.ts';
import type { FileState } from '../../../shared/contract/files.ts';
import { isGone, readManifestFile } from './manifest-file.ts';
import { changesIn } from './watch-folders.ts';

/** @param path of manifestPath. Ends with the signal. */
export async function* watchFile(path: string, signal: AbortSignal): AsyncGenerator<FileState, void, void> {
  /** The folder of the name, and of what it links to. */
  const folders = async () => new Set([dirname(path), dirname(await realpath(path).catch(() => path))]);
  let told = '';
  for await (const _ of changesIn(folders, dirname(path), signal)) {
    const state = await stateOf(path);
    const key = state.state === 'text' ? state.hash : JSON.stringify(state);
    if (signal.aborted) return;
    if (key !== told) yield state;
    told = key;
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
