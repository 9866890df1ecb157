// The files of an archive of images, read as a stream: what is compressed is decompressed, layers wait in a spool.
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract } from 'tar-stream';
import { createSpool } from './archive-spool.ts';
import type { Piece } from './archive-spool.ts';

/** By path, normalized. */
export type ArchiveFiles = ReadonlyMap<string, Piece>;

/** A fault of the archive, in the words of Go's tar reader and of Docker. */
export class ArchiveError extends Error {
  /** `tar`: not to be read as a tar; `format`: a tar, but no image in it. */
  readonly fault: 'tar' | 'format';
  constructor(fault: 'tar' | 'format', message: string) {
    super(message);
    this.name = 'ArchiveError';
    this.fault = fault;
  }
}

const MOST_FILES = 20_000;

/** Reads all of it; links lead to what they mean, as older Dockers wrote layers that two images share. @throws ArchiveError, or the archive's own error */
export async function unpackArchive(archive: Readable): Promise<ArchiveFiles> {
  const reader = extract();
  const spool = createSpool();
  const files = new Map<string, Piece>();
  const links = new Map<string, string>();
  const feeding = feed(archive, reader);
  feeding.catch((error: Error) => reader.destroy(error));
  try {
    for await (const entry of reader) {
      const { name, type, linkname } = entry.header;
      const path = posix.normalize(name);
      if (files.size + links.size >= MOST_FILES) throw new ArchiveError('format', `more than ${MOST_FILES} files`);
      if ((type === 'symlink' || type === 'link') && linkname) links.set(path, posix.normalize(type === 'link' ? linkname : posix.join(posix.dirname(path), linkname)));
      if (type === 'file' || type === 'contiguous-file') files.set(path, await spool.add(entry as AsyncIterable<Buffer>));
      else entry.resume();
    }
    await feeding;
  } catch (error) {
    archive.destroy();
    throw tarError(error);
  }
  for (const [path, target] of links) {
    const piece = files.get(target);
    if (piece) files.set(path, piece);
  }
  return files;
}

/** Into the tar reader, without the compression that Docker also takes. Ends the reader at the archive's end. */
async function feed(archive: Readable, reader: ReturnType<typeof extract>): Promise<void> {
  const write = writeInto(reader);
  for await (const chunk of decompressed(archive)) if (!(await write(chunk))) return;
  reader.end(null);
}

/** How to write into a stream of tar-stream: resolves when there is room for more, with false once it is closed. */
export function writeInto(target: Pick<NodeJS.WritableStream, 'write' | 'on'>): (chunk: Buffer) => Promise<boolean> {
  let closed = false;
  let wake = () => {};
  target.on('drain', () => wake());
  target.on('error', () => {}); // told by whoever destroyed it
  target.on('close', () => {
    closed = true;
    wake();
  });
  return async (chunk) => {
    if (!closed && !target.write(chunk)) await new Promise<void>((resolve) => { wake = resolve; });
    return !closed;
  };
}

/** gzip and zstd by their first bytes; anything else as it is. */
export async function* decompressed(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const source = content[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let ended = false;
  while (head.length < 4 && !ended) {
    const { value, done } = (await source.next()) as IteratorResult<Buffer, void>;
    if (value) head = Buffer.concat([head, value]);
    ended = done === true;
  }
  async function* whole() {
    if (head.length > 0) yield head;
    if (!ended) yield* { [Symbol.asyncIterator]: () => source };
  }
  const magic = head.toString('hex', 0, 4);
  if (magic.startsWith('1f8b')) yield* through(whole(), createGunzip());
  else if (magic === '28b52ffd') yield* through(whole(), createZstdDecompress());
  else yield* whole();
}

async function* through(content: AsyncIterable<Buffer>, decompressor: ReturnType<typeof createGunzip>): AsyncGenerator<Buffer, void> {
  const source = Readable.from(content, { objectMode: false });
  source.on('error', (error) => decompressor.destroy(error));
  try {
    for await (const chunk of source.pipe(decompressor)) yield chunk as Buffer;
  } finally {
    source.destroy();
    decompressor.destroy();
  }
}

/** The tar reader's complaints in the words of Go's archive/tar, which Docker and containerd pass on. */
function tarError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  if (/Unexpected end of data|unexpected end of file/i.test(message)) return new ArchiveError('tar', 'unexpected EOF');
  if (/Invalid tar header|Size is out of|incorrect header check|invalid (?:block|stored|distance|code)|Premature|Writable stream closed/i.test(message)) {
    return new ArchiveError('tar', 'archive/tar: invalid tar header');
  }
  return error;
}

