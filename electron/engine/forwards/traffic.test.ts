import { expect, test } from 'vitest';
import { createTraffic } from './traffic.ts';

test('bytes move through the seconds and leave at the end', () => {
  let now = 50_000;
  const traffic = createTraffic(3, () => now);
  traffic.add(5);
  traffic.add(2);
  expect(traffic.read()).toEqual([0, 0, 7]);
  now += 1_000;
  traffic.add(1);
  expect(traffic.read()).toEqual([0, 7, 1]);
  now += 1_000;
  expect(traffic.read()).toEqual([7, 1, 0]);
  now += 1_000;
  expect([traffic.read(), traffic.isQuiet()]).toEqual([[1, 0, 0], false]);
  now += 60_000;
  expect([traffic.read(), traffic.isQuiet()]).toEqual([[0, 0, 0], true]);
});
