import { array, assert, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from './line-diff.ts';

const shown = (before: string, after: string) => lineDiff(before, after).map((hunk) => hunk.map(({ sign, text, line }) => `${sign}${line} ${text}`));

test('one line more, with three around it', () => {
  expect(shown('a\nb\nc\nd\ne\nf\ng\n', 'a\nb\nc\nd\nX\ne\nf\ng\n')).toEqual([[' 2 b', ' 3 c', ' 4 d', '+5 X', ' 6 e', ' 7 f', ' 8 g']]);
});

test('another value: the old line before the new one', () => {
  expect(shown('a: 1\nb: 2\n', 'a: 1\nb: 3\n')).toEqual([[' 1 a: 1', '-2 b: 2', '+2 b: 3', ' 3 ']]);
});

test('two places far apart are two hunks, near ones are one without a line twice', () => {
  const old = Array.from({ length: 30 }, (_, index) => `l${index}`);
  const far = old.with(2, 'X').with(25, 'Y');
  expect(lineDiff(old.join('\n'), far.join('\n'))).toHaveLength(2);
  const near = old.with(10, 'X').with(14, 'Y');
  const [hunk, ...none] = shown(old.join('\n'), near.join('\n'));
  expect(none).toEqual([]);
  expect(new Set(hunk).size).toBe(hunk?.length);
});

test('the same text has none; a lost CR is a change', () => {
  expect(lineDiff('a\n', 'a\n')).toEqual([]);
  expect(shown('a\r\n', 'a\n')).toEqual([['-1 a\r', '+1 a', ' 2 ']]);
});

test('a text too large for the table is told whole, and quickly', () => {
  const [hunk] = lineDiff(Array.from({ length: 3000 }, (_, i) => `a${i}`).join('\n'), Array.from({ length: 3000 }, (_, i) => `b${i}`).join('\n'));
  expect(hunk).toHaveLength(6000);
});

test('with everything around, the old and the new text can be read from it', () => {
  const text = array(constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 7 }).map((lines) => lines.join('\n'));
  assert(property(text, text, (before, after) => {
    // Short enough for one hunk that holds it all but for equal lines at both ends.
    const lines = lineDiff(before, after).flat();
    const side = (sign: string) => lines.filter((line) => line.sign !== sign).map((line) => line.text).join('\n');
    expect(before.includes(side('+'))).toBe(true);
    expect(after.includes(side('-'))).toBe(true);
    expect(lines.length === 0).toBe(before === after);
  }));
});
