import { expect, test } from 'vitest';
import type { HttpResponse } from '../../../../shared/contract/http.ts';
import en from '../../../messages/en.json' with { type: 'json' };
import { checkAll as checkWith, emptyCheck, loadFinder, type Check } from './checks.ts';

const findAll = await loadFinder();
const checkAll = (checks: readonly Check[], of: HttpResponse) => checkWith(checks, of, findAll);

const body = JSON.stringify({ items: [{ name: 'a', n: 1 }, { name: 'b', n: 2 }], ok: true, none: null });
const response: HttpResponse = {
  url: '', redirects: [], informational: [], httpVersion: '1.1', status: 201, statusText: 'Created', headers: [['Content-Type', 'application/json'], ['Set-Cookie', 'a=1'], ['set-cookie', 'b=2']],
  trailers: [], body, bodyEncoding: 'text', bodyBytes: body.length, decodedBytes: body.length, truncated: false, milliseconds: 12, phases: [],
};
const check = (part: Partial<Check>): Check => ({ ...emptyCheck, ...part });
const json = (of: string, comparison: Check['comparison'], value = '') => check({ kind: 'json', of, comparison, value });
const header = (of: string, comparison: Check['comparison'], value = '') => check({ kind: 'header', of, comparison, value });

test.each<[Check, 'holds' | 'fails' | 'unknown', object?]>([
  [check({ value: '201' }), 'holds'], [check({ value: '2xx' }), 'holds'], [check({ value: '200' }), 'fails', { params: { value: '201' } }], [check({ value: '4XX' }), 'fails'],
  [check({ value: 'ok' }), 'unknown', { key: 'http.checks.unknown.status' }],
  [check({ kind: 'time', comparison: 'most', value: '12' }), 'holds'], [check({ kind: 'time', comparison: 'most', value: '11.5' }), 'fails', { params: { value: '12 ms' } }],
  [check({ kind: 'time', comparison: 'most', value: 'fast' }), 'unknown'],
  [header('content-type', 'is', 'application/json'), 'holds'], [header('SET-COOKIE', 'contains', 'b='), 'holds'], [header('Set-Cookie', 'is', 'c=3'), 'fails', { params: { value: 'a=1, b=2' } }],
  [header('X-No', 'exists'), 'fails', { key: 'http.checks.nothing' }], [header('set-cookie', 'exists'), 'holds'], [header(' ', 'exists'), 'unknown'],
  [json('$.items[0].name', 'is', 'a'), 'holds'], [json('$.items[*].n', 'count', '2'), 'holds'], [json('$..name', 'contains', 'b'), 'holds'], [json('$.ok', 'is', 'true'), 'holds'],
  [json('$.none', 'exists'), 'holds'], [json('$.none', 'is', 'null'), 'holds'], [json('$.nope', 'exists'), 'fails', { key: 'http.checks.nothing' }], [json('$.nope', 'count', '0'), 'holds'],
  [json('$.items[1].name', 'is', 'a'), 'fails', { params: { value: 'b' } }], [json('', 'exists'), 'unknown'], [json('$.items', 'count', 'two'), 'unknown'],
  // A filter is a script: it is not run.
  [json('$.items[?(@.n>1)]', 'exists'), 'unknown', { key: 'http.checks.unknown.filter' }], [json('$.items[(@.length-1)].n', 'is', '2'), 'unknown', { key: 'http.checks.unknown.filter' }],
  [json('$.items[-1].name', 'is', 'b'), 'holds'], [json('$.items[-2].name', 'is', 'a'), 'holds'], [json('$.items[-3]', 'exists'), 'fails'], [json("$['items'][0]['name']", 'is', 'a'), 'holds'],
  [json('$.items[0]', 'is', '{ "name": "a", "n": 1 }'), 'holds'], [json('$.items[0]', 'is', '{"name":"a"}'), 'fails'],
])('%o %s', (one, state, found = {}) => {
  const [checked] = checkAll([one], response);
  expect(checked).toMatchObject({ state, found });
  expect(checked!.found.key in en).toBe(true);
});

test('what is off is not checked, and the others stand in their order', () => {
  expect(checkAll([check({ value: '1' }), check({ isOn: false }), json('$.ok', 'exists')], response).map(({ state }) => state)).toEqual(['unknown', 'holds']);
});

test.each([
  [{ body: 'no json' }, 'no-json'], [{ bodyEncoding: 'base64' as const }, 'no-json'], [{ truncated: true }, 'cut'], [{ incomplete: { code: 'RESPONSE_BROKE_OFF', params: { received: 1 }, cause: '' } }, 'cut'],
])('a body of which not all is known cannot be checked: %o', (change, why) => {
  expect(checkAll([json('$', 'exists')], { ...response, ...change })[0]).toMatchObject({ state: 'unknown', found: { key: `http.checks.unknown.${why}` } });
});

test.each(['$[', '$.items[0', "$['items", '$.items]', '$.items.', '..', '$ok', '$.it ems'])('the path %s cannot be read', (path) => {
  expect(checkAll([json(path, 'exists'), json(path, 'count', '0')], response)).toMatchObject([{ state: 'unknown', found: { key: 'http.checks.unknown.path' } }, { state: 'unknown' }]);
});

test.each<[string, string]>([['null', 'null'], ['5', '5'], ['"s"', 's'], ['false', 'false'], ['[]', '[]']])('a body that is only %s', (text, found) => {
  const checked = checkAll([json('$', 'is', found), json('$.a', 'count', '0'), json('$..*', 'exists')], { ...response, body: text });
  expect(checked.map(({ state }) => state)).toEqual(['holds', 'holds', 'fails']);
});

test('a body that is nested too deep', () => {
  const deep = { ...response, body: '['.repeat(200_000) + ']'.repeat(200_000) };
  expect(checkAll([json('$', 'contains', 'x'), check({ value: '201' })], deep)).toMatchObject([{ state: 'unknown', found: { key: 'http.checks.unknown.deep' } }, { state: 'holds' }]);
});

test('a long value is cut where it is shown, and only there', () => {
  const long = { ...response, body: JSON.stringify('x'.repeat(5000)) };
  expect(checkAll([json('$', 'is', 'x'.repeat(5000))], long)[0]).toMatchObject({ state: 'holds', found: { params: { value: `${'x'.repeat(200)}…` } } });
});
