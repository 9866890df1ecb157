import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { RepeatPlan, RepeatTarget } from '../../../../shared/contract/repeat.ts';
import { prepareRequest } from '../request-parts.ts';
import { repeatLines } from './command-lines.ts';

const usual: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 5_000, followRedirects: true, verifyCertificate: true,
};
const forward: RepeatTarget = { via: 'forward', forwardId: 'f' };
const service: RepeatTarget = { via: 'service', context: 'c', namespace: 'n', service: 'web', port: 'www' };
const out = "-o /dev/null -w '%{http_code}\\n'";

test.each<[string, Partial<RepeatPlan>, RepeatTarget, Partial<HttpRequest>, string, string[]]>([
  ['a number', { requests: 100 }, forward, {}, 'http://localhost:1234/', [`curl --no-progress-meter --parallel --parallel-max 5 ${out} 'http://localhost:1234/#[1-100]'`]],
  ['a time', { seconds: 9 }, forward, {}, 'http://localhost:1234/', [`timeout 9 curl --no-progress-meter --parallel --parallel-max 5 ${out} 'http://localhost:1234/#[1-1000000]'`]],
  ['a rate', { seconds: 9, perSecond: 10 }, forward, {}, 'http://localhost:1234/', [`curl --no-progress-meter --rate 10/s ${out} 'http://localhost:1234/#[1-90]'`]],
  ['a slow rate', { requests: 9, perSecond: 0.5 }, forward, {}, 'http://localhost:1234/', [`curl --no-progress-meter --rate 30/m ${out} 'http://localhost:1234/#[1-9]'`]],
  ['what curl would expand is asked as it is', { requests: 2 }, forward, { path: '/a[1-3]?b={x}' }, 'http://localhost:1234/a[1-3]?b={x}', [
    `curl --no-progress-meter --parallel --parallel-max 5 ${out} 'http://localhost:1234/a\\[1-3\\]?b=\\{x\\}#[1-2]'`,
  ]],
  ['a secret is left out, and a Service forwarded first', { requests: 2 }, service, { method: 'POST', auth: { kind: 'bearer', token: 'top-secret' } }, 'http://web.n/', [
    'kubectl --context c -n n port-forward service/web 8080:www',
    `curl --no-progress-meter --parallel --parallel-max 5 ${out} -X POST -H 'Authorization: ...' 'http://localhost:8080/#[1-2]'`,
  ]],
])('%s', async (_, plan, target, part, url, lines) => {
  const request = { ...usual, ...part };
  expect(repeatLines({ concurrency: 5, ...plan }, target, request, await prepareRequest(request), url)).toEqual(lines);
});
