// The manifests in a folder, for the picker and for applying a folder: a browser does not tell where a chosen file is, so the engine lists them.
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { Failure } from '../../../shared/contract/failures.ts';
import type { ManifestFolder } from '../../../shared/contract/files.ts';
import { atHome } from '../builds/home-path.ts';
import { readEntries } from '../builds/list-folder.ts';
import { isKustomization, isManifestName } from './manifest-path.ts';

const MOST = { entries: 50_000, shown: 2000 };

/**
 * One level. Hidden entries are left out, and what is neither folder nor file.
 * @param written a full path, `~` or below it; the home folder where it is left out
 * @throws Failure FOLDER_UNREADABLE; the signal's reason
 */
export async function listManifests(written: string | undefined, signal: AbortSignal, most = MOST): Promise<ManifestFolder> {
  const path = normalize(atHome(written?.trim() || homedir()));
  if (!isAbsolute(path)) throw new Failure('FOLDER_UNREADABLE', { folder: path }, `${path} is not a full path`);
  const { entries, isCut } = await readEntries(path, most.entries, signal);
  const seen = entries.filter(({ name }) => !name.startsWith('.'));
  const about = await Promise.all(
    seen.filter((entry) => entry.isDirectory() || entry.isSymbolicLink() || isManifestName(entry.name)).map(async ({ name }) => ({
      name, path: join(path, name), stat: await stat(join(path, name)).catch(() => undefined),
    })),
  );
  const folders = about.filter((each) => each.stat?.isDirectory()).sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  // Go's filepath.Walk, and with it kubectl, goes by the names' bytes.
  const files = about.filter((each) => each.stat?.isFile() && isManifestName(each.name) && !isKustomization(each.name)).sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const parent = dirname(path);
  return {
    path,
    ...(parent === path ? {} : { parent }),
    folders: folders.slice(0, most.shown).map((each) => ({ name: each.name, path: each.path })),
    files: files.slice(0, most.shown).map((each) => ({ name: each.name, path: each.path, bytes: each.stat?.size ?? 0 })),
    kustomizations: seen.map(({ name }) => name).filter(isKustomization),
    isCut: isCut || folders.length > most.shown || files.length > most.shown,
  };
}
