// The files of one container: what its image has, shared by all containers of that image, and over it what volumes and programs put there.

export interface FileEntry {
  readonly content: string | Buffer;
  readonly executable: boolean;
  readonly directory?: boolean;
  readonly changed: Date;
}

/** What a container may write altogether: it lies in memory. */
const quota = 4 * 1024 * 1024;

/** How many entries it may have. */
const mostFiles = 2000;

/** As the kernel's; the message is the C library's words, which programs put behind the file's name. */
export class FileError extends Error {
  readonly code: string;

  constructor(code: string, words: string) {
    super(words);
    this.code = code;
  }
}

const missing = () => new FileError('ENOENT', 'No such file or directory');

export interface FileTree {
  /** @throws FileError when there is none, or it is a directory. */
  read(path: string): Buffer;
  stat(path: string): FileEntry | undefined;
  isDirectory(path: string): boolean;
  /** Names in a directory, sorted. @throws FileError */
  list(path: string): string[];
  /** @throws FileError, also when the container has written more than fits. */
  write(path: string, content: Buffer, options?: { append?: boolean; executable?: boolean }): void;
  makeDirectory(path: string): void;
  /** @throws FileError when there is none. */
  remove(path: string): void;
}

/**
 * @param image files of the image by absolute path: programs and scripts among them are executable.
 * @param over what is mounted over them; a function for what is made when it is read.
 */
export function createFiles(image: ReadonlyMap<string, string>, over: ReadonlyMap<string, string | (() => string)>, created: Date): FileTree {
  const own = new Map<string, FileEntry | undefined>();
  let written = 0;
  for (const [path, content] of over) {
    own.set(normal(path), { get content() { return typeof content === 'string' ? content : content(); }, executable: false, changed: created });
  }

  const stat = (path: string): FileEntry | undefined => {
    if (own.has(path)) return own.get(path);
    const content = image.get(path);
    return content === undefined ? undefined : { content, executable: isProgram(content), changed: created };
  };
  const sizeOf = (entry: FileEntry | undefined) => entry?.content.length ?? 0;
  const paths = function* (): Generator<string> {
    yield* directories;
    for (const path of image.keys()) if (!own.has(path)) yield path;
    for (const [path, entry] of own) if (entry !== undefined) yield path;
  };
  const isDirectory = (path: string): boolean => {
    if (path === '/' || directories.includes(path) || stat(path)?.directory) return true;
    const start = `${path}/`;
    for (const one of paths()) if (one.startsWith(start)) return true;
    return false;
  };
  const put = (path: string, entry: FileEntry) => {
    const more = sizeOf(entry) - (own.has(path) ? sizeOf(own.get(path)) : 0);
    if (written + more > quota || own.size > mostFiles) throw new FileError('ENOSPC', 'No space left on device');
    written += more;
    own.set(path, entry);
  };

  return {
    stat,
    isDirectory,
    read(path) {
      const entry = stat(path);
      if (entry === undefined && !isDirectory(path)) throw missing();
      if (entry === undefined || entry.directory) throw new FileError('EISDIR', 'Is a directory');
      return Buffer.from(entry.content as string);
    },
    list(path) {
      if (!isDirectory(path)) throw stat(path) === undefined ? missing() : new FileError('ENOTDIR', 'Not a directory');
      const start = path === '/' ? '/' : `${path}/`;
      const names = new Set<string>();
      for (const one of paths()) if (one.startsWith(start) && one !== '/') names.add(one.slice(start.length).split('/', 1)[0]!);
      names.delete('');
      return [...names].sort();
    },
    write(path, content, { append = false, executable } = {}) {
      if (isDirectory(path)) throw new FileError('EISDIR', 'Is a directory');
      const parent = path.slice(0, path.lastIndexOf('/')) || '/';
      if (!isDirectory(parent)) throw stat(parent) === undefined ? missing() : new FileError('ENOTDIR', 'Not a directory');
      const before = stat(path);
      const whole = append && before !== undefined ? appended(before.content, content) : content;
      put(path, { content: whole, executable: executable ?? before?.executable ?? false, changed: new Date() });
    },
    makeDirectory(path) {
      if (stat(path) !== undefined || isDirectory(path)) throw new FileError('EEXIST', 'File exists');
      put(path, { content: '', executable: false, directory: true, changed: new Date() });
    },
    remove(path) {
      const entry = stat(path);
      if (entry === undefined) throw missing();
      written -= own.has(path) ? sizeOf(entry) : 0;
      if (image.has(path)) own.set(path, undefined);
      else own.delete(path);
    },
  };
}

/** One after the other, with room for more behind, so that many small writes do not copy the whole each time. */
function appended(before: string | Buffer, more: Buffer): Buffer {
  const length = Buffer.byteLength(before);
  const total = length + more.length;
  if (total > quota) throw new FileError('ENOSPC', 'No space left on device');
  if (more.length === 0 && typeof before !== 'string') return before;
  const roomy = typeof before !== 'string' && rooms.has(before.buffer) && before.byteOffset === 0 && before.buffer.byteLength >= total;
  const room = roomy ? before.buffer : new ArrayBuffer(Math.max(256, total * 2));
  rooms.add(room);
  const whole = Buffer.from(room, 0, total);
  if (!roomy) Buffer.from(before as string).copy(whole);
  more.copy(whole, length);
  return whole;
}

/** Memory that only one file uses: Node's own buffers share theirs. */
const rooms = new WeakSet<ArrayBufferLike>();

const directories = ['/bin', '/dev', '/etc', '/home', '/proc', '/root', '/tmp', '/usr', '/usr/bin', '/usr/local', '/usr/local/bin', '/var', '/var/log'];

/** A program of the practice as a file: nothing in it but its name. */
export const programFile = (name: string): string => `\u007fELF practice program ${name}\n`;

/** The program that a file is; undefined when it is none. */
export const programIn = (content: string | Buffer): string | undefined => /^\u007fELF practice program (\S+)\n/.exec(content.toString('utf8'))?.[1];

const isProgram = (content: string): boolean => content.startsWith('\u007fELF') || content.startsWith('#!');

/** An absolute path without `.`, `..` and doubled slashes. */
export function normal(path: string, from = '/'): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith('/') ? '' : `${from}/`}${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
