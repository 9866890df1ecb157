import { expect, test } from 'vitest';
import { emptyAuth, emptyBody } from '../body-draft.ts';
import type { RequestDraft } from '../request-draft.ts';
import type { Place } from '../targets.ts';
import { builtInVariables, fill } from './fill-variables.ts';

const simple: RequestDraft = {
  scheme: 'http', method: 'POST', path: '/', headers: [], body: emptyBody, auth: emptyAuth, timeout: '30', followRedirects: true, verifyCertificate: true,
};
const variables = new Map([['id', '7'], ['word', 'a b/c&d?é%'], ['토큰', 't1'], ['json', '{"a":1}'], ['again', '{{id}}'], ['empty', '']]);
const row = (name: string, value: string, part = {}) => ({ name, value, isOn: true, ...part });
const filled = (change: Partial<RequestDraft>) => {
  const result = fill({ ...simple, ...change }, variables);
  return result.ok ? result.draft : result;
};

test.each([
  ['/users/{{id}}', '/users/7'],
  ['/{{ id }}/{{id}}', '/7/7'],
  ['/{{word}}', '/a%20b/c&d%3F%C3%A9%25'],
  ['/?q={{word}}&r={{id}}', '/?q=a%20b%2Fc%26d%3F%C3%A9%25&r=7'],
  ['/{{empty}}', '/'],
  ['/{{again}}', '/%7B%7Bid%7D%7D'],
  ['/{{}}/{{1}}/{id}/{{a b}}/{{{{', '/{{}}/{{1}}/{id}/{{a b}}/{{{{'],
])('the path %s is sent as %s', (path, sent) => {
  expect(filled({ path })).toMatchObject({ path: sent });
});

test('headers, bodies and authorization have values', () => {
  expect(filled({ headers: [row('A', 'x{{id}}'), row('B', '{{nowhere}}', { isOn: false })] })).toMatchObject({ headers: [{ value: 'x7' }, { value: '{{nowhere}}' }] });
  expect(filled({ body: { ...emptyBody, kind: 'json', json: '[{{json}}]', text: '{{nowhere}}' } })).toMatchObject({ body: { json: '[{"a":1}]', text: '{{nowhere}}' } });
  expect(filled({ body: { ...emptyBody, kind: 'text', text: '{{again}}' } })).toMatchObject({ body: { text: '{{id}}' } });
  expect(filled({ body: { ...emptyBody, kind: 'form', fields: [row('a', '{{word}}')] } })).toMatchObject({ body: { fields: [{ value: 'a b/c&d?é%' }] } });
  expect(filled({ body: { ...emptyBody, kind: 'multipart', parts: [row('a', '{{id}}'), row('f', '/{{nowhere}}', { isFile: true })] } })).toMatchObject({ body: { parts: [{ value: '7' }, { value: '/{{nowhere}}' }] } });
  expect(filled({ auth: { ...emptyAuth, kind: 'bearer', token: '{{토큰}}', password: '{{nowhere}}' } })).toMatchObject({ auth: { token: 't1' } });
  expect(filled({ auth: { ...emptyAuth, kind: 'basic', user: '{{id}}', password: '{{토큰}}' } })).toMatchObject({ auth: { user: '7', password: 't1' } });
  expect(filled({ auth: { ...emptyAuth, kind: 'api-key', name: 'k{{id}}', value: '{{토큰}}' } })).toMatchObject({ auth: { name: 'k7', value: 't1' } });
});

test.each<[Partial<RequestDraft>, string]>([
  [{ path: '/{{nowhere}}' }, 'path'],
  [{ headers: [row('A', '{{nowhere}}')] }, 'headers'],
  [{ body: { ...emptyBody, kind: 'json', json: '{{nowhere}}' } }, 'body'],
  [{ auth: { ...emptyAuth, kind: 'bearer', token: '{{nowhere}}' } }, 'auth'],
  [{ path: '/{{__proto__}}' }, 'path'],
])('%j is not sent: a variable that there is not is named', (change, where) => {
  expect(fill({ ...simple, ...change }, variables)).toMatchObject({ ok: false, where, problem: { key: 'http.variables.unknown' } });
});

test('a body that is not sent may name what there is not', () => {
  expect(fill({ ...simple, method: 'GET', body: { ...emptyBody, kind: 'json', json: '{{nowhere}}' } }, variables)).toMatchObject({ ok: true, hasVariables: false });
  expect(fill({ ...simple, path: '/{{id}}' }, variables)).toMatchObject({ ok: true, hasVariables: true });
});

test('a target has its names, as far as they are known', () => {
  const place: Place = { kind: 'Pod', context: 'kind', namespace: 'shop', name: 'web', ports: [], containers: [] };
  expect(Object.fromEntries(builtInVariables(place))).toEqual({ pod: 'web', namespace: 'shop', context: 'kind' });
  expect(Object.fromEntries(builtInVariables({ ...place, kind: 'Service' }))).toEqual({ service: 'web', namespace: 'shop', context: 'kind' });
  expect(builtInVariables(undefined).size).toBe(0);
});
