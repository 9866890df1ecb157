import { expect, test } from 'vitest';
import { barsOf, rounded } from './waterfall.ts';

test('the bars follow the time and share its line', () => {
  const bars = barsOf(
    [{ phase: 'wait', start: 20, milliseconds: 20 }, { phase: 'resolve', start: 0, milliseconds: 5 }, { phase: 'tunnel', start: 5, milliseconds: 15 }],
    40,
  );
  expect(bars.map(({ phase, left, width }) => [phase, left, width])).toEqual([['resolve', 0, 12.5], ['tunnel', 12.5, 37.5], ['wait', 50, 50]]);
});

test('no bar leaves the line, and none is without a number', () => {
  for (const bars of [barsOf([{ phase: 'exec', start: 0, milliseconds: 12 }], 10), barsOf([{ phase: 'exec', start: 0, milliseconds: 0 }], 0)]) {
    const [bar] = bars;
    expect(bar!.left + bar!.width).toBeLessThanOrEqual(100);
    expect(Number.isFinite(bar!.width)).toBe(true);
  }
});

test.each([[0.04, 0], [1.26, 1.3], [9.94, 9.9], [10.4, 10], [1234.5, 1235]])('%f ms is shown as %f', (given, shown) => {
  expect(rounded(given)).toBe(shown);
});
