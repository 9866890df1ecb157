import { expect, test } from 'vitest';
import { sparkline, sum } from './sparkline.ts';

test('the largest number reaches the top, nothing is at the bottom, and the last one is at the right', () => {
  expect(sparkline([0, 50, 100], 60, 10)).toBe('0,10 30,5 60,0');
});

test('without any bytes it is flat at the bottom', () => {
  expect(sparkline([0, 0], 60, 10)).toBe('0,10 60,10');
});

test('one number alone is a point, none is nothing', () => {
  expect(sparkline([7], 60, 10)).toBe('0,0');
  expect(sparkline([], 60, 10)).toBe('');
});

test('the sum', () => {
  expect(sum([1, 2, 3])).toBe(6);
  expect(sum([])).toBe(0);
});
