import { expect, test } from 'vitest';
import { authOf, authProblem, bodyOf, bodyProblem, emptyAuth, emptyBody, type AuthDraft, type BodyDraft } from './body-draft.ts';

const row = (name: string, value: string, isOn = true) => ({ name, value, isOn });
const part = (name: string, value: string, isFile: boolean, isOn = true) => ({ ...row(name, value, isOn), isFile });
const typed: BodyDraft = {
  kind: 'none', json: '{"a":1}', text: 'hello', fields: [row('a', '1'), row('b', '2', false), row('', '3')],
  parts: [part('note', 'x', false), part('photo', ' /tmp/a.png ', true), part('off', '/b', true, false)], file: ' /tmp/body.bin ',
};

test.each<[BodyDraft['kind'], object]>([
  ['none', { kind: 'none' }],
  ['json', { kind: 'json', text: '{"a":1}' }],
  ['text', { kind: 'text', text: 'hello' }],
  ['form', { kind: 'form', fields: [['a', '1']] }],
  ['multipart', { kind: 'multipart', parts: [{ name: 'note', value: 'x' }, { name: 'photo', file: '/tmp/a.png' }] }],
  ['file', { kind: 'file', file: '/tmp/body.bin' }],
])('of all that was typed a body of the kind %s is %j', (kind, sent) => {
  expect(bodyOf({ ...typed, kind })).toEqual(sent);
  expect(bodyProblem({ ...typed, kind })).toBeUndefined();
});

test.each<[Partial<BodyDraft>, string]>([
  [{ kind: 'file', file: ' ' }, 'http.body.file.missing'],
  [{ kind: 'file', file: 'body.bin' }, 'http.body.file.relative'],
  [{ kind: 'multipart', parts: [part('a', '', true)] }, 'http.body.file.missing'],
  [{ kind: 'multipart', parts: [part('a', '~/b', true)] }, 'http.body.file.relative'],
])('the body %j is refused with %s', (change, key) => {
  expect(bodyProblem({ ...emptyBody, ...change })?.key).toBe(key);
});

test.each(['C:\\a\\b.txt', 'c:/a', '\\\\server\\a', '/a'])('%s is an absolute path', (file) => {
  expect(bodyProblem({ ...emptyBody, kind: 'file', file })).toBeUndefined();
});

test('broken JSON may be sent', () => {
  expect(bodyProblem({ ...emptyBody, kind: 'json', json: '{' })).toBeUndefined();
});

const auth: AuthDraft = { kind: 'none', user: 'me', password: 'p:w', token: ' abc ', name: 'X-Key', value: 'v', in: 'query' };
test.each<[AuthDraft['kind'], object]>([
  ['none', { kind: 'none' }],
  ['basic', { kind: 'basic', user: 'me', password: 'p:w' }],
  ['bearer', { kind: 'bearer', token: 'abc' }],
  ['api-key', { kind: 'api-key', name: 'X-Key', value: 'v', in: 'query' }],
])('of all that was typed the authorization %s is %j', (kind, sent) => {
  expect([authOf({ ...auth, kind }), authProblem({ ...auth, kind })]).toEqual([sent, undefined]);
});

test.each<[Partial<AuthDraft>, string]>([
  [{ kind: 'basic', user: 'a:b' }, 'http.auth.user-wrong'],
  [{ kind: 'bearer', token: ' ' }, 'http.auth.token-missing'],
  [{ kind: 'bearer', token: 'a\r\nb' }, 'http.auth.token-wrong'],
  [{ kind: 'api-key', name: '' }, 'http.auth.name-missing'],
  [{ kind: 'api-key', name: 'a b' }, 'http.headers.name-wrong'],
  [{ kind: 'api-key', value: 'a\r\nb' }, 'http.headers.value-wrong'],
])('the authorization %j is refused with %s', (change, key) => {
  expect(authProblem({ ...emptyAuth, ...change })?.key).toBe(key);
});
