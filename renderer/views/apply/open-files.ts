// Manifests from files: by path through the engine, which then watches them, or, where the page does not learn the path, their text alone.
import { MOST_MANIFEST_BYTES } from '../../../shared/kubernetes/manifest-size.ts';
import type { FailureData } from '../../../shared/contract/failures.ts';
import { engine, toFailure } from '../../state/engine.ts';
import type { OpenedFile } from '../pods/create-draft.svelte.ts';

export interface Opened {
  readonly files: readonly OpenedFile[];
  readonly failures: readonly FailureData[];
  /** Names that were left out: kustomizations. */
  readonly kustomizations: readonly string[];
  /** Why nothing came of it, where nothing failed. */
  readonly note?: 'too-many' | 'none';
}

/** Each is watched, and a person still has to look through them. */
export const MOST_FILES = 100;

/** As the engine has it: kubectl's, and kustomize's names. */
const isManifest = (name: string) => /\.(ya?ml|json)$/i.test(name) && !isKustomization(name);
const isKustomization = (name: string) => /^(kustomization\.ya?ml|Kustomization)$/.test(name);

const baseName = (path: string) => path.split(/[\\/]/).pop() || path;

/** The first word of the engine's watch is the file as it is; the panel's own watch goes on from there. */
export async function openPath(path: string): Promise<OpenedFile> {
  const stop = new AbortController();
  try {
    for await (const state of await engine.files.watch({ path }, { signal: stop.signal })) {
      if (state.state === 'text') return { name: baseName(state.path), path: state.path, text: state.text };
      throw state.state === 'gone' ? { code: 'FILE_UNREADABLE', params: { file: path }, cause: 'ENOENT: no such file' } : state.failure;
    }
    throw new Error('The engine ended the stream.');
  } finally {
    stop.abort();
  }
}

export async function openPaths(paths: readonly string[]): Promise<Opened> {
  if (paths.length > MOST_FILES) return { files: [], failures: [], kustomizations: [], note: 'too-many' };
  return collected(paths.map(openPath));
}

/** The manifests of a folder of the engine's computer. */
export async function openFolder(path: string): Promise<Opened> {
  try {
    const { files, kustomizations } = await engine.files.list({ path });
    const opened = await openPaths(files.map((file) => file.path));
    return { ...opened, kustomizations, ...(files.length === 0 ? { note: 'none' as const } : {}) };
  } catch (error) {
    return { files: [], failures: [asFailure(error)], kustomizations: [] };
  }
}

/** What was dropped: files and folders. To be called in the event's own turn, while the browser still shows it. */
export function openDropped(items: DataTransferItemList): Promise<Opened> {
  const dropped = [...items].filter(({ kind }) => kind === 'file').map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  return Promise.all(dropped.map(({ entry, file }) => openOne(entry, file))).then(merged);
}

async function openOne(entry: FileSystemEntry | null, file: File | null): Promise<Opened> {
  const path = file && window.podlab?.pathOfFile(file);
  if (path) return entry?.isDirectory ? openFolder(path) : openPaths([path]);
  if (entry?.isDirectory) return openEntries(await entriesOf(entry as FileSystemDirectoryEntry));
  return file ? collected([textOf(file)]) : { files: [], failures: [], kustomizations: [] };
}

async function openEntries(entries: readonly FileSystemEntry[]): Promise<Opened> {
  const seen = entries.filter((entry) => entry.isFile);
  const wanted = seen.filter(({ name }) => isManifest(name) && !name.startsWith('.')).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const kustomizations = seen.map(({ name }) => name).filter(isKustomization);
  if (wanted.length > MOST_FILES) return { files: [], failures: [], kustomizations, note: 'too-many' };
  const read = wanted.map(async (entry) => textOf(await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))));
  return { ...(await collected(read)), kustomizations, ...(wanted.length === 0 ? { note: 'none' as const } : {}) };
}

/** A browser gives a folder's entries in parts, until an empty one. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
    if (part.length === 0) return all;
    all.push(...part);
  }
}

async function textOf(file: File): Promise<OpenedFile> {
  if (file.size > MOST_MANIFEST_BYTES) throw { code: 'FILE_TOO_LARGE', params: { file: file.name, bytes: file.size, most: MOST_MANIFEST_BYTES }, cause: '' } satisfies FailureData;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
    return { name: file.name, text };
  } catch (error) {
    throw { code: 'FILE_UNREADABLE', params: { file: file.name }, cause: error instanceof Error ? error.message : '' } satisfies FailureData;
  }
}

async function collected(reading: readonly Promise<OpenedFile>[]): Promise<Opened> {
  const settled = await Promise.allSettled(reading);
  return {
    files: settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
    failures: settled.flatMap((each) => (each.status === 'rejected' ? [asFailure(each.reason)] : [])),
    kustomizations: [],
  };
}

function merged(all: readonly Opened[]): Opened {
  const note = all.find((each) => each.note !== undefined)?.note;
  return {
    files: all.flatMap(({ files }) => files),
    failures: all.flatMap(({ failures }) => failures),
    kustomizations: all.flatMap(({ kustomizations }) => kustomizations),
    ...(note === undefined ? {} : { note }),
  };
}

function asFailure(error: unknown): FailureData {
  return typeof error === 'object' && error !== null && 'params' in error ? (error as FailureData) : toFailure(error);
}
