import { expect, test } from 'vitest';
import { placeRows } from './timeline-layout.ts';

const time = (seconds: number) => new Date(seconds * 1000).toISOString();
const bar = (from: number, to?: number) => ({ what: 'running' as const, from: time(from), ...(to === undefined ? {} : { to: time(to) }), detail: '', seen: false });
const place = (from: number, to?: number) => placeRows([{ init: false, bars: [bar(from, to)], marks: [] }], 100_000, 200_000)[0]?.bars.map(({ left, width, seconds }) => [left, width, seconds]);

test.each([
  [110, 130, [[10, 20, 20]]],
  [110, undefined, [[10, 90, 90]]],
  [50, 150, [[0, 50, 100]]],
  [50, 90, []],
  [210, 220, []],
  [150, 150, [[50, 0.6, 0]]],
  [200, undefined, [[99.4, 0.6, 0]]],
])('a bar from %s to %s on an axis from 100 to 200', (from, to, expected) => {
  expect(place(from, to)).toEqual(expected);
});

test('marks outside are left out', () => {
  const mark = (at: number) => ({ at: time(at), reason: 'R', message: '', isWarning: false, count: 1 });
  expect(placeRows([{ init: false, bars: [], marks: [mark(90), mark(125), mark(201)] }], 100_000, 200_000)[0]?.marks.map(({ left }) => left)).toEqual([25]);
});

test('an axis without length', () => {
  expect(placeRows([{ init: false, bars: [bar(100)], marks: [] }], 100_000, 100_000)[0]?.bars).toHaveLength(1);
});
