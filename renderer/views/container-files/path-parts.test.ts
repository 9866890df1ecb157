import { expect, test } from 'vitest';
import { crumbsOf, folderOf, nameOf, pathIn, shownName } from './path-parts.ts';

test.each([
  ['/', [['/', '/']], undefined, '/'],
  ['/etc', [['/', '/'], ['etc', '/etc']], '/', 'etc'],
  ['/데이터/a b', [['/', '/'], ['데이터', '/데이터'], ['a b', '/데이터/a b']], '/데이터', 'a b'],
])('%s: the way to it, its folder, its name', (path, crumbs, folder, name) => {
  expect(crumbsOf(path)).toEqual(crumbs.map(([each, to]) => ({ name: each, path: to })));
  expect([folderOf(path), nameOf(path)]).toEqual([folder, name]);
  expect(folder === undefined ? path : pathIn(folder, name)).toBe(path);
});

test('a name stays in one line', () => {
  expect(shownName('line\nend\t한')).toBe('line␊end␉한');
});
