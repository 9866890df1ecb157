// What `docker build FOLDER` sends: the folder as a tar stream, without what .dockerignore excludes.
// https://docs.docker.com/build/concepts/context/#dockerignore-files ; the walk follows moby pkg/archive/archive.go (TarWithOptions) and
// docker/cli cli/command/image/build/dockerignore.go.
import { createReadStream } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { lstat, readFile, readdir, readlink, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import dockerignore from '@balena/dockerignore';
import { pack } from 'tar-stream';
import type { Pack } from 'tar-stream';
import { Failure } from '../../../shared/contract/failures.ts';

export interface ContextEntry {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  readonly mtime: Date;
  readonly linkname?: string;
}

/**
 * The Dockerfile's name in the folder: `Dockerfile`, or `dockerfile` as the docker CLI takes too.
 * Throws FOLDER_UNREADABLE (no such folder, not a folder, not allowed) or DOCKERFILE_MISSING.
 */
export async function findDockerfile(folder: string): Promise<string> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw new Failure('FOLDER_UNREADABLE', { folder }, error);
  }
  for (const name of ['Dockerfile', 'dockerfile']) {
    if (names.includes(name) && (await stat(join(folder, name)).catch(() => undefined))?.isFile()) return name;
  }
  throw new Failure('DOCKERFILE_MISSING', { folder }, `no Dockerfile in ${folder}`);
}

/** Every entry that is sent, parents first, in the order of names. Throws FOLDER_UNREADABLE or FILE_UNREADABLE. */
export async function* contextEntries(folder: string, dockerfile: string): AsyncGenerator<ContextEntry, void> {
  const rules = await readRules(folder, dockerfile);
  yield* walk(folder, '', rules);
}

async function* walk(folder: string, parent: string, rules: Rules): AsyncGenerator<ContextEntry, void> {
  let children: Dirent[];
  try {
    children = await readdir(join(folder, parent), { withFileTypes: true });
  } catch (error) {
    throw new Failure('FOLDER_UNREADABLE', { folder: join(folder, parent) }, error);
  }
  children.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name } of children) {
    const path = parent ? `${parent}/${name}` : name;
    const ignored = rules.ignores(path);
    const file = join(folder, path);
    const found = await lstat(file).catch((error: unknown) => { throw new Failure('FILE_UNREADABLE', { file }, error); });
    if (!ignored) {
      const entry = await contextEntry(file, path, found);
      if (entry) yield entry;
    }
    if (found.isDirectory() && (!ignored || rules.mayKeepInside(path))) yield* walk(folder, path, rules);
  }
}

/** undefined for sockets, pipes and devices: they have no place in an image. */
async function contextEntry(file: string, path: string, found: Stats): Promise<ContextEntry | undefined> {
  // Windows has no permission bits; the docker CLI makes everything executable there.
  const common = { path, mode: process.platform === 'win32' ? 0o755 : found.mode & 0o7777, mtime: found.mtime };
  if (found.isSymbolicLink()) return { ...common, type: 'symlink', size: 0, linkname: await readlink(file) };
  if (found.isDirectory()) return { ...common, type: 'directory', size: 0 };
  if (found.isFile()) return { ...common, type: 'file', size: found.size };
  return undefined;
}

interface Rules {
  ignores(path: string): boolean;
  /** An ignored folder is entered only if a `!` rule begins with its path (as moby does; so `!**` + `/x` does not reopen it). */
  mayKeepInside(folder: string): boolean;
}

/** `Dockerfile.dockerignore` goes before `.dockerignore`, as in BuildKit. The Dockerfile and .dockerignore are always sent: Docker reads them. */
async function readRules(folder: string, dockerfile: string): Promise<Rules> {
  const file = await readOptional(join(folder, `${dockerfile}.dockerignore`)) ?? await readOptional(join(folder, '.dockerignore'));
  if (file === undefined) return { ignores: () => false, mayKeepInside: () => false };
  const lines = file.replace(/^\uFEFF/, '').split(/\r?\n/);
  // The library ignores case unless told; Docker does not.
  const rules = dockerignore({ ignorecase: false }).add(lines);
  const kept = lines.map(line => line.trim()).filter(line => line.startsWith('!')).map(line => `${line.slice(1).trim().replace(/^\/+|\/+$/g, '')}/`);
  const always = new Set([dockerfile, '.dockerignore']);
  return {
    ignores: path => !always.has(path) && rules.ignores(path),
    mayKeepInside: path => kept.some(pattern => pattern.startsWith(`${path}/`)),
  };
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure('FILE_UNREADABLE', { file }, error);
  }
}

/**
 * The context as a tar stream; nothing is read before it is asked for. Owner and group are root's, as the docker CLI sends them.
 * The stream fails with FOLDER_UNREADABLE or FILE_UNREADABLE; destroying it closes the file that is open.
 */
export function packContext(folder: string, dockerfile: string): Readable {
  // Its reader gets every error; when the reader has left, Node's own AbortError has nowhere to go and would end the program.
  return Readable.from(tarChunks(folder, dockerfile), { objectMode: false }).on('error', () => {});
}

async function* tarChunks(folder: string, dockerfile: string): AsyncGenerator<Buffer, void> {
  const tar = pack();
  const closed = new AbortController();
  const filling = fill(tar, folder, dockerfile, closed.signal).catch((error: unknown) => tar.destroy(error as Error));
  try {
    yield* tar as AsyncIterable<Buffer>;
    await filling;
  } finally {
    closed.abort(); // the filling may wait for a reader that will not come
    tar.destroy(null);
    await filling;
  }
}

async function fill(tar: Pack, folder: string, dockerfile: string, signal: AbortSignal): Promise<void> {
  for await (const { path, linkname, ...entry } of contextEntries(folder, dockerfile)) {
    const header = { ...entry, name: entry.type === 'directory' ? `${path}/` : path, uid: 0, gid: 0, ...(linkname !== undefined && { linkname }) };
    const file = join(folder, path);
    const sink = tar.entry(header).on('error', () => {}); // ends with the archive, which tells the error
    if (entry.type !== 'file') continue;
    try {
      let sent = 0;
      // The header has said how long the file is: what was appended since is left out, what was cut off is an error.
      if (entry.size > 0) {
        for await (const chunk of createReadStream(file, { end: entry.size - 1 }) as AsyncIterable<Buffer>) {
          sent += chunk.length;
          if (!sink.write(chunk)) await once(sink, 'drain', { signal });
        }
      }
      if (sent < entry.size) throw new Error(`${path} became shorter while it was read`);
    } catch (error) {
      throw new Failure('FILE_UNREADABLE', { file }, error);
    }
    sink.end(null);
    await once(sink, 'finish', { signal });
  }
  tar.finalize();
}
