import { expect, test } from 'vitest';
import { readHeaders, withContentType } from './request-headers.ts';

test.each([
  ['', { ok: true, headers: [] }],
  ['Accept: text/html', { ok: true, headers: [['Accept', 'text/html']] }],
  ['Accept:text/html\r\n\r\n  X-Time:  12:30  ', { ok: true, headers: [['Accept', 'text/html'], ['X-Time', '12:30']] }],
  ['X-Empty:', { ok: true, headers: [['X-Empty', '']] }],
  ['Cookie: a=1\nCookie: b=2', { ok: true, headers: [['Cookie', 'a=1'], ['Cookie', 'b=2']] }],
  ['Accept: */*\nAccept text/html', { ok: false, line: 2 }],
  ['A name: value', { ok: false, line: 1 }],
  [': value', { ok: false, line: 1 }],
  ['Größe: 1', { ok: false, line: 1 }],
])('%j is read as %j', (text, read) => {
  expect(readHeaders(text)).toEqual(read);
});

test.each([
  ['', [], []],
  ['{"a":1}', [], [['Content-Type', 'application/json']]],
  ['a=1', [], [['Content-Type', 'text/plain']]],
  ['{"a":1}', [['content-type', 'text/yaml']], [['content-type', 'text/yaml']]],
] as [string, [string, string][], [string, string][]][])('a body %j with the headers %j is sent with %j', (body, headers, sent) => {
  expect(withContentType(headers, body)).toEqual(sent);
});
