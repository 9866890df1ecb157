import { expect, test } from 'vitest';
import { RowHeights, windowOf } from './row-heights.ts';

test('all alike: 100 000 rows', () => {
  const heights = new RowHeights(18);
  expect(heights.between(0, 100_000)).toBe(1_800_000);
  expect(heights.rowAt(0, 100_000, 0)).toBe(0);
  expect(heights.rowAt(0, 100_000, 17.9)).toBe(0);
  expect(heights.rowAt(0, 100_000, 18)).toBe(1);
  expect(heights.rowAt(50, 100_000, 36)).toBe(52);
  expect(heights.rowAt(0, 100_000, 9e9)).toBe(99_999);
});

test('measured rows count in every sum that they are in', () => {
  const heights = new RowHeights(10);
  expect(heights.set(300, 50)).toBe(40);
  expect(heights.set(300, 50)).toBe(0);
  expect(heights.set(2_000, 30)).toBe(20);
  expect(heights.between(0, 3_000)).toBe(30_060);
  expect(heights.between(301, 2_000)).toBe(16_990);
  expect(heights.between(299, 302)).toBe(70);
  // 300 rows of 10, then the high one.
  expect([2_999, 3_000, 3_049, 3_050].map((distance) => heights.rowAt(0, 5_000, distance))).toEqual([299, 300, 300, 301]);
  expect(heights.rowAt(290, 5_000, 100)).toBe(300);
  heights.forgetBefore(1_000);
  expect(heights.between(0, 3_000)).toBe(30_020);
});

test('the sum of two neighbours is the whole, wherever they are parted', () => {
  const heights = new RowHeights(7);
  for (let row = 0; row < 2_000; row += 3) heights.set(row, 7 + (row % 11));
  const whole = heights.between(5, 1_999);
  for (const part of [5, 6, 255, 256, 257, 511, 1_000, 1_999]) expect(heights.between(5, part) + heights.between(part, 1_999)).toBe(whole);
  for (const row of [5, 256, 700, 1_500]) expect(heights.rowAt(5, 2_000, heights.between(5, row))).toBe(row);
});

test('only what is in sight is drawn, however many rows there are', () => {
  const heights = new RowHeights(18);
  const rows = { first: 1_000, end: 101_000 };
  expect(windowOf(heights, rows, 0, 360, 5)).toEqual({ from: 1_000, to: 1_027 });
  const middle = windowOf(heights, rows, 900_000, 360, 5);
  expect(middle.to - middle.from).toBeLessThan(40);
  expect(middle.from).toBe(1_000 + 50_000 - 5);
  expect(windowOf(heights, rows, 1_800_000, 360, 5).to).toBe(101_000);
  expect(windowOf(heights, { first: 5, end: 5 }, 0, 360, 5)).toEqual({ from: 5, to: 5 });
});
