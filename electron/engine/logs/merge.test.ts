import { expect, test } from 'vitest';
import type { LogEntry } from '../../clients/cluster/log-lines.ts';
import { createMerge } from './merge.ts';

const entry = (nanos: number, size = 1): LogEntry => ({ seconds: 1, nanos, chunk: Buffer.alloc(size), start: 0, length: size, total: size, pieces: [], number: undefined });
const slices = { isOver: false, next: async () => {} };

function scene() {
  const given: string[] = [];
  let time = 0;
  const merge = createMerge(({ nanos }, source) => void given.push(`${source}:${nanos}`), () => {}, () => time);
  return { given, merge, pass: (ms: number) => { time += ms; return merge.release(slices); } };
}

test('what was written before comes in the order of its time, and not before all sources have said theirs', () => {
  const { given, merge, pass } = scene();
  const [one, two] = [merge.open(0), merge.open(1)];
  void one.push([entry(1), entry(4), entry(6)]);
  expect([pass(0) > 0, given]).toEqual([true, []]);
  void two.push([entry(2), entry(3)]);
  pass(0);
  // The second may have more that is older than 4.
  expect(given).toEqual(['0:1', '1:2', '1:3']);
  void two.push([entry(5)]);
  two.caughtUp();
  one.caughtUp();
  pass(400);
  expect(given).toEqual(['0:1', '1:2', '1:3', '0:4', '1:5', '0:6']);
});

test('what comes now waits a moment for what is older; one source alone does not wait', () => {
  const { given, merge, pass } = scene();
  const [one, two] = [merge.open(0), merge.open(1)];
  one.caughtUp();
  two.caughtUp();
  void one.push([entry(5)]);
  expect([pass(0), given]).toEqual([300, []]);
  void two.push([entry(4)]);
  expect([pass(200), given]).toEqual([100, []]);
  pass(100);
  pass(200);
  expect(given).toEqual(['1:4', '0:5']);
  two.close();
  void one.push([entry(6)]);
  pass(0);
  expect(given.at(-1)).toBe('0:6');
});

test('a source keeps its own order, whatever its times', () => {
  const { given, merge, pass } = scene();
  const one = merge.open(0);
  void one.push([entry(5), entry(1), entry(9)]);
  pass(0);
  expect(given).toEqual(['0:5', '0:1', '0:9']);
});

test('a source that says much more than the other is told to wait, and does not wait for the moment to pass', async () => {
  const { given, merge, pass } = scene();
  const [one, two] = [merge.open(0), merge.open(1)];
  one.caughtUp();
  two.caughtUp();
  let hasRoom = false;
  const pushing = one.push(Array.from({ length: 4 }, (_, at) => entry(at, 512 * 1024)))!.then(() => { hasRoom = true; });
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  pass(0);
  expect(given.length).toBeGreaterThan(0);
  pass(300);
  await pushing;
  expect(given).toHaveLength(4);
});

test('a source that does not answer keeps the others waiting for a while only', () => {
  const { given, merge, pass } = scene();
  const one = merge.open(0);
  merge.open(1);
  void one.push([entry(1)]);
  one.caughtUp();
  pass(4_000);
  expect(given).toEqual([]);
  pass(1_001);
  pass(0);
  expect(given).toEqual(['0:1']);
});

test('it is reading until what was written before has been given, however much is written since', () => {
  const { given, merge, pass } = scene();
  const [one, two] = [merge.open(0), merge.open(1)];
  void one.push([entry(1), entry(2)]);
  one.caughtUp();
  expect(merge.isReading).toBe(true);
  two.caughtUp();
  expect(merge.isReading).toBe(true);
  pass(400);
  expect([given, merge.isReading]).toEqual([['0:1', '0:2'], false]);
  void one.push([entry(3)]);
  one.caughtUp(); // its stream was cut, and joined
  expect(merge.isReading).toBe(false);
  merge.open(2).close();
  expect(merge.isReading).toBe(false);
});
