import { expect, test } from 'vitest';
import { readPath } from './request-path.ts';

test.each([
  ['', '/'],
  ['/', '/'],
  ['  /a?b=1  ', '/a?b=1'],
  ['a/b', '/a/b'],
  ['?q=1', '/?q=1'],
  ['/a#top', '/a'],
  ['/a%20b?x=%zz', '/a%20b?x=%zz'],
  ['/파드?이름=가', '/%ED%8C%8C%EB%93%9C?%EC%9D%B4%EB%A6%84=%EA%B0%80'],
  ['/\ud800', '/%EF%BF%BD'],
  ['/redirect?to=http://elsewhere/', '/redirect?to=http://elsewhere/'],
  ['localhost', '/localhost'],
])('%j is the path %j', (text, path) => {
  expect(readPath(text)).toEqual({ ok: true, path });
});

test.each([
  ['http://localhost:8080/a?b=1#c', 'http', 'localhost:8080', '/a?b=1'],
  ['HTTPS://web.example', 'https', 'web.example', '/'],
  ['http://user:secret@web?x=1', 'http', 'web', '/?x=1'],
  ['http://[::1]:80/', 'http', '[::1]:80', '/'],
  ['localhost:8080/actuator/health', 'http', 'localhost:8080', '/actuator/health'],
  ['127.0.0.1:12345', 'http', '127.0.0.1:12345', '/'],
])('of %j the scheme %s and the path are taken, and %s is not', (text, scheme, host, path) => {
  expect(readPath(text)).toEqual({ ok: true, path, scheme, host });
});

test.each([
  ['/a b', { key: 'http.path.blank', params: {} }],
  ['/a\r\nHost: b', { key: 'http.path.blank', params: {} }],
  ['/a\u0000', { key: 'http.path.blank', params: {} }],
  ['http://a b/', { key: 'http.path.blank', params: {} }],
  ['ftp://files/a', { key: 'http.path.scheme', params: { scheme: 'ftp' } }],
  ['file:///etc/passwd', { key: 'http.path.scheme', params: { scheme: 'file' } }],
])('%j is refused', (text, problem) => {
  expect(readPath(text)).toEqual({ ok: false, problem });
});
