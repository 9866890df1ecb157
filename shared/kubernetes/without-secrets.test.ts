import { expect, test } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

test.each([
  ['DB_PASSWORD=hunter2 PORT=80', 'DB_PASSWORD=[hidden] PORT=80'],
  ['{"password": "hunter2", "user": "me"}', '{"password": "[hidden]", "user": "me"}'],
  ['spring.datasource.password: hunter2', 'spring.datasource.password: [hidden]'],
  ['--token abc.def', '--token [hidden]'],
  ['api_key=1234, next=1', 'api_key=[hidden], next=1'],
  ['MY-API-KEY: 1234', 'MY-API-KEY: [hidden]'],
  ['postgres://me:hunter2@db:5432/shop', 'postgres://[hidden]@db:5432/shop'],
  ['Get "https://me:x@registry.example/v2/": dial', 'Get "https://[hidden]@registry.example/v2/": dial'],
  ['Authorization: Bearer abcdefgh', 'Authorization: [hidden] [hidden]'],
  ['sent Bearer abcdefgh.ijk', 'sent Bearer [hidden]'],
  ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_-1', 'token [hidden]'],
  ['AKIAIOSFODNN7EXAMPLE was refused', '[hidden] was refused'],
  [`ghp_${'a'.repeat(36)}`, '[hidden]'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nafter', '[hidden]\nafter'],
  ['-----BEGIN PRIVATE KEY-----\nMIIE, cut off', '[hidden]'],
])('hidden: %s', (text, expected) => {
  expect(withoutSecrets(text)).toBe(expected);
});

test.each([
  'secret "db" not found',
  'The pod names pull secret db, which is not there',
  'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
  'docker.io/library/app:1@sha256:abc',
  'Www-Authenticate: Basic realm="registry"',
  '대한민국 🙂 <b>text</b>',
  '',
])('left alone: %s', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});

test('a long text takes no long time', () => {
  const text = 'a-'.repeat(50_000) + ' password'.repeat(5_000);
  expect(withoutSecrets(text).length).toBeGreaterThan(0);
});
