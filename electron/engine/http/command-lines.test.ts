import { expect, test } from 'vitest';
import type { HttpRequest, HttpTarget } from '../../../shared/contract/http.ts';
import { requestLines } from './command-lines.ts';
import { prepareRequest } from './request-parts.ts';

const at = { context: 'kind-kind', namespace: 'default' };
const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1000, followRedirects: false, verifyCertificate: true,
};
const linesOf = async (target: HttpTarget, url: string, change: Partial<HttpRequest> = {}) => {
  const request = { ...plain, ...change };
  return requestLines(target, request, await prepareRequest(request), url);
};

test('each way has the lines that a person would type', async () => {
  expect(await linesOf({ via: 'forward', forwardId: 'f' }, 'http://localhost:12345/')).toEqual(['curl -i http://localhost:12345/']);
  expect(await linesOf({ ...at, via: 'pod', pod: 'web', port: 8080 }, 'http://localhost:8080/')).toEqual(['kubectl --context kind-kind -n default port-forward pod/web 8080', 'curl -i http://localhost:8080/']);
  expect(await linesOf({ ...at, via: 'service', service: 'web', port: 'http' }, 'http://web.default/x')).toEqual(['kubectl --context kind-kind -n default port-forward service/web 8080:http', 'curl -i http://localhost:8080/x']);
  expect(await linesOf({ ...at, via: 'api-server', kind: 'Pod', name: 'web', port: '8080' }, '/…')).toEqual(['kubectl --context kind-kind get --raw /api/v1/namespaces/default/pods/web:8080/proxy/']);
  expect(await linesOf({ ...at, via: 'inside', pod: 'web', container: 'app', port: 8080 }, 'http://localhost:8080/')).toEqual(['kubectl --context kind-kind -n default exec web -c app -- curl -i http://localhost:8080/']);
});

test('a connection that stays open is one of curl too', async () => {
  const service: HttpTarget = { ...at, via: 'service', service: 'web', port: 'http' };
  const lines = requestLines(service, plain, await prepareRequest(plain), 'ws://web.default/chat', ['curl', '-i', '-N']);
  expect(lines).toEqual(['kubectl --context kind-kind -n default port-forward service/web 8080:http', 'curl -i -N ws://localhost:8080/chat']);
});

test('what kubectl cannot send raw goes through its proxy', async () => {
  const lines = await linesOf({ ...at, via: 'api-server', kind: 'Service', name: 'web', port: 'http' }, '/…', { scheme: 'https', method: 'DELETE', path: '/a' });
  expect(lines).toEqual(['kubectl --context kind-kind proxy', 'curl -i -X DELETE http://127.0.0.1:8001/api/v1/namespaces/default/services/https:web:http/proxy/a']);
});

test('secrets are left for the person to fill in, wherever they stand', async () => {
  const target: HttpTarget = { via: 'forward', forwardId: 'f' };
  const [basic] = await linesOf(target, 'http://localhost:1/', { auth: { kind: 'basic', user: 'kim', password: 'hidden' }, headers: [['Cookie', 'c=hidden2']] });
  expect(basic).toBe("curl -i -H 'Cookie: ...' -H 'Authorization: ...' http://localhost:1/");
  const [quoted] = await linesOf(target, 'http://localhost:1/', { auth: { kind: 'bearer', token: "it's-hidden" } });
  expect(quoted).toBe("curl -i -H 'Authorization: ...' http://localhost:1/");
  const [query] = await linesOf(target, 'http://localhost:1/?key=a%20b', { auth: { kind: 'api-key', name: 'key', value: 'a b', in: 'query' } });
  expect(query).toBe("curl -i 'http://localhost:1/?key=...'");
});

test('a body is what curl would send', async () => {
  const target: HttpTarget = { via: 'forward', forwardId: 'f' };
  const [json] = await linesOf(target, 'http://localhost:1/', { method: 'POST', body: { kind: 'json', text: `{"it's":1}` }, followRedirects: true });
  expect(json).toBe(`curl -i -L -X POST -H 'Content-Type: application/json' --data-raw '{"it'\\''s":1}' http://localhost:1/`);
  const [long] = await linesOf(target, 'http://localhost:1/', { method: 'PUT', body: { kind: 'text', text: 'x'.repeat(5000) } });
  expect(long!.length).toBeLessThan(1200);
  const [head] = await linesOf(target, 'https://localhost:1/', { method: 'HEAD', scheme: 'https', verifyCertificate: false });
  expect(head).toBe('curl -i -k -I https://localhost:1/');
});
