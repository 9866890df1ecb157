import { expect, test } from 'vitest';
import { ageSince, humanDuration } from './age.ts';

const minute = 60, hour = 3600, day = 86400, year = 365 * day;

test.each([
  [-3, '<invalid>'], [-2, '<invalid>'], [-1.9, '0s'], [-1, '0s'], [-0.5, '0s'], [Number.NaN, '<invalid>'],
  [0, '0s'], [0.99, '0s'], [59, '59s'], [119.9, '119s'],
  [120, '2m'], [121, '2m1s'], [10 * minute - 1, '9m59s'], [10 * minute, '10m'], [10 * minute + 59, '10m'],
  [180 * minute - 1, '179m'], [180 * minute, '3h'], [3 * hour + 61, '3h1m'], [8 * hour - 1, '7h59m'],
  [8 * hour, '8h'], [8 * hour + 59 * minute, '8h'], [48 * hour - 1, '47h'],
  [48 * hour, '2d'], [49 * hour, '2d1h'], [8 * day - 1, '7d23h'], [8 * day, '8d'], [8 * day + 23 * hour, '8d'],
  [2 * year - 1, '729d'], [2 * year, '2y'], [2 * year + day, '2y1d'], [8 * year - 1, '7y364d'], [8 * year, '8y'], [9 * year + 200 * day, '9y'],
])('%d seconds are %s', (seconds, text) => {
  expect(humanDuration(seconds)).toBe(text);
});

test.each([
  ['2026-01-01T00:00:00Z', '90s'], [undefined, '<unknown>'], [null, '<unknown>'], ['', '<unknown>'],
  ['2026-01-01T00:01:31Z', '0s'], ['2026-01-01T00:02:00Z', '<invalid>'], ['yesterday', '<invalid>'],
])('the age of %s', (timestamp, text) => {
  const now = new Date('2026-01-01T00:01:30Z');
  expect([ageSince(timestamp, now), ageSince(timestamp, now.getTime())]).toEqual([text, text]);
});
