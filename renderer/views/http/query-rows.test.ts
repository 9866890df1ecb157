import { expect, test } from 'vitest';
import { queryRows, withQuery, type QueryRow } from './query-rows.ts';

const shown = (rows: readonly QueryRow[]) => rows.map(({ name, value, isOn }) => `${isOn ? '' : 'off '}${name}=${value}`);

test.each([
  ['/', []],
  ['/a?x=1&y=2', ['x=1', 'y=2']],
  ['/a?flag', ['flag=']],
  ['/a?x=1=2', ['x=1=2']],
  ['/a?q=a+b%26c', ['q=a b&c']],
  ['/a?bad=%zz', ['bad=%zz']],
  ['/a?to=http://b/?c=d', ['to=http://b/?c=d']],
])('the query of %j is read as %j, and written as it was', (path, rows) => {
  const read = queryRows(path);
  expect(shown(read)).toEqual(rows);
  expect(withQuery(path, read)).toBe(path);
});

test.each([
  ['/a?', [], '/a'],
  ['/a?&&x=1&', ['x=1'], '/a?x=1'],
  ['/a?x=1#y=2', ['x=1'], '/a?x=1'],
])('of %j only the rows %j are left', (path, rows, left) => {
  expect(shown(queryRows(path))).toEqual(rows);
  expect(withQuery(path, queryRows(path))).toBe(left);
});

test('a row that is edited is encoded, and the others stay as they were', () => {
  const [first, second] = queryRows('/a?x=a+b&flag');
  expect(withQuery('/a?x=a+b&flag', [first!, { ...second!, name: '이름', value: 'a b&c' }])).toBe('/a?x=a+b&%EC%9D%B4%EB%A6%84=a%20b%26c');
});

test('a variable that is typed into the table stays one in the path', () => {
  const rows = [{ name: 'q', value: 'a b{{ word }}/{{이름}}&', isOn: true }, { name: '{{key}}', value: '{{}}{{1}}', isOn: true }];
  const path = withQuery('/a', rows);
  expect(path).toBe('/a?q=a%20b{{ word }}%2F{{이름}}%26&{{key}}=%7B%7B%7D%7D%7B%7B1%7D%7D');
  expect(shown(queryRows(path))).toEqual(rows.map(({ name, value }) => `${name}=${value}`));
});

test('a row that is switched off leaves the path, and keeps its place while the path is typed', () => {
  const [x, y, z] = queryRows('/a?x=1&y=2&z=3');
  const rows = [x!, { ...y!, isOn: false }, z!];
  expect(withQuery('/a?x=1&y=2&z=3', rows)).toBe('/a?x=1&z=3');
  expect(shown(queryRows('/a?x=1&z=4', rows))).toEqual(['x=1', 'off y=2', 'z=4']);
  expect(shown(queryRows('/a', rows))).toEqual(['off y=2']);
});

test('an empty row is no part of the path', () => {
  expect(withQuery('/a?x=1', [{ name: '', value: '', isOn: true }])).toBe('/a');
});
