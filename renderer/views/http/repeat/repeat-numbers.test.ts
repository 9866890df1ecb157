import { expect, test } from 'vitest';
import { chartLines, perSecond, podShares } from './repeat-numbers.ts';

test('a second without answers is a gap, and one without failures has no bar', () => {
  const seconds = [{ second: 3, answered: 2, failed: 0, p50: 1.5, p99: 9 }, { second: 4, answered: 0, failed: 7 }];
  expect(chartLines(seconds)).toEqual([[3, 4], [1.5, null], [9, null], [null, 7]]);
});

test.each([
  ['nobody knows', { pods: [], answered: 10 }, []],
  ['each has a share, the largest first', { pods: [{ name: 'a', count: 1 }, { name: 'b', count: 3 }], answered: 4 }, [{ name: 'b', count: 3, share: 0.75 }, { name: 'a', count: 1, share: 0.25 }]],
  ['the rest is unknown', { pods: [{ name: 'a', count: 1 }], answered: 4 }, [{ name: 'a', count: 1, share: 0.25 }, { name: undefined, count: 3, share: 0.75 }]],
])('pods: %s', (_, snapshot, expected) => {
  expect(podShares(snapshot)).toEqual(expected);
});

test.each([
  [{ answered: 1, failed: 0, elapsedMilliseconds: 50 }, undefined],
  [{ answered: 1, failed: 1, elapsedMilliseconds: 3000 }, 0.7],
  [{ answered: 900, failed: 100, elapsedMilliseconds: 2000 }, 500],
])('a rate of %j', (snapshot, expected) => {
  expect(perSecond(snapshot)).toBe(expected);
});
