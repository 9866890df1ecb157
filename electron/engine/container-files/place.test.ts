import { expect, test } from 'vitest';
import { cleanPath } from './place.ts';

test.each([
  ['', '/'], ['/', '/'], ['//', '/'], ['etc', '/etc'], ['/etc/', '/etc'], ['/a//b/./c/../d', '/a/b/d'], ['/../../etc', '/etc'], ['/ a ', '/ a '], ['/-rf', '/-rf'], ['/한국어/파일', '/한국어/파일'],
  ['/a\nb', '/a\nb'], ['/a\0b', undefined],
])('%j is %j', (path, clean) => {
  expect(cleanPath(path)).toBe(clean);
});
