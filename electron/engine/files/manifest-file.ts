// A manifest's file: read whole with its hash, and written whole or not at all.
import { createHash, randomBytes } from 'node:crypto';
import { access, constants, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../../../shared/contract/failures.ts';
import { MOST_MANIFEST_BYTES } from '../../../shared/kubernetes/manifest-size.ts';

export interface ReadFile {
  readonly text: string;
  /** SHA-256 of the bytes. */
  readonly hash: string;
}

/** @throws Failure FILE_UNREADABLE (`isGone` tells whether there is none), FILE_TOO_LARGE */
export async function readManifestFile(path: string, most = MOST_MANIFEST_BYTES): Promise<ReadFile> {
  try {
    // Before it is opened: opening a named pipe would wait for somebody to write into it.
    const about = await stat(path);
    if (!about.isFile()) throw new Error(`${path} is not a file`);
    if (about.size > most) throw tooLarge(path, about.size, most);
    const bytes = await readFile(path);
    if (bytes.length > most) throw tooLarge(path, bytes.length, most);
    // The mark at the beginning stays: what is written back must not differ in it.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, hash: hashOf(bytes) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('FILE_UNREADABLE', { file: path }, error);
  }
}

/** Whether a failure of readManifestFile says that there is no such file. */
export function isGone(failure: Failure): boolean {
  const code = (failure.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

export function hashOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * A new file takes the old one's name, with its mode; a link stays a link.
 * @param hash what the file must still be
 * @throws Failure FILE_CHANGED, FILE_UNREADABLE; FILE_NOT_WRITTEN: the file is as it was
 */
export async function writeManifestFile(path: string, text: string, hash: string): Promise<void> {
  await mustBe(path, hash);
  let fresh: string | undefined;
  try {
    const place = await realpath(path);
    // A new name would replace a read-only file, too.
    await access(place, constants.W_OK);
    const { mode } = await stat(place);
    fresh = join(dirname(place), `.${basename(place)}.${process.pid}.${randomBytes(4).toString('hex')}`);
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.chmod(mode & 0o777);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await mustBe(path, hash);
    await rename(fresh, place);
  } catch (error) {
    if (fresh !== undefined) await rm(fresh, { force: true }).catch(() => {});
    if (error instanceof Failure) throw error;
    throw new Failure('FILE_NOT_WRITTEN', { file: path }, error);
  }
}

async function mustBe(path: string, hash: string): Promise<void> {
  const now = await readManifestFile(path);
  if (now.hash !== hash) throw new Failure('FILE_CHANGED', { file: path }, `the file's SHA-256 was ${hash} and is ${now.hash}`);
}

const tooLarge = (file: string, bytes: number, most: number) => new Failure('FILE_TOO_LARGE', { file, bytes, most }, `${bytes} bytes; ${most} are the most`);
