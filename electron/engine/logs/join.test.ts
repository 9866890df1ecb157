import { array, assert, boolean, constantFrom, integer, nat, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import type { LogEntry } from '../../clients/cluster/log-lines.ts';
import { createJoin } from './join.ts';

interface Written { readonly seconds: number; readonly nanos: number; readonly text: string }
const entry = ({ seconds, nanos, text }: Written): LogEntry => ({ seconds, nanos, chunk: Buffer.from(text), start: 0, length: text.length, total: text.length, pieces: [], number: undefined });

/** A kubelet's file, read with sinceTime as the API has it, cut after so many lines each time. */
function followCut(file: readonly Written[], cuts: readonly number[], tail = file.length): string[] {
  const join = createJoin();
  const had: string[] = [];
  for (const cut of [...cuts, Infinity]) {
    const { since } = join;
    join.again();
    const served = since === undefined ? file.slice(file.length - tail) : file.filter(({ seconds }) => seconds >= since);
    for (const line of served.slice(0, cut)) if (join.take(entry(line))) had.push(line.text);
  }
  return had;
}

test('lines of one and the same time, some of them alike, are each had once', () => {
  const file = ['a', 'b', 'b', 'b', 'c', 'b', 'b'].map((text) => ({ seconds: 7, nanos: 7, text }));
  expect(followCut(file, [4, 6, 0, 3])).toEqual(file.map(({ text }) => text));
});

test('however often the stream is cut, the lines are exactly those that were written', () => {
  // Few times and few words, so that many lines are alike; and some are a little before the one above them.
  const line = record({ step: integer({ min: 0, max: 3 }), back: boolean(), text: constantFrom('a', 'b') });
  assert(property(array(line, { maxLength: 80 }), array(nat({ max: 40 }), { maxLength: 8 }), (lines, cuts) => {
    let at = 0;
    const file = lines.map(({ step, back, text }) => {
      at += step * 400_000_000;
      const time = Math.max(0, back ? at - 100_000_000 : at);
      return { seconds: Math.floor(time / 1e9), nanos: time % 1e9, text };
    });
    expect(followCut(file, cuts)).toEqual(file.map(({ text }) => text));
  }), { numRuns: 2_000 });
});

test('what is older than the newest lines that were asked for does not come in later', () => {
  const file = Array.from({ length: 100 }, (_, at) => ({ seconds: 7, nanos: at, text: `line ${at}` }));
  expect(followCut(file, [3, 5], 10)).toEqual(file.slice(90).map(({ text }) => text));
});

test('the next run\'s lines are all new, although they are of the same second and say the same', () => {
  const join = createJoin();
  const first = [1, 2, 3].map((nanos) => ({ seconds: 7, nanos, text: 'hello' }));
  const second = [10, 11].map((nanos) => ({ seconds: 7, nanos, text: 'hello' }));
  for (const line of first) expect(join.take(entry(line))).toBe(true);
  join.again();
  expect(second.map((line) => join.take(entry(line)))).toEqual([true, true]);
});

test('where the log was rotated meanwhile, what is left of the old lines is not doubled', () => {
  const join = createJoin();
  const lines = [1, 2, 3, 4].map((nanos) => ({ seconds: 7, nanos, text: `line ${nanos}` }));
  for (const line of lines) join.take(entry(line));
  join.again();
  expect([...lines.slice(2), { seconds: 7, nanos: 5, text: 'line 5' }].map((line) => join.take(entry(line)))).toEqual([false, false, true]);
});

test('the rest of a long line whose beginning is too old to come again is none', () => {
  const join = createJoin();
  expect(join.take({ ...entry({ seconds: 7, nanos: 1, text: 'long' }), pieces: ['9.5'] })).toBe(true);
  join.take(entry({ seconds: 9, nanos: 9, text: 'next' }));
  join.again();
  expect(join.take(entry({ seconds: 9, nanos: 5, text: 'ng' }))).toBe(false);
  expect(join.take(entry({ seconds: 9, nanos: 9, text: 'next' }))).toBe(false);
  expect(join.take(entry({ seconds: 9, nanos: 10, text: 'new' }))).toBe(true);
});
