import { expect, test } from 'vitest';
import { allToggled, extended, toggled } from './selection.ts';

const shown = ['a', 'b', 'c', 'd'];
const set = (keys: string) => new Set(keys);
const text = (keys: ReadonlySet<string>) => [...keys].sort().join('');

test('one more, one less', () => {
  expect(text(toggled(set('a'), 'b'))).toBe('ab');
  expect(text(toggled(set('ab'), 'b'))).toBe('a');
});

test.each<[string, string, string | undefined, string, string]>([
  ['downwards', '', 'b', 'd', 'bcd'],
  ['upwards', '', 'd', 'b', 'bcd'],
  ['to itself', '', 'c', 'c', 'c'],
  ['beside what was selected', 'a', 'c', 'd', 'acd'],
  ['from nowhere', '', undefined, 'c', 'c'],
  ['from a row that is not shown any more', '', 'z', 'c', 'c'],
  ['to a row that is not shown', 'a', 'b', 'z', 'a'],
])('a range: %s', (_, selected, from, to, after) => expect(text(extended(set(selected), shown, from, to))).toBe(after));

test.each([
  ['none of them', '', 'abcd'],
  ['some of them', 'bc', 'abcd'],
  ['all of them', 'abcd', ''],
  ['one that is hidden, and all of them', 'abcdz', 'z'],
  ['only one that is hidden', 'z', 'abcdz'],
])('all that are shown, from %s', (_, before, after) => expect(text(allToggled(set(before), shown))).toBe(after));
