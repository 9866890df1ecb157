import { expect, test } from 'vitest';
import type { HttpResponse } from '../../../shared/contract/http.ts';
import { formattedBody, statusLine, statusTone } from './shown-body.ts';

const response = (change: Partial<HttpResponse>): HttpResponse => ({
  url: 'http://127.0.0.1:12345/', status: 200, statusText: 'OK', headers: [], body: '', bodyEncoding: 'text', bodyBytes: 0, truncated: false, milliseconds: 1,
  ...change,
});

test.each([
  ['{"a":[1,2]}', '{\n  "a": [\n    1,\n    2\n  ]\n}'],
  [' [] ', '[]'],
  ['hello', undefined],
  ['12', undefined],
  ['{"a":', undefined],
  ['[]', undefined],
  ['{"id":12345678901234567890}', undefined],
])('the body %j is formatted as %j', (body, formatted) => {
  expect(formattedBody(response({ body }))).toBe(formatted);
});

test('a cut body and one in base64 are not formatted', () => {
  expect([formattedBody(response({ body: '{"a":1}', truncated: true })), formattedBody(response({ body: '[1] ', bodyEncoding: 'base64' }))]).toEqual([
    undefined,
    undefined,
  ]);
});

test.each([
  [200, 'OK', '200 OK', 'ok'],
  [204, '', '204', 'ok'],
  [304, 'Not Modified', '304 Not Modified', 'busy'],
  [404, 'Not Found', '404 Not Found', 'warn'],
  [503, 'Service Unavailable', '503 Service Unavailable', 'bad'],
])('%i %s is shown as %j in the tone %s', (status, statusText, line, tone) => {
  const given = response({ status, statusText });
  expect([statusLine(given), statusTone(given)]).toEqual([line, tone]);
});
