import { expect, it } from 'vitest';
import { readExpression } from './expression.ts';

it.each<[string, string, string | undefined, boolean?]>([
  ['b.d', 'abcde', 'bcd'],
  ['^ab*$', 'abbb', 'abbb'],
  ['^b', 'ab', undefined],
  ['a\\+', 'caaab', 'aaa'],
  ['a+', 'a+b', 'a+'],
  ['a+|bc', 'xbc', 'bc', true],
  ['(ab){2,3}', 'abababab', 'ababab', true],
  ['[[:digit:]]{3}', 'ab1234', '123', true],
  ['[^a-c]', 'abcd', 'd'],
  ['[]x]', ']', ']'],
  ['\\.', 'a.b', '.'],
  ['a|ab', 'ab', 'ab', true],
  ['\\bis\\b', 'this is', 'is'],
  ['$', 'abc', ''],
  ['*a', '*a', '*a'],
])('%s in %s', (source, text, found, extended = false) => {
  const match = readExpression(source, { extended }).find(text);
  expect(match && text.slice(match.start, match.end)).toBe(found);
});

it('gives what the parentheses held', () => {
  expect(readExpression('(a+)(b)?(c)', { extended: true }).find('xaac')).toEqual({ start: 1, end: 4, groups: ['aa', undefined, 'c'] });
});

it('finds without regard to case', () => {
  expect(readExpression('ERROR', { ignoreCase: true }).find('an Error')?.start).toBe(3);
});

it.each(['(a+)+b', '(a|aa)+b', 'a*a*a*a*a*a*a*b'])('is not held up by %s', (source) => {
  expect(readExpression(source, { extended: true }).find('a'.repeat(2000))).toBeUndefined();
});

it.each([
  ['(a', 'unmatched parenthesis'],
  ['[a', 'unmatched bracket'],
  ['a\\', 'trailing backslash'],
  ['(((a{200}){200}){200})', 'the expression is too big'],
])('refuses %s', (source, words) => {
  expect(() => readExpression(source, { extended: true })).toThrow(words);
});
