// curl itself says what its options mean: a line is run as it is typed, and again as the request that was read from it, and a server of this computer must
// see the same. And what is copied here as a line of curl is read again as what it was.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import { readRequest } from '../request-draft.ts';
import { codeOf } from './code-text.ts';
import { readCurl } from './parse-curl.ts';

const run = promisify(execFile);
let server: Server;
let host = '';
let seen: unknown[] = [];
const folder = mkdtempSync(join(tmpdir(), 'podlab-curl-'));
beforeAll(async () => {
  writeFileSync(join(folder, 'a.json'), '{"of":"the file"}');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      // A boundary is another one each time, a blank of a form is + or %20, and before an upload curl may ask whether it is wanted (Expect).
      const { 'content-type': type = '', 'content-length': _, expect: __, ...headers } = request.headers;
      const body = Buffer.concat(chunks).toString().replaceAll(/-{20,}\w+/g, 'BOUNDARY');
      const isForm = /urlencoded/.test(type) && body.includes('=') && !body.startsWith('{');
      seen.push({ method: request.method, path: request.url?.replaceAll('+', '%20'), type: type.replace(/boundary=.*/, ''), headers, body: isForm ? [...new URLSearchParams(body)] : body });
      response.writeHead(request.url === '/away' ? 302 : 200, request.url === '/away' ? { Location: '/there' } : {}).end('ok');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function seenFrom(line: string): Promise<unknown[]> {
  seen = [];
  await run('bash', ['-c', line], { timeout: 20_000 });
  return seen;
}

function readFrom(line: string): HttpRequest {
  const read = readCurl(line);
  if (!read.ok) throw new Error(read.problem.key);
  const request = readRequest(read.draft);
  if (!request.ok) throw new Error(request.problem.key);
  return request.request;
}

test.each([
  'curl -s HOST', 'curl -sS http://HOST/a?b=c', 'curl -sLX POST http://HOST/away', 'curl -sL http://HOST/away', 'curl http://HOST/away', 'curl -I http://HOST/', "curl -d '' http://HOST/",
  'curl -d hello http://HOST/', "curl -d '{\"a\":1}' http://HOST/", "curl --json '{\"a\":' --json '1}' http://HOST/", 'curl -d a=1 -d b=%20x -d c=d=e http://HOST/', "curl --data-urlencode 'q=a b&c' --data-urlencode '=x y' http://HOST/",
  "curl -G -d a=1 --data-urlencode 'q=a b' 'http://HOST/s?z=1#f'", 'curl -T FILE http://HOST/up/', 'curl -T FILE http://HOST/up?x', 'curl --data-binary @FILE http://HOST/', 'curl --json @FILE http://HOST/',
  "curl --data-raw @x -H 'Content-Type: text/plain' http://HOST/", "curl -F a=b -F 'q=\"c;d\"' --form-string 'e=@f;type=g' http://HOST/", "curl -F a=b -H 'Content-Type: multipart/form-data' http://HOST/",
  'curl -u kim:pa:ss http://HOST/', 'curl http://kim:p%40@HOST/', 'curl --oauth2-bearer tok http://HOST/', "curl -u a:b -H 'Authorization: Basic a2ltOng=' http://HOST/", "curl -H 'Authorization: Digest x' http://HOST/",
  "curl -A agent -e http://r/ -b 'a=1; b=2' -H 'X-Empty;' -H 'X-None:' http://HOST/", "curl --json '{}' -H 'Accept: text/plain' -H 'content-type: application/x+json' http://HOST/", "curl -A one -H 'User-Agent: two' http://HOST/",
  `curl -d "it's \\"q\\" \\$x \\\\ \\n" http://HOST/`, `curl -H $'X: it\\'s \\x41\\101' --data-raw $'a\\tb' http://HOST/`, 'curl -d a\\ b"c d"\'e f\' http://HOST/', "curl -d 'cost $' -H 'X: y' http://HOST/", 'curl http://HOST/ -o /dev/null -w x --connect-timeout 3 --proto =http',
])('%s', { timeout: 30_000 }, async (typed) => {
  const line = typed.replaceAll('HOST', host).replaceAll('FILE', join(folder, 'a.json'));
  const again = await codeOf('curl', readFrom(line), `http://${host}`);
  const first = await seenFrom(line);
  expect(first.length).toBeGreaterThan(0);
  expect(await seenFrom(again)).toEqual(first);
});

const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/a?b=c', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 30_000, followRedirects: false, verifyCertificate: true,
};
test.each<[string, Partial<HttpRequest>]>([
  ['GET', {}], ['HEAD', { method: 'HEAD', followRedirects: true, verifyCertificate: false, scheme: 'https' }], ['DELETE', { method: 'DELETE', path: '/{a}/../b?c[0]=$x' }], ['POST of nothing', { method: 'POST' }],
  ['headers', { headers: [['X', `it's "q" $y`], ['X', '2'], ['X-Empty', '']] }], ['basic', { auth: { kind: 'basic', user: 'kim', password: "p:'가" } }], ['bearer', { auth: { kind: 'bearer', token: 'a.b' } }],
  ['json', { method: 'PUT', headers: [['Content-Type', 'application/json']], body: { kind: 'json', text: '{"a":"it\'s\n"}' } }], ['form', { method: 'POST', body: { kind: 'form', fields: [['a b', 'c&d'], ['a b', '가+']] } }],
  ['text', { method: 'POST', headers: [['Content-Type', 'text/plain']], body: { kind: 'text', text: '@a\\n$b' } }],
  ['parts', { method: 'POST', body: { kind: 'multipart', parts: [{ name: 'a', value: '@b;type=c' }, { name: 'f', file: "/tmp/it's; a" }] } }], ['file', { method: 'PATCH', body: { kind: 'file', file: '/tmp/a b' } }],
])('%s is read again as what it was', async (_, change) => {
  const request = { ...plain, ...change };
  expect(readFrom(await codeOf('curl', request, `${request.scheme}://localhost:8080`))).toEqual(request);
});
