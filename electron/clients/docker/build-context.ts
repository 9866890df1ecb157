// What `docker build FOLDER` sends: the folder without what .dockerignore excludes; the classic builder gets it as a tar stream.
// The walk follows moby pkg/archive/archive.go (TarWithOptions) and tonistiigi/fsutil (filter.go).
import { createReadStream } from 'node:fs';
import type { Dirent } from 'node:fs';
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { Pack } from 'tar-stream';
import type { Builder } from '../../../shared/contract/builds.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { readIgnoreRules } from './ignore-rules.ts';
import type { IgnoreRules, RuleMatch } from './ignore-rules.ts';

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
 * The Dockerfile, relative to the folder and with `/`: the one that is named, else `Dockerfile`, or `dockerfile` as the docker CLI takes too.
 * Throws FOLDER_UNREADABLE (no such folder, not a folder, not allowed) or DOCKERFILE_MISSING (also for one outside the folder).
 */
export async function findDockerfile(folder: string, named?: string): Promise<string> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw new Failure('FOLDER_UNREADABLE', { folder }, error);
  }
  if (named) {
    const path = relative(folder, resolve(folder, named)).replaceAll(sep, '/');
    if (/^\.\.(\/|$)|^[A-Za-z]:/.test(path)) throw new Failure('DOCKERFILE_MISSING', { folder }, `${named} is not inside ${folder}`);
    if (!(await stat(join(folder, path)).catch(() => undefined))?.isFile()) throw new Failure('DOCKERFILE_MISSING', { folder }, `no file ${path} in ${folder}`);
    return path;
  }
  for (const name of ['Dockerfile', 'dockerfile']) {
    if (names.includes(name) && (await stat(join(folder, name)).catch(() => undefined))?.isFile()) return name;
  }
  throw new Failure('DOCKERFILE_MISSING', { folder }, `no Dockerfile in ${folder}`);
}

/** Which files a build sends, as the builder's own client chooses them. */
export interface ContextOptions {
  readonly folder: string;
  readonly dockerfile: string;
  readonly builder: Builder;
  /** Ends the walk with its reason. */
  readonly signal?: AbortSignal;
  /** Called for each file that the ignore file left out. */
  onIgnored?(): void;
}

/** Entries that are looked at together: a disk answers many questions at once. */
const BATCH = 64;

/** Every entry that is sent, parents first, in the order of names. Throws FOLDER_UNREADABLE, FILE_UNREADABLE or IGNORE_FILE_INVALID. */
export async function* contextEntries(options: ContextOptions): AsyncGenerator<ContextEntry, void> {
  const rules = await readIgnoreRules(options.folder, options.dockerfile, options.builder);
  yield* walk(options, '', undefined, rules);
}

async function* walk(options: ContextOptions, parent: string, above: RuleMatch | undefined, rules: IgnoreRules): AsyncGenerator<ContextEntry, void> {
  const children = await childrenOf(options, parent);
  for (let from = 0; from < children.length; from += BATCH) {
    options.signal?.throwIfAborted();
    const batch = children.slice(from, from + BATCH).map(child => {
      const path = parent ? `${parent}/${child.name}` : child.name;
      return { child, path, match: rules.match(path, above) };
    });
    // Only what may be sent is looked at.
    const entries = await Promise.all(batch.map(async ({ path, match }) => match.ignored ? undefined : await contextEntry(options.folder, path)));
    for (const [index, { child, path, match }] of batch.entries()) {
      const entry = entries[index];
      if (entry) yield entry;
      // Docker does not follow links, and neither does Dirent.
      if (!child.isDirectory()) {
        if (match.ignored) options.onIgnored?.();
      } else if (!match.ignored || rules.mayKeepInside(path)) {
        yield* walk(options, path, match, rules);
      } else if (options.onIgnored) {
        await countFiles(options, path, options.onIgnored);
      }
    }
  }
}

async function childrenOf({ folder }: ContextOptions, path: string): Promise<Dirent[]> {
  try {
    // In the order of bytes, as Go sorts.
    return (await readdir(join(folder, path), { withFileTypes: true })).sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  } catch (error) {
    throw new Failure('FOLDER_UNREADABLE', { folder: join(folder, path) }, error);
  }
}

/** A folder that is left out is read all the same when somebody counts; what cannot be read there is nobody's trouble. */
async function countFiles(options: ContextOptions, path: string, onFile: () => void): Promise<void> {
  options.signal?.throwIfAborted();
  const children = await readdir(join(options.folder, path), { withFileTypes: true }).catch(() => []);
  for (const child of children) {
    if (child.isDirectory()) await countFiles(options, `${path}/${child.name}`, onFile);
    else onFile();
  }
}

/** undefined for sockets, pipes and devices: they have no place in an image. */
async function contextEntry(folder: string, path: string): Promise<ContextEntry | undefined> {
  const file = join(folder, path);
  const found = await lstat(file).catch((error: unknown) => { throw new Failure('FILE_UNREADABLE', { file }, error); });
  // Windows has no permission bits; the docker CLI makes everything executable there.
  const common = { path, mode: process.platform === 'win32' ? 0o755 : found.mode & 0o7777, mtime: found.mtime };
  if (found.isSymbolicLink()) return { ...common, type: 'symlink', size: 0, linkname: await readlink(file) };
  if (found.isDirectory()) return { ...common, type: 'directory', size: 0 };
  if (found.isFile()) return { ...common, type: 'file', size: found.size };
  return undefined;
}

/**
 * The context as a tar stream; nothing is read before it is asked for. Owner and group are root's, as the docker CLI sends them.
 * The stream fails with FOLDER_UNREADABLE or FILE_UNREADABLE; destroying it closes the file that is open.
 */
export function packContext(options: ContextOptions): Readable {
  // Its reader gets every error; when the reader has left, Node's own AbortError has nowhere to go and would end the program.
  return Readable.from(tarChunks(options), { objectMode: false }).on('error', () => {});
}

async function* tarChunks(options: ContextOptions): AsyncGenerator<Buffer, void> {
  const tar = pack();
  const closed = new AbortController();
  const filling = fill(tar, options, closed.signal).catch((error: unknown) => tar.destroy(error as Error));
  try {
    yield* tar as AsyncIterable<Buffer>;
    await filling;
  } finally {
    closed.abort(); // the filling may wait for a reader that will not come
    tar.destroy(null);
    await filling;
  }
}

async function fill(tar: Pack, options: ContextOptions, signal: AbortSignal): Promise<void> {
  for await (const { path, linkname, ...entry } of contextEntries(options)) {
    const header = { ...entry, name: entry.type === 'directory' ? `${path}/` : path, uid: 0, gid: 0, ...(linkname !== undefined && { linkname }) };
    const file = join(options.folder, path);
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
