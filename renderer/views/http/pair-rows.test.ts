import { expect, test } from 'vitest';
import { countOn, headerProblem, pairsOf, readHeaderLines } from './pair-rows.ts';

const row = (name: string, value: string, isOn = true) => ({ name, value, isOn });

test('rows that are off, or have no name, do not count', () => {
  const rows = [row(' Accept ', 'text/html'), row('X-Off', '1', false), row('', 'lost'), row('Cookie', 'a=1'), row('Cookie', 'b=2')];
  expect(pairsOf(rows)).toEqual([['Accept', 'text/html'], ['Cookie', 'a=1'], ['Cookie', 'b=2']]);
  expect(countOn(rows)).toBe(3);
});

test.each([
  [row('Accept', 'text/html'), undefined],
  [row('', ''), undefined],
  [row('A name', '1', false), undefined],
  [row('X-Latin', 'caf\u00e9'), undefined],
  [row('A name', '1'), 'http.headers.name-wrong'],
  [row('Größe', '1'), 'http.headers.name-wrong'],
  [row('', '1'), 'http.headers.name-wrong'],
  [row('A:', '1'), 'http.headers.name-wrong'],
  [row('X-Break', 'a\r\nHost: b'), 'http.headers.value-wrong'],
  [row('X-Break', 'a\nb'), 'http.headers.value-wrong'],
  [row('X-Nul', '\u0000'), 'http.headers.value-wrong'],
  [row('X-Wide', '파드'), 'http.headers.value-wrong'],
])('%j has the problem %s', (given, key) => {
  expect(headerProblem(given)?.key).toBe(key);
});

test.each([
  ['Accept: text/html', [row('Accept', 'text/html')]],
  ['Accept:text/html\r\n\r\n  X-Time:  12:30  ', [row('Accept', 'text/html'), row('X-Time', '12:30')]],
  ['X-Empty:', [row('X-Empty', '')]],
  ['Accept: */*\nAccept text/html', undefined],
  [': value', undefined],
])('the pasted %j is read as %j', (text, rows) => {
  expect(readHeaderLines(text)).toEqual(rows);
});
