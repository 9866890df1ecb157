import { expect, test } from 'vitest';
import { jsonAsYaml } from './json-as-yaml.ts';

test('what YAML allows in no text, or would fold, is escaped', () => {
  expect(jsonAsYaml({ a: 'x\u007f\u0085\u009f\u2028\u2029\ufeff\uffff' })).toBe('{"a":"x\\u007f\\u0085\\u009f\\u2028\\u2029\\ufeff\\uffff"}');
});

test('all else is JSON as it is, pairs of surrogates too', () => {
  const value = { 'ä': ['\n\t"\\', '한국어', '😀', 1e21, null] };
  expect(jsonAsYaml(value)).toBe(JSON.stringify(value));
  expect(JSON.parse(jsonAsYaml({ a: '\u0085😀\u2028' }))).toEqual({ a: '\u0085😀\u2028' });
});
