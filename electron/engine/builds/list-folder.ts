// The folders in a folder, for the picker: a browser does not tell where a chosen folder is, so the engine lists them.
import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { FolderListing } from '../../../shared/contract/builds.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { atHome } from './home-path.ts';

/** More folders than these help nobody to choose; reading ends after this many entries of any kind. */
const MOST_FOLDERS = 3000;
const MOST_ENTRIES = 50_000;
/** Folders that are looked into together. */
const BATCH = 64;

/**
 * One level, so a link in a circle leads nowhere. Hidden folders are left out, and links whose end is not a folder or cannot be seen.
 * @param written a full path, `~` or below it; the home folder where it is left out
 * @throws Failure FOLDER_UNREADABLE: not there, not a folder, not allowed, or not a full path; the signal's reason
 */
export async function listFolder(written: string | undefined, signal: AbortSignal, most = { folders: MOST_FOLDERS, entries: MOST_ENTRIES }): Promise<FolderListing> {
  const path = normalize(atHome(written?.trim() || homedir()));
  if (!isAbsolute(path)) throw new Failure('FOLDER_UNREADABLE', { folder: path }, `${path} is not a full path`);
  const { entries, isCut } = await readEntries(path, most.entries, signal);
  const isFolder = await Promise.all(entries.map(async (entry) => entry.isDirectory() || (entry.isSymbolicLink() && (await isKind(join(path, entry.name), 'isDirectory')))));
  const names = entries.filter((entry, index) => isFolder[index] && !entry.name.startsWith('.')).map(({ name }) => name).sort(byName);
  const dockerfiles = entries.filter((entry) => !entry.isDirectory() && isDockerfile(entry.name)).map(({ name }) => name).sort(byName);
  const parent = dirname(path);
  return {
    path,
    ...(parent === path ? {} : { parent }),
    folders: await described(path, names.slice(0, most.folders), signal),
    hasDockerfile: await hasDockerfile(path),
    dockerfiles,
    isCut: isCut || names.length > most.folders,
  };
}

/** Whether a name is one that people give to Dockerfiles: `Dockerfile`, `Dockerfile.dev`, `web.Dockerfile`, `Containerfile`; not the ignore files beside them. */
export function isDockerfile(name: string): boolean {
  return /^(dockerfile|containerfile)(\.[\w.-]+)?$|\.dockerfile$/i.test(name) && !/\.dockerignore$/i.test(name);
}

const byName = (a: string, b: string) => a.localeCompare(b, undefined, { numeric: true });

/** What is in a folder, to `most` entries of any kind. @throws Failure FOLDER_UNREADABLE; the signal's reason */
export async function readEntries(path: string, most: number, signal: AbortSignal): Promise<{ entries: Dirent[]; isCut: boolean }> {
  try {
    const entries: Dirent[] = [];
    // Closed by the loop, however it ends.
    for await (const entry of await opendir(path)) {
      signal.throwIfAborted();
      if (entries.length === most) return { entries, isCut: true };
      entries.push(entry);
    }
    return { entries, isCut: false };
  } catch (error) {
    signal.throwIfAborted();
    throw new Failure('FOLDER_UNREADABLE', { folder: path }, error);
  }
}

async function described(path: string, names: readonly string[], signal: AbortSignal): Promise<FolderListing['folders']> {
  const folders: FolderListing['folders'] = [];
  for (let from = 0; from < names.length; from += BATCH) {
    signal.throwIfAborted();
    const batch = names.slice(from, from + BATCH).map(async (name) => ({ name, path: join(path, name), hasDockerfile: await hasDockerfile(join(path, name)) }));
    folders.push(...(await Promise.all(batch)));
  }
  return folders;
}

/** The names that a build without `-f` takes. */
async function hasDockerfile(folder: string): Promise<boolean> {
  return (await isKind(join(folder, 'Dockerfile'), 'isFile')) || (await isKind(join(folder, 'dockerfile'), 'isFile'));
}

/** Follows links; what cannot be seen is not there. */
async function isKind(path: string, kind: 'isFile' | 'isDirectory'): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.[kind]() ?? false;
}
