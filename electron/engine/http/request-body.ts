// The body of a request: pieces in memory and pieces of files, with the length that they have together.
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { HttpBody } from '../../../shared/contract/http.ts';
import { Failure } from '../../../shared/contract/failures.ts';

interface FilePiece {
  readonly file: string;
  readonly length: number;
}

export interface PreparedBody {
  readonly pieces: readonly (Buffer | FilePiece)[];
  /** Bytes. */
  readonly length: number;
  /** What it is, for who has not said so; '' for a file, of which nobody knows. */
  readonly contentType: string;
}

/** @throws Failure FILE_UNREADABLE */
export async function prepareBody(body: HttpBody): Promise<PreparedBody | undefined> {
  switch (body.kind) {
    case 'none': return undefined;
    case 'json': return bodyOf([Buffer.from(body.text)], 'application/json');
    case 'text': return bodyOf([Buffer.from(body.text)], 'text/plain; charset=utf-8');
    case 'form': return bodyOf([Buffer.from(new URLSearchParams(body.fields).toString())], 'application/x-www-form-urlencoded');
    case 'file': return bodyOf([await filePiece(body.file)], '');
    case 'multipart': {
      const boundary = `podlab-${randomUUID()}`;
      const parts = await Promise.all(body.parts.map((part) => partOf(part, boundary)));
      return bodyOf([...parts.flat(), Buffer.from(`--${boundary}--\r\n`)], `multipart/form-data; boundary=${boundary}`);
    }
  }
}

/** Its bytes as they are sent, each file read while it goes out. Fails as FILE_UNREADABLE or FILE_CHANGED. */
export function streamOf({ pieces }: PreparedBody): Readable {
  return Readable.from(bytesIn(pieces), { objectMode: false });
}

/** All of it in memory; undefined where it is more than `most` bytes. Fails as `streamOf`. */
export async function bytesOf(body: PreparedBody, most: number): Promise<Buffer | undefined> {
  if (body.length > most) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of bytesIn(body.pieces)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function bodyOf(pieces: (Buffer | FilePiece)[], contentType: string): PreparedBody {
  return { pieces, length: pieces.reduce((sum, { length }) => sum + length, 0), contentType };
}

async function filePiece(file: string): Promise<FilePiece> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new Error('it is not a file');
    await (await open(file)).close(); // whether it may be read, too
    return { file, length: found.size };
  } catch (error) {
    throw new Failure('FILE_UNREADABLE', { file }, error);
  }
}

/** RFC 7578, 4.2; names are escaped as the HTML Standard has it (multipart/form-data encoding algorithm). */
async function partOf({ name, value = '', file }: { name: string; value?: string | undefined; file?: string | undefined }, boundary: string): Promise<(Buffer | FilePiece)[]> {
  const of = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"`;
  if (file === undefined) return [Buffer.from(`${of}\r\n\r\n${value}\r\n`)];
  return [Buffer.from(`${of}; filename="${escaped(basename(file))}"\r\nContent-Type: application/octet-stream\r\n\r\n`), await filePiece(file), Buffer.from('\r\n')];
}

const escaped = (text: string) => text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');

async function* bytesIn(pieces: PreparedBody['pieces']): AsyncGenerator<Buffer, void, void> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece;
    else yield* bytesOfFile(piece);
  }
}

/** Exactly as many as were announced: a Content-Length that is not kept would leave the program waiting. */
async function* bytesOfFile({ file, length }: FilePiece): AsyncGenerator<Buffer, void, void> {
  if (length === 0) return;
  let sent = 0;
  try {
    for await (const chunk of createReadStream(file, { end: length - 1 }) as AsyncIterable<Buffer>) {
      sent += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw new Failure('FILE_UNREADABLE', { file }, error);
  }
  if (sent < length) throw new Failure('FILE_CHANGED', { file }, `it had ${length} bytes and has ${sent} now`);
}
