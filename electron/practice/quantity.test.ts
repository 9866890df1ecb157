import { describe, expect, test } from 'vitest';
import { milliValue, parseQuantity, wholeValue } from './quantity.ts';

describe('quantities', () => {
  test.each([
    ['100m', 0.1],
    ['1.5', 1.5],
    [2, 2],
    ['64Mi', 64 * 1024 * 1024],
    ['1e3', 1000],
    ['5k', 5000],
    ['5E', 5e18],
    ['.5', 0.5],
  ])('%s is %s', (text, value) => {
    expect(parseQuantity(text)).toBeCloseTo(value, 9);
  });

  test.each(['', 'abc', '1 Mi', '1mi', '--1', '1e', '0x10'])('%s is none', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  test('CPU is counted in thousandths and bytes in whole ones, rounded up', () => {
    expect(milliValue('100')).toBe(100_000);
    expect(milliValue('0.0001')).toBe(1);
    expect(wholeValue('100m')).toBe(1);
    expect(wholeValue(undefined)).toBe(0);
  });
});
