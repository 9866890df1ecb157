import { expect, test } from 'vitest';
import type { CheckedDocument } from '../../../shared/contract/objects.ts';
import { fileNames, joinSources, objectsOfPaths, placeOf, type Source } from './sources.ts';

const source = (id: number, text: string, path?: string): Source => ({ id, text, ...(path === undefined ? {} : { path, name: path.slice(1) }) });

test('one text is sent as it stands', () => {
  const joined = joinSources([source(1, '\uFEFFa: 1')]);
  expect(joined).toEqual({ text: '\uFEFFa: 1', starts: [{ id: 1, line: 1 }] });
  expect(placeOf(joined, 7)).toEqual({ id: 1, line: 7 });
});

test('several are one text of several documents, and a line of it is a line of its file', () => {
  const joined = joinSources([source(1, 'a: 1\nb: 2'), source(2, '\uFEFFc: 3\r\nd: 4\r\n'), source(3, '{"e": 5}\n')]);
  expect(joined.text).toBe('a: 1\nb: 2\n---\nc: 3\r\nd: 4\r\n---\n{"e": 5}\n');
  expect(placeOf(joined, 1)).toEqual({ id: 1, line: 1 });
  expect(placeOf(joined, 2)).toEqual({ id: 1, line: 2 });
  expect(placeOf(joined, 4)).toEqual({ id: 2, line: 1 });
  expect(placeOf(joined, 5)).toEqual({ id: 2, line: 2 });
  expect(placeOf(joined, 7)).toEqual({ id: 3, line: 1 });
  expect(placeOf(joined, 0)).toBeUndefined();
});

test('an empty text in the middle takes no lines of the others', () => {
  const joined = joinSources([source(1, ''), source(2, 'a: 1\n'), source(3, ''), source(4, 'b: 2\n')]);
  expect(placeOf(joined, joined.text.split('\n').indexOf('b: 2') + 1)).toEqual({ id: 4, line: 1 });
  expect(placeOf(joined, joined.text.split('\n').indexOf('a: 1') + 1)).toEqual({ id: 2, line: 1 });
});

test('kubectl takes several files with commas; a typed text is none', () => {
  expect(fileNames([source(1, '', '/a.yaml'), source(2, '', '/b.yaml')])).toBe('/a.yaml,/b.yaml');
  expect(fileNames([{ id: 1, text: '', name: 'dropped.yaml' }])).toBe('dropped.yaml');
  expect(fileNames([source(1, '', '/a.yaml'), source(2, '')])).toBeUndefined();
});

test('what a file is remembered for', () => {
  const sources = [source(1, 'x\nx\n', '/a.yaml'), source(2, 'x\n')];
  const checked = (line: number, name: string): CheckedDocument => ({ line, object: { apiVersion: 'v1', kind: 'Pod', namespace: 'n', name }, change: 'create', problems: [], conflicts: [], warnings: [], replaceable: false });
  const found = objectsOfPaths(sources, joinSources(sources), [checked(1, 'p'), checked(2, 'q'), checked(4, 'typed')]);
  expect([...found]).toEqual([['/a.yaml', [{ kind: 'Pod', namespace: 'n', name: 'p' }, { kind: 'Pod', namespace: 'n', name: 'q' }]]]);
});
