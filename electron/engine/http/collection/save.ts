// Saved requests and variables are written whole or not at all, only into the folder that was named, and never over what somebody else wrote.
import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, open, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../../../shared/contract/failures.ts';
import { hashOf, readManifestFile, writeManifestFile } from '../../files/manifest-file.ts';
import type { Input } from '../../calls.ts';
import { withoutSecrets } from '../without-secrets.ts';
import { fileNames, folderPath, isRequestFile, VARIABLES_FILE } from './file-names.ts';
import { MOST_BYTES } from './read-yaml.ts';
import { writeRequestText } from './request-file.ts';
import { writeVariables } from './variables-text.ts';

/** Names that are tried for a new file. */
const MOST_NAMES = 1000;

/** @throws Failure FILE_CHANGED, FILE_NOT_WRITTEN, FILE_UNREADABLE, FOLDER_UNREADABLE, REQUEST_FILE_INVALID */
export async function saveRequest({ folder: written, into, name, request: typed, checks }: Input<'requests', 'save'>): Promise<{ file: string; hash: string; hadSecrets: boolean }> {
  const folder = folderPath(written);
  const { request, hadSecrets } = withoutSecrets(typed);
  const saved = { name, request, checks };
  if (into) {
    const { file, hash } = into;
    if (!isRequestFile(file)) throw new Failure('FILE_NOT_WRITTEN', { file }, 'it is no name of a saved request');
    return { file, hash: await overwrite(folder, file, hash, (before) => writeRequestText(file, before, saved)), hadSecrets };
  }
  let tried = 0;
  for (const file of fileNames(name)) {
    const text = writeRequestText(file, '', saved);
    if (await writeNew(folder, file, text, 0o666)) return { file, hash: hashOf(text), hadSecrets };
    if ((tried += 1) === MOST_NAMES) throw new Failure('FILE_NOT_WRITTEN', { file }, `${MOST_NAMES} files of this name are there`);
  }
  throw new Error('the names never end');
}

/** @throws Failure as saveRequest */
export async function saveVariables({ folder: written, hash, values }: Input<'requests', 'saveVariables'>): Promise<{ hash: string }> {
  const folder = folderPath(written);
  if (hash !== undefined) return { hash: await overwrite(folder, VARIABLES_FILE, hash, (before) => writeVariables(VARIABLES_FILE, before, values)) };
  const text = writeVariables(VARIABLES_FILE, '', values);
  // Its values may be passwords.
  if (!(await writeNew(folder, VARIABLES_FILE, text, 0o600))) throw new Failure('FILE_CHANGED', { file: VARIABLES_FILE }, 'it is there meanwhile');
  return { hash: hashOf(text) };
}

async function overwrite(folder: string, file: string, hash: string, change: (before: string) => string): Promise<string> {
  const path = join(folder, file);
  const before = await readManifestFile(path, MOST_BYTES);
  if (before.hash !== hash) throw new Failure('FILE_CHANGED', { file: path }, `the file's SHA-256 was ${hash} and is ${before.hash}`);
  // A link is followed when it is written.
  if (dirname(await realpath(path)) !== (await realpath(folder))) throw new Failure('FILE_NOT_WRITTEN', { file: path }, 'it is a link that leads out of the folder');
  const text = fitting(file, change(before.text));
  if (text !== before.text) await writeManifestFile(path, text, hash);
  return hashOf(text);
}

/** false: there is a file of this name. The whole text appears at once: a finished file gets the name, which fails where the name is taken. */
async function writeNew(folder: string, file: string, text: string, mode: number): Promise<boolean> {
  const path = join(folder, file);
  const fresh = join(folder, `.${file}.${process.pid}.${randomBytes(4).toString('hex')}`);
  fitting(file, text);
  try {
    const handle = await open(fresh, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Some file systems have no links; a copy, too, takes no name that is taken.
    await link(fresh, path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      await copyFile(fresh, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new Failure('FILE_NOT_WRITTEN', { file: path }, error);
  } finally {
    await rm(fresh, { force: true }).catch(() => {});
  }
}

/** What is written can be read again. */
function fitting(file: string, text: string): string {
  const size = Buffer.byteLength(text);
  if (size > MOST_BYTES) throw new Failure('REQUEST_FILE_INVALID', { file, line: 0 }, `it would have ${size} bytes; ${MOST_BYTES} are the most`);
  return text;
}
