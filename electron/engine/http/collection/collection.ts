// A folder of saved requests as it is, and again after each change: what one file says wrongly keeps nothing from the others.
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Failure, type FailureData } from '../../../../shared/contract/failures.ts';
import type { Collection, SavedRequest } from '../../../../shared/contract/requests.ts';
import { readEntries } from '../../builds/list-folder.ts';
import { hashOf, isGone, readManifestFile, type ReadFile } from '../../files/manifest-file.ts';
import { changesIn } from '../../files/watch-folders.ts';
import { folderPath, isRequestFile, nameOfFile, VARIABLES_FILE } from './file-names.ts';
import { MOST_BYTES } from './read-yaml.ts';
import { readRequestText } from './request-file.ts';
import { readVariables } from './variables-text.ts';

/** `bytes`: of all files together. */
const MOST = { entries: 50_000, files: 500, bytes: 8 * 1024 * 1024 };

type Understood<Value> = { readonly value: Value } | { readonly failure: FailureData };
/** What was understood of a text, by its file: reading YAML takes long, and most files have not changed. */
type Known = Map<string, { readonly hash: string; readonly understood: Understood<SavedRequest> }>;

/** @param written a full path, or one below `~`. Ends with the signal. */
export async function* watchCollection(written: string, signal: AbortSignal, most = MOST): AsyncGenerator<Collection, void, void> {
  let folder: string;
  try {
    folder = folderPath(written);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    yield { state: 'unreadable', folder: written, failure: error.toData() };
    return;
  }
  const known: Known = new Map();
  let told = '';
  for await (const _ of changesIn(async () => new Set([folder]), folder, signal)) {
    const state = await readFolder(folder, known, most, signal).catch((error: unknown): Collection => {
      if (error instanceof Failure) return { state: 'unreadable', folder, failure: error.toData() };
      throw error;
    });
    if (signal.aborted) return;
    const key = hashOf(JSON.stringify(state));
    if (key !== told) yield state;
    told = key;
  }
}

async function readFolder(folder: string, known: Known, most: typeof MOST, signal: AbortSignal): Promise<Collection> {
  const { entries, isCut } = await readEntries(folder, most.entries, signal);
  const names = entries.map(({ name }) => name).filter(isRequestFile).sort();
  const requests: SavedRequest[] = [];
  const problems: { file: string; failure: FailureData }[] = [];
  let bytes = 0;
  let count = 0;
  for (const file of names) {
    if (count === most.files || bytes > most.bytes) break;
    count += 1;
    const read = await readSmall(folder, file);
    if (!read) continue;
    if ('failure' in read) {
      problems.push({ file, failure: read.failure });
      continue;
    }
    const before = known.get(file);
    const now = before?.hash === read.hash ? before : { hash: read.hash, understood: requestOf(file, read) };
    known.set(file, now);
    bytes += read.text.length;
    if ('failure' in now.understood) problems.push({ file, failure: now.understood.failure });
    else requests.push(now.understood.value);
    await setImmediate(); // others of the engine have their turn, too
    signal.throwIfAborted();
  }
  const there = new Set(names);
  for (const file of known.keys()) if (!there.has(file)) known.delete(file);
  const variables = await variablesIn(folder);
  if ('failure' in variables) problems.push({ file: VARIABLES_FILE, failure: variables.failure });
  return {
    state: 'read', folder, problems, isCut: isCut || count < names.length,
    requests: requests.toSorted((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })),
    variables: 'failure' in variables ? { values: {} } : variables.value,
  };
}

/** Undefined where it is gone meanwhile. */
async function readSmall(folder: string, file: string): Promise<ReadFile | { readonly failure: FailureData } | undefined> {
  try {
    return await readManifestFile(join(folder, file), MOST_BYTES);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (isGone(error)) return undefined;
    return { failure: (error.code === 'FILE_TOO_LARGE' ? new Failure('REQUEST_FILE_INVALID', { file, line: 0 }, error) : error).toData() };
  }
}

function requestOf(file: string, { text, hash }: ReadFile): Understood<SavedRequest> {
  return understood(() => {
    const { name, request, checks } = readRequestText(file, text);
    return { file, hash, name: name ?? nameOfFile(file), request, checks };
  });
}

async function variablesIn(folder: string): Promise<Understood<{ hash?: string; values: Record<string, string> }>> {
  const read = await readSmall(folder, VARIABLES_FILE);
  if (!read) return { value: { values: {} } };
  return 'failure' in read ? read : understood(() => ({ hash: read.hash, values: readVariables(VARIABLES_FILE, read.text) }));
}

function understood<Value>(read: () => Value): Understood<Value> {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof Failure) return { failure: error.toData() };
    throw error;
  }
}
