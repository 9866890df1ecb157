import { expect, test } from 'vitest';
import { columnsOf, jsonLine, laidOut } from './json-line.ts';

const ESC = String.fromCodePoint(0x1b);

test.each<[string, string, ReturnType<typeof columnsOf>]>([
  ['pino', '{"level":50,"time":1767225600000,"pid":1,"msg":"no database"}', { time: '2026-01-01T00:00:00.000Z', level: 'error', message: 'no database', rest: 'pid=1' }],
  ['zap', '{"level":"info","ts":1767225600.5,"caller":"main.go:3","msg":"up"}', { time: '2026-01-01T00:00:00.500Z', level: 'info', message: 'up', rest: 'caller=main.go:3' }],
  ['logback', '{"@timestamp":"2026-01-01T00:00:00Z","message":"Started","level":"INFO","ctx":{"a":[1]}}', { time: '2026-01-01T00:00:00Z', level: 'INFO', message: 'Started', rest: 'ctx={"a":[1]}' }],
  ['in colours', `${ESC}[32m{"msg":"x"}${ESC}[0m`, { time: '', level: '', message: 'x', rest: '' }],
  ['a message that is no text stays a field', '{"message":{"a":1}}', { time: '', level: '', message: '', rest: 'message={"a":1}' }],
  ['fields with the names of JavaScript’s own', '{"__proto__":"a","constructor":"b"}', { time: '', level: '', message: '', rest: '__proto__=a constructor=b' }],
  ['no JSON', '{not json}', { time: '', level: '', message: '{not json}', rest: '' }],
  ['an array', '[1,2]', { time: '', level: '', message: '[1,2]', rest: '' }],
  ['a small number is no time', '{"t":7}', { time: '7', level: '', message: '', rest: '' }],
])('columns: %s', (_, line, expected) => expect(columnsOf(line)).toEqual(expected));

test('laid out, or not at all', () => {
  expect(laidOut(' {"a":{"b":1}} ')).toBe('{\n  "a": {\n    "b": 1\n  }\n}');
  expect(laidOut('{"a":')).toBeUndefined();
  expect(jsonLine('null')).toBeUndefined();
});
