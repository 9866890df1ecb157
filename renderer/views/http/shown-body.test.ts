import { expect, test } from 'vitest';
import type { HttpResponse } from '../../../shared/contract/http.ts';
import { bodyBytes, fileNameFor, mediaType, pageDocument, prettyBody, previewOf, statusLine, statusTone } from './shown-body.ts';

const response = (change: Partial<HttpResponse>): HttpResponse => ({
  url: 'http://localhost:12345/', redirects: [], informational: [], httpVersion: '1.1', status: 200, statusText: 'OK', headers: [], trailers: [], body: '',
  bodyEncoding: 'text', bodyBytes: 0, decodedBytes: 0, truncated: false, milliseconds: 1, phases: [],
  ...change,
});
const typed = (type: string): Partial<HttpResponse> => ({ headers: [['content-type', type]] });

test.each([
  ['{"a":[1,2]}', '{\n  "a": [\n    1,\n    2\n  ]\n}'],
  [' [] ', '[]'],
  ['{"id":12345678901234567890}', '{\n  "id": 12345678901234567890\n}'],
  ['hello', undefined],
  ['12', undefined],
  ['{"a":', undefined],
  ['[]', undefined],
])('the body %j is laid out as %j', (body, pretty) => {
  expect(prettyBody(response({ body }))).toBe(pretty);
});

test('a body that did not come whole, and one in base64, is not laid out', () => {
  const incomplete = { code: 'RESPONSE_BROKE_OFF', params: { received: 8 }, cause: '' };
  expect([{ body: '{"a":1}', truncated: true }, { body: '{"a":1}', incomplete }, { body: '[1] ', bodyEncoding: 'base64' as const }].map((change) => prettyBody(response(change)))).toEqual([
    undefined, undefined, undefined,
  ]);
});

test.each([
  [[], ''],
  [[['Content-Type', 'Text/HTML; charset=utf-8']], 'text/html'],
  [[['content-type', ' application/json ']], 'application/json'],
] as [[string, string][], string][])('of the headers %j the media type is %j', (headers, type) => {
  expect(mediaType({ headers })).toBe(type);
});

test.each<[string, HttpResponse['bodyEncoding'], string, string | undefined]>([
  ['text/html; charset=utf-8', 'text', '<p>', 'page'],
  ['image/svg+xml', 'text', '<svg/>', 'page'],
  ['text/plain', 'text', '<p>', undefined],
  ['application/json', 'text', '{}', undefined],
  ['text/html', 'text', '', undefined],
  ['image/png', 'base64', 'AAAA', 'picture'],
  ['application/pdf', 'base64', 'AAAA', undefined],
])('%s in %s with the body %j can be looked at as a %s', (type, bodyEncoding, body, preview) => {
  expect(previewOf(response({ ...typed(type), bodyEncoding, body }))).toBe(preview);
});

test('the bytes of a body', () => {
  expect([...bodyBytes({ body: 'é', bodyEncoding: 'text' })]).toEqual([0xc3, 0xa9]);
  expect([...bodyBytes({ body: '/wD+', bodyEncoding: 'base64' })]).toEqual([0xff, 0x00, 0xfe]);
});

test('the policy of a page stands before all that is the page’s own', () => {
  const page = pageDocument('<!doctype html><html><head><script>alert(1)</script>');
  expect(page).toMatch(/^<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none';/);
  expect(page).not.toMatch(/script-src|connect-src|https?:/);
});

test.each([
  [200, 'OK', '200 OK', 'ok'],
  [204, '', '204', 'ok'],
  [304, 'Not Modified', '304 Not Modified', 'busy'],
  [404, 'Not Found', '404 Not Found', 'warn'],
  [503, 'Service Unavailable', '503 Service Unavailable', 'bad'],
])('%i %s is shown as %j in the tone %s', (status, statusText, line, tone) => {
  expect([statusLine({ status, statusText }), statusTone(status)]).toEqual([line, tone]);
});

test.each([
  ['http://localhost:1/', 'application/json', 'response.json'],
  ['http://localhost:1', 'text/html; charset=utf-8', 'response.html'],
  ['http://localhost:1/a/report.csv?x=1', 'text/csv', 'report.csv'],
  ['http://localhost:1/actuator/health', 'application/vnd.x+json', 'health.txt'],
  ['/api/v1/../..%2fetc', 'text/plain', '_2fetc.txt'],
])('the body of %s as %s is saved as %s', (url, type, name) => {
  expect(fileNameFor(response({ url, ...typed(type) }))).toBe(name);
});
