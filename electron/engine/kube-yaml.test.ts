import { LineCounter } from 'yaml';
import { expect, test } from 'vitest';
import { readDocuments, writeDocument } from './kube-yaml.ts';

const read = (text: string): unknown => readDocuments(text, new LineCounter())[0]?.toJS();

// What kubectl 1.20 makes of each (`kubectl create --dry-run=client --validate=false -o json`).
test.each([
  ['yes', true], ['on', true], ['Off', false], ['y', true], ['N', false], ['true', true], ['"yes"', 'yes'],
  ['0644', 420], ['0o644', 420], ['0x1F', 31], ['1_000', 1000], ['100m', '100m'], ['1e3', 1000],
  ['12:30', '12:30'], ['22:22:22', '22:22:22'], ['2020-01-01', '2020-01-01'], ['~', null], ['', null], ['null', null],
])('%s', (text, value) => expect(read(`v: ${text}`)).toEqual({ v: value }));

test('an anchor is merged', () => {
  expect(read('a: &a {x: 1}\nb: {<<: *a, z: 2}')).toEqual({ a: { x: 1 }, b: { x: 1, z: 2 } });
});

test('what is written comes back as it was', () => {
  const value = { label: 'yes', on: 'off', mode: '0644', number: 420, text: '한글 😀\n# no comment\n', time: '12:30', date: '2020-01-01', none: null, tilde: '~', list: ['n', 'y', '1e3', '0o17', '0x1F'], y: 1 };
  expect(read(writeDocument(value))).toEqual(value);
  expect(writeDocument({ label: 'yes' })).toBe('label: "yes"\n');
});
