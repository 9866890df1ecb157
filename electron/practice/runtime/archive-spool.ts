// Where the files of an archive wait while it is read, and layers of images that came from outside stay: what is small in memory, the rest in
// one temporary file that has no name any more, so that it goes with the process however that ends.
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';

export interface Piece {
  readonly length: number;
  read(): Readable;
  /** All of it. @throws Error when it is too long to be a configuration. */
  bytes(): Promise<Buffer>;
  text(): Promise<string>;
}

const SMALL = 64 * 1024;
const SMALL_TOGETHER = 16 * 1024 * 1024;
const LONGEST_TEXT = 8 * 1024 * 1024;

/** The descriptor is closed once nothing can read from the file any more. */
const unused = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));
const writeAt = promisify(write);

export interface Spool {
  add(content: AsyncIterable<Buffer>): Promise<Piece>;
}

export function createSpool(): Spool {
  let file: { readonly descriptor: number } | undefined;
  let end = 0;
  let inMemory = 0;

  async function append(chunk: Buffer): Promise<void> {
    file ??= openNameless();
    for (let sent = 0; sent < chunk.length; ) {
      const { bytesWritten } = await writeAt(file.descriptor, chunk, sent, chunk.length - sent, end);
      sent += bytesWritten;
      end += bytesWritten;
    }
  }

  return {
    async add(content) {
      const start = end;
      let length = 0;
      let held: Buffer[] | undefined = [];
      for await (const chunk of content) {
        length += chunk.length;
        held?.push(Buffer.from(chunk));
        if (!held) await append(chunk);
        else if (length > SMALL || inMemory + length > SMALL_TOGETHER) {
          for (const waiting of held) await append(waiting);
          held = undefined;
        }
      }
      if (held) {
        inMemory += length;
        const whole = Buffer.concat(held);
        return piece(length, () => Readable.from([whole], { objectMode: false }));
      }
      const from = file as { readonly descriptor: number };
      return piece(length, () => {
        const stream = createReadStream('', { fd: from.descriptor, autoClose: false, start, end: start + length - 1, highWaterMark: 256 * 1024 });
        stream.once('close', () => from); // holds the file while this reads
        return stream;
      });
    },
  };
}

function piece(length: number, read: () => Readable): Piece {
  async function bytes(): Promise<Buffer> {
    if (length > LONGEST_TEXT) throw new Error(`${length} bytes are too many`);
    const chunks: Buffer[] = [];
    for await (const chunk of read()) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
  return { length, read, bytes, text: async () => (await bytes()).toString('utf8') };
}

function openNameless(): { readonly descriptor: number } {
  const folder = mkdtempSync(join(tmpdir(), 'practice-images-'));
  try {
    const file = { descriptor: openSync(join(folder, 'layers'), 'wx+', 0o600) };
    unused.register(file, file.descriptor);
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
