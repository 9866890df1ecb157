import { expect, test } from 'vitest';
import { difference } from './code-editor.ts';

test.each([
  ['a: 1\nb: 2\n', 'a: 1\nb: 3\n', '3'],
  ['a: 1\n', 'a: 1\na: 1\n', 'a: 1\n'],
  ['', 'a', 'a'],
  ['aa', 'a', ''],
  ['same', 'same', ''],
])('from %j to %j only what differs is replaced', (before, after, insert) => {
  const change = difference(before, after);
  expect(before.slice(0, change.from) + change.insert + before.slice(change.to)).toBe(after);
  expect(change.insert).toBe(insert);
});
