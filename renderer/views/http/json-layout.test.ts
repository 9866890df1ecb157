import { expect, test } from 'vitest';
import { jsonProblem, laidOutJson } from './json-layout.ts';

test.each([
  '{"a":[1,2,{"b":null}],"c":{},"d":[],"e":"x"}', '[]', '{}', ' [ [ ] , { } ] ', '"text"', '12', '{"a:b,{":"[\\"}\\\\"}', '{"a":{"b":{"c":[true,false]}}}',
  '["é","파드"]',
])('%j is laid out as JSON.stringify would', (text) => {
  expect(laidOutJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
});

test('numbers that JavaScript cannot hold, names that stand there twice and escapes stay as they came', () => {
  expect(laidOutJson('{"id":12345678901234567890,"id":1.0e+1,"s":"\\u00e9"}')).toBe('{\n  "id": 12345678901234567890,\n  "id": 1.0e+1,\n  "s": "\\u00e9"\n}');
});

test.each([
  ['{"a":1}', undefined],
  ['{\n  "a": 1,\n}', 3],
  // V8 shows a piece of the text instead of a position.
  ['{\n"a": tru }', undefined],
  ['{"a":\n', 2],
  ['', 1],
])('%j stops being JSON in line %s', (text, line) => {
  expect(jsonProblem(text)?.line).toBe(line);
});

test('what is not JSON is not laid out', () => {
  expect(laidOutJson('hello {')).toBeUndefined();
});

test('1 MiB is laid out in a moment, however busy the computer is', () => {
  const text = JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id, name: `pod-${id}`, labels: { app: 'web' } })));
  const begun = performance.now();
  expect(laidOutJson(text)?.length).toBeGreaterThan(text.length);
  expect(performance.now() - begun).toBeLessThan(2000);
});
