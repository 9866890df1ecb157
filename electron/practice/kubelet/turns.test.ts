import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('calls run in their order, and others get a turn between many of them', async () => {
  const take = createTurns();
  const seen: (number | string)[] = [];
  for (let number = 0; number < 100; number += 1) take(() => seen.push(number));
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      seen.push('other');
      resolve();
    });
  });
  while (seen.length < 101) await new Promise(setImmediate);
  expect(seen.filter((one) => one !== 'other')).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(seen.indexOf('other')).toBeLessThan(100);
});

test('a call may queue another', async () => {
  const take = createTurns();
  const seen: string[] = [];
  take(() => {
    seen.push('first');
    take(() => seen.push('second'));
  });
  while (seen.length < 2) await new Promise(setImmediate);
  expect(seen).toEqual(['first', 'second']);
});
