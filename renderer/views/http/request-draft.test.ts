import { expect, test } from 'vitest';
import { emptyAuth, emptyBody } from './body-draft.ts';
import { mayChange, methods, readRequest, typedOf, draftOf, type RequestDraft } from './request-draft.ts';

const simple: RequestDraft = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: emptyBody, auth: emptyAuth, timeout: '30', followRedirects: true, verifyCertificate: true,
};
const row = (name: string, value: string, isOn = true) => ({ name, value, isOn });

test('what nobody touched is GET /', () => {
  expect(readRequest(simple)).toEqual({
    ok: true,
    request: {
      scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 30_000,
      followRedirects: true, verifyCertificate: true,
    },
  });
});

test('a whole address gives its scheme and path, even before the field is left', () => {
  expect(readRequest({ ...simple, path: 'https://elsewhere:8443/a?b=1' })).toMatchObject({ request: { scheme: 'https', path: '/a?b=1' } });
});

test('all that was typed is sent', () => {
  const draft: RequestDraft = {
    ...simple, method: 'POST', path: 'a', headers: [row('Accept', '*/*'), row('X', '1', false)], body: { ...emptyBody, kind: 'json', json: '{"a":1}' },
    auth: { ...emptyAuth, kind: 'bearer', token: 't' }, timeout: '0.5', followRedirects: false, verifyCertificate: false,
  };
  expect(readRequest(draft)).toMatchObject({
    request: {
      method: 'POST', path: '/a', headers: [['Accept', '*/*']], body: { kind: 'json', text: '{"a":1}' }, auth: { kind: 'bearer', token: 't' },
      timeoutMilliseconds: 500, followRedirects: false, verifyCertificate: false,
    },
  });
});

test('GET and HEAD are sent without the body that was typed for another method, whatever is wrong with it', () => {
  const body = { ...emptyBody, kind: 'file' as const, file: '' };
  expect(readRequest({ ...simple, body })).toMatchObject({ ok: true, request: { body: { kind: 'none' } } });
  expect(readRequest({ ...simple, method: 'DELETE', body })).toMatchObject({ ok: false, where: 'body' });
});

test.each<[Partial<RequestDraft>, string]>([
  [{ path: '/a b' }, 'path'],
  [{ path: 'ftp://a/' }, 'path'],
  [{ headers: [row('a b', '1')] }, 'headers'],
  [{ headers: [row('a', 'x\r\ny')] }, 'headers'],
  [{ auth: { ...emptyAuth, kind: 'bearer' } }, 'auth'],
  [{ timeout: '' }, 'options'],
  [{ timeout: '0' }, 'options'],
  [{ timeout: '-1' }, 'options'],
  [{ timeout: '1e9' }, 'options'],
  [{ timeout: '601' }, 'options'],
])('%j is not sent, and the fault stands in %s', (change, where) => {
  expect(readRequest({ ...simple, ...change })).toMatchObject({ ok: false, where });
});

test('only the safe methods change nothing', () => {
  expect(methods.filter((method) => !mayChange(method))).toEqual(['GET', 'HEAD', 'OPTIONS']);
});

test('what is kept of a draft gives the draft again, even where it could not be sent', () => {
  const draft: RequestDraft = {
    ...simple, method: 'POST', path: '/{{ id }}?q={{토큰}}', headers: [row('A', '{{a}}')], body: { ...emptyBody, kind: 'json', json: '{{body}}' },
    auth: { ...emptyAuth, kind: 'bearer', token: '{{ token }}' }, timeout: '0.5',
  };
  expect(readRequest(draft).ok).toBe(false);
  expect(draftOf(typedOf(draft))).toEqual(draft);
  expect(typedOf({ ...simple, timeout: 'soon' }).timeoutMilliseconds).toBe(30_000);
});
