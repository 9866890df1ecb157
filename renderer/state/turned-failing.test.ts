import { expect, test } from 'vitest';
import { turnedFailing } from './turned-failing.ts';

const health = (...uids: string[]) => ({ failing: uids.length, degraded: 0, pods: uids.map((uid) => ({ uid, namespace: 'd', name: uid })) });
const names = (pods: readonly { name: string }[]) => pods.map(({ name }) => name);

test('what fails at the first look is no news, what begins to fail is, and again after it was well', () => {
  const first = turnedFailing(undefined, 'kind/default', health('a'));
  expect(names(first.turned)).toEqual([]);
  const second = turnedFailing(first.seen, 'kind/default', health('a', 'b'));
  expect(names(second.turned)).toEqual(['b']);
  const third = turnedFailing(second.seen, 'kind/default', health('a'));
  expect(names(third.turned)).toEqual([]);
  expect(names(turnedFailing(third.seen, 'kind/default', health('a', 'b')).turned)).toEqual(['b']);
});

test('another context or namespace begins anew; while nothing is known, nothing is forgotten', () => {
  const first = turnedFailing(undefined, 'kind/default', health('a'));
  expect(turnedFailing(first.seen, 'kind/shop', health('b')).turned).toEqual([]);
  const unknown = turnedFailing(first.seen, 'kind/default', { pods: [] });
  expect(names(turnedFailing(unknown.seen, 'kind/default', health('a', 'c')).turned)).toEqual(['c']);
});
