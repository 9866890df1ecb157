// The body of an answer: how much came, what it is unpacked, and as much of it as is kept.
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib';
import type { HttpResponse } from '../../../shared/contract/http.ts';
import { Failure } from '../../../shared/contract/failures.ts';

/** More of a body than this is counted, not kept. */
const KEPT_BYTES = 1024 * 1024;

type Header = readonly [string, string];
type Chunks = AsyncIterable<Buffer>;

export interface ReadBody {
  readonly bytes: Buffer;
  /** As they came. */
  readonly bodyBytes: number;
  /** After Content-Encoding was undone. */
  readonly decodedBytes: number;
  /** What the connection said when the body broke off. */
  readonly broken?: Error;
  readonly notDecoded?: Failure<'RESPONSE_NOT_DECODED'>;
}

/** Reads to the end, or until the stream fails: what came until then is kept as far as there is room. */
export async function readBody(source: Readable, headers: readonly Header[]): Promise<ReadBody> {
  const kept: Buffer[] = [];
  const packed: Buffer[] = [];
  let [bodyBytes, decodedBytes] = [0, 0];
  let broken: Error | undefined;
  let notDecoded: Failure<'RESPONSE_NOT_DECODED'> | undefined;
  // A body that breaks off ends here in order, so that what was unpacked until then still comes out.
  const counted = async function* (chunks: Chunks) {
    try {
      for await (const chunk of chunks) {
        keep(packed, chunk, bodyBytes);
        bodyBytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
    }
  };
  const encodings = encodingsOf(headers);
  let chunks: Chunks = counted(source as Chunks);
  try {
    for (const encoding of encodings.toReversed()) chunks = unpacked(chunks, encoding, () => broken !== undefined);
    for await (const chunk of chunks) {
      keep(kept, chunk, decodedBytes);
      decodedBytes += chunk.length;
    }
  } catch (error) {
    notDecoded = new Failure('RESPONSE_NOT_DECODED', { encoding: encodings.join(', ') }, error);
    source.destroy(); // nobody reads the rest
    // Nothing could be unpacked: it may be plain text that says what went wrong.
    if (decodedBytes === 0) {
      kept.push(...packed);
      decodedBytes = bodyBytes;
    }
  }
  return { bytes: Buffer.concat(kept), bodyBytes, decodedBytes, ...(broken ? { broken } : {}), ...(notDecoded ? { notDecoded } : {}) };
}

function keep(kept: Buffer[], chunk: Buffer, before: number): void {
  const room = KEPT_BYTES - before;
  // A copy: a piece of a larger buffer would hold all of it.
  if (room > 0) kept.push(Buffer.from(chunk.subarray(0, room)));
}

/** RFC 9110, 8.4: in the order in which they were applied. */
function encodingsOf(headers: readonly Header[]): string[] {
  return headers
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== 'identity');
}

/** @param isBroken the packed body broke off: what it lacks is no fault of its packing */
async function* unpacked(chunks: Chunks, encoding: string, isBroken: () => boolean): AsyncGenerator<Buffer, void, void> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return;
  const rest = async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  const unpacker = unpackerFor(encoding, first.value);
  // A stream that fails is read no further, so what came out before goes through one that does not.
  const sound = new PassThrough();
  let failure: unknown;
  pipeline(rest(), unpacker).catch(() => {}); // heard below
  unpacker.on('data', (chunk: Buffer) => {
    if (sound.write(chunk)) return;
    unpacker.pause();
    sound.once('drain', () => unpacker.resume());
  }).once('error', (error) => (failure = error)).once('close', () => sound.end());
  try {
    yield* sound as Chunks;
  } finally {
    unpacker.destroy();
  }
  if (failure !== undefined && !isBroken()) throw failure;
}

function unpackerFor(encoding: string, first: Buffer) {
  switch (encoding) {
    case 'gzip': case 'x-gzip': return createGunzip();
    case 'br': return createBrotliDecompress();
    case 'zstd': return createZstdDecompress();
    // RFC 9110, 8.4.1.2: some send the bare format (RFC 1951) without zlib's two bytes (RFC 1950), whose first has 8 in its lower half.
    case 'deflate': return (first[0] ?? 0) % 16 === 8 ? createInflate() : createInflateRaw();
    default: throw new Error(`the encoding "${encoding}" is not known`);
  }
}

type DecodedBody = Pick<HttpResponse, 'body' | 'bodyEncoding' | 'unknownCharset'>;

/**
 * Text in the charset that the answer names, UTF-8 where it names none (RFC 9110, 8.3.2); base64 for what is no text.
 * @param isCut the last letter may lack some of its bytes
 */
export function decodeBody(bytes: Buffer, headers: readonly Header[], isCut = false): DecodedBody {
  const type = headers.findLast(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const named = /;\s*charset="?([^\s;"]+)/i.exec(type)?.[1];
  const charset = named === undefined || isKnown(named) ? (named ?? 'utf-8') : 'utf-8';
  const unknown = named !== undefined && charset !== named ? { unknownCharset: named } : {};
  const isText = /^text\/|[/+](?:json|xml|javascript|x-www-form-urlencoded|yaml)\b/i.test(type);
  if (isText) return { body: new TextDecoder(charset).decode(bytes, { stream: isCut }), bodyEncoding: 'text', ...unknown };
  if (!/^(?:image|audio|video|font)\//i.test(type)) {
    try {
      const body = new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: isCut });
      if (!body.includes('\0')) return { body, bodyEncoding: 'text', ...unknown };
    } catch {
      // Not text in that charset.
    }
  }
  return { body: bytes.toString('base64'), bodyEncoding: 'base64', ...unknown };
}

function isKnown(charset: string): boolean {
  try {
    new TextDecoder(charset).decode();
    return true;
  } catch {
    return false;
  }
}

/** Whether more was read than is kept. */
export const isTruncated = ({ bytes, decodedBytes }: Pick<ReadBody, 'bytes' | 'decodedBytes'>) => decodedBytes > bytes.length;
