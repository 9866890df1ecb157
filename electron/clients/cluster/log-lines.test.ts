import { array, assert, boolean, nat, oneof, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, createLineReader, MOST_LINE, PIECE, readStamp, stampText, type LogEntry } from './log-lines.ts';

const stamp = (at: number) => `2026-11-27T00:02:57.${String(at).padStart(9, '0')}Z `;
const NEWLINE = Buffer.from('\n');

/** As bytes that come in chunks which end anywhere. */
function read(bytes: Buffer, cuts: readonly number[] = []): LogEntry[] {
  const reader = createLineReader();
  const entries: LogEntry[] = [];
  let from = 0;
  for (const to of [...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length]) {
    // A copy that is overwritten afterwards: nothing of a chunk may be needed later but what was given.
    entries.push(...reader.feed(Buffer.from(bytes.subarray(from, to))));
    from = to;
  }
  const last = reader.end();
  return last ? [...entries, last] : entries;
}

test('a line is its bytes, whatever they are', () => {
  const lines = ['plain', '', 'NUL \0 in it', 'escape \u001b]0;title\u0007', 'carriage\r', '안녕 🙂', '2026-11-27T00:02:57.000000001Z in the text'].map((text) => Buffer.from(text));
  lines.push(Buffer.from([0xff, 0xfe, 0xc3]));
  const bytes = Buffer.concat(lines.flatMap((line, at) => [Buffer.from(stamp(at)), line, NEWLINE]));
  expect(read(bytes).map((entry) => [bytesOf(entry).toString('latin1'), entry.nanos, entry.total])).toEqual(lines.map((line, at) => [line.toString('latin1'), at, line.length]));
});

test('it is the same lines wherever the chunks end, also of lines in pieces, with the time before each piece or before the first alone', () => {
  const line = oneof({ weight: 8, arbitrary: uint8Array({ maxLength: 60 }) }, { weight: 1, arbitrary: uint8Array({ minLength: PIECE - 2, maxLength: 3 * PIECE }) });
  assert(
    property(array(line, { maxLength: 8 }), boolean(), array(nat({ max: 60_000 }), { maxLength: 12 }), (given, isOld, cuts) => {
      const lines = given.map((bytes) => Buffer.from(bytes.map((byte) => (byte === 10 ? 11 : byte))));
      const piecesOf = (bytes: Buffer) => Array.from({ length: Math.max(1, Math.ceil(bytes.length / PIECE)) }, (_, at) => bytes.subarray(at * PIECE, (at + 1) * PIECE));
      const printed = lines.flatMap((bytes, number) => [
        ...piecesOf(bytes).flatMap((piece, at) => [...(at === 0 || isOld ? [Buffer.from(stamp(number))] : []), piece]), NEWLINE,
      ]);
      const entries = read(Buffer.concat(printed), cuts);
      expect(entries.map((entry) => bytesOf(entry).toString('hex'))).toEqual(lines.map((bytes) => bytes.toString('hex')));
      expect(entries.map(({ nanos }) => nanos)).toEqual(lines.map((_, at) => at));
    }),
    { numRuns: 200 },
  );
});

test('of a line without an end the first part is kept, and the rest is counted', () => {
  const grown: number[] = [];
  const reader = createLineReader(({ total }) => grown.push(total));
  const entries = [...reader.feed(Buffer.from(stamp(1))), ...Array.from({ length: 50 }, () => reader.feed(Buffer.alloc(64 * 1024, 'a'))).flat()];
  expect(entries).toHaveLength(1);
  expect(entries[0]!.length).toBe(MOST_LINE);
  expect(entries[0]!.total).toBe(50 * 64 * 1024);
  expect(grown.at(-1)).toBe(50 * 64 * 1024);
  const after = reader.feed(Buffer.from(`\n${stamp(2)}next\n`));
  expect(after.map((entry) => String(bytesOf(entry)))).toEqual(['next']);
});

test('the kubelet\'s own words have no time', () => {
  const [entry] = read(Buffer.from('unable to retrieve container logs for docker://1'));
  expect([String(bytesOf(entry!)), entry?.seconds]).toEqual(['unable to retrieve container logs for docker://1', Number.NaN]);
});

test.each([
  ['2026-11-27T00:02:57.386643520Z ', '2026-11-27T00:02:57.386643520Z'],
  ['2026-11-27T09:02:57.3866+09:00 ', '2026-11-27T00:02:57.386600000Z'],
  ['2026-11-26T19:32:57-04:30 ', '2026-11-27T00:02:57.000000000Z'],
  ['2026-11-27T00:02:57.386643520Z', undefined],
  ['2026-99-27T00:02:57.386643520Z ', undefined],
  ['2026-11-27 00:02:57.386643520Z ', undefined],
])('time %j', (text, utc) => {
  const bytes = Buffer.from(text);
  const found = readStamp(bytes, 0, bytes.length);
  expect(found && stampText(found.seconds, found.nanos)).toBe(utc);
});
