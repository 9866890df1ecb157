import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../shared/contract/http.ts';
import { withoutSecrets } from './without-secrets.ts';

const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1000, followRedirects: true, verifyCertificate: true,
};

test.each<[string, Partial<HttpRequest>, Partial<HttpRequest>]>([
  ['a password', { auth: { kind: 'basic', user: 'kim', password: 'p1' } }, { auth: { kind: 'basic', user: 'kim', password: '' } }],
  ['a token', { auth: { kind: 'bearer', token: 't1' } }, { auth: { kind: 'bearer', token: '' } }],
  ['a key', { auth: { kind: 'api-key', name: 'k', value: 'v1', in: 'query' } }, { auth: { kind: 'api-key', name: 'k', value: '', in: 'query' } }],
  ['a token beside a variable', { auth: { kind: 'bearer', token: 'x{{token}}' } }, { auth: { kind: 'bearer', token: '' } }],
  ['braces that are no variable', { auth: { kind: 'bearer', token: '{{1}}' } }, { auth: { kind: 'bearer', token: '' } }],
  ['a header', { headers: [['authorization', 'Bearer t2'], ['A', 'b']] }, { headers: [['authorization', ''], ['A', 'b']] }],
  ['a key typed as a header as well', { auth: { kind: 'api-key', name: 'X-Key', value: '', in: 'header' }, headers: [['x-key', 'v2']] }, { headers: [['x-key', '']] }],
  ['a cookie beside a variable', { headers: [['Cookie', 'a={{a}}; b=2']] }, { headers: [['Cookie', '']] }],
  ['a cookie without a name', { headers: [['Cookie', 'secret']] }, { headers: [['Cookie', '']] }],
])('%s is left out', (_, change, left) => {
  expect(withoutSecrets({ ...plain, ...change })).toMatchObject({ request: left, hadSecrets: true });
});

test.each<Partial<HttpRequest>>([
  {},
  { auth: { kind: 'basic', user: 'kim', password: '{{password}}' } },
  { auth: { kind: 'bearer', token: '{{ token }}' } },
  { auth: { kind: 'bearer', token: '' } },
  { headers: [['Authorization', 'Bearer {{token}}'], ['X-Api-Key', '{{key}}'], ['Cookie', 'a={{a}}; b={{b}}'], ['Cookie', '']] },
])('what only names a secret stays: %j', (change) => {
  expect(withoutSecrets({ ...plain, ...change })).toEqual({ request: { ...plain, ...change }, hadSecrets: false });
});
