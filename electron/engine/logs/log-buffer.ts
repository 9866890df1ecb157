// The lines of a view as bytes: docs/decisions/a-log-is-kept-as-bytes.md.
import type { LogEntry } from '../../clients/cluster/log-lines.ts';

/** At most so many lines and bytes of one view; the oldest are dropped. */
export const MOST_LINES = 100_000;
export const MOST_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

export interface LogBuffer {
  /** Lines added so far; they are numbered from 0 on. */
  readonly end: number;
  /** The oldest that is kept. */
  readonly first: number;
  readonly keptBytes: number;
  add(entry: LogEntry, source: number): void;
  /** A kept line has become longer, by bytes that are not kept. */
  grow(number: number, total: number): void;
  /** The line's kept bytes, for as long as nothing is added. */
  bytes(number: number): Buffer;
  /** UTF-8 of the first so many bytes; what is broken is U+FFFD, and a character that the limit cuts is left out. */
  text(number: number, most: number): string;
  /** How many bytes are kept of it. */
  length(number: number): number;
  /** How many it had. */
  total(number: number): number;
  source(number: number): number;
  seconds(number: number): number;
  nanos(number: number): number;
  /** A note of who reads it: 0 where there is none. */
  mark(number: number): number;
  setMark(number: number, mark: number): void;
}

interface Chunk {
  readonly buffer: Buffer;
  used: number;
  /** After its last line. */
  end: number;
}

export function createLogBuffer(mostLines = MOST_LINES, mostBytes = MOST_BYTES, chunkBytes = CHUNK_BYTES): LogBuffer {
  const chunks: Chunk[] = [];
  /** The number of the first of `chunks`, counted from the beginning on. */
  let firstChunk = 0;
  let chunkTotal = 0;
  let spare: Buffer | undefined;
  const chunkOf = new Uint32Array(mostLines);
  const starts = new Uint32Array(mostLines);
  const lengths = new Uint32Array(mostLines);
  const totals = new Float64Array(mostLines);
  const seconds = new Float64Array(mostLines);
  const nanos = new Uint32Array(mostLines);
  const sources = new Uint16Array(mostLines);
  const marks = new Uint8Array(mostLines);
  let first = 0;
  let end = 0;
  let keptBytes = 0;

  const dropFirst = () => {
    keptBytes -= lengths[first % mostLines]!;
    first += 1;
    while (chunks.length > 1 && chunks[0]!.end <= first) {
      const [gone] = chunks.splice(0, 1);
      firstChunk += 1;
      chunkTotal -= gone!.buffer.length;
      // The next one takes its place: a log that is fast is no work for the collector.
      if (gone!.buffer.length === chunkBytes) spare = gone!.buffer;
    }
  };
  const roomFor = (length: number): Chunk => {
    const last = chunks.at(-1);
    if (last && last.buffer.length - last.used >= length) return last;
    const size = Math.max(chunkBytes, length);
    while (first < end && chunkTotal + size > mostBytes) dropFirst();
    const buffer = size === chunkBytes && spare ? spare : Buffer.allocUnsafeSlow(size);
    if (buffer === spare) spare = undefined;
    const chunk = { buffer, used: 0, end };
    chunks.push(chunk);
    chunkTotal += size;
    return chunk;
  };
  const at = (number: number) => {
    if (number < first || number >= end) throw new RangeError(`line ${number} is not kept`);
    return number % mostLines;
  };
  const part = (number: number, most: number): Buffer => {
    const place = at(number);
    const start = starts[place]!;
    return chunks[chunkOf[place]! - firstChunk]!.buffer.subarray(start, start + Math.min(most, lengths[place]!));
  };
  return {
    get end() { return end; },
    get first() { return first; },
    get keptBytes() { return keptBytes; },
    add(entry, source) {
      if (end - first === mostLines) dropFirst();
      const { length } = entry;
      const chunk = roomFor(length);
      entry.chunk.copy(chunk.buffer, chunk.used, entry.start, entry.start + length);
      const place = end % mostLines;
      chunkOf[place] = firstChunk + chunks.length - 1;
      starts[place] = chunk.used;
      lengths[place] = length;
      totals[place] = entry.total;
      seconds[place] = entry.seconds;
      nanos[place] = entry.nanos;
      sources[place] = source;
      marks[place] = 0;
      chunk.used += length;
      keptBytes += length;
      end += 1;
      chunk.end = end;
    },
    grow(number, total) {
      if (number >= first && number < end) totals[number % mostLines] = total;
    },
    bytes: (number) => part(number, Infinity),
    text(number, most) {
      const bytes = part(number, most);
      const isCut = bytes.length < lengths[at(number)]!;
      return bytes.toString('utf8', 0, isCut ? wholeCharacters(bytes) : bytes.length);
    },
    length: (number) => lengths[at(number)]!,
    total: (number) => totals[at(number)]!,
    source: (number) => sources[at(number)]!,
    seconds: (number) => seconds[at(number)]!,
    nanos: (number) => nanos[at(number)]!,
    mark: (number) => marks[at(number)]!,
    setMark: (number, mark) => { marks[at(number)] = mark; },
  };
}

/** Where to cut bytes so that no character of UTF-8 is in two. */
export function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break; // ASCII
    if (byte < 0xc0) continue; // goes on
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needs > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
