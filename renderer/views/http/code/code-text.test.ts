// What is copied for curl and for fetch is run here, and a server of this computer tells what came. Python's requests and Go are not everywhere: their text
// is compared.
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
import { canWrite, codeOf } from './code-text.ts';

const run = promisify(execFile);
interface Seen { method: string; path: string; headers: Record<string, string | string[] | undefined>; body: string }
let server: Server;
let url = '';
let seen: Seen | undefined;
const folder = mkdtempSync(join(tmpdir(), 'podlab-code-'));
const file = join(folder, "it's a file.txt");
beforeAll(async () => {
  writeFileSync(file, 'of the file');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
      response.end('ok');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/a?b=c%20d', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1000, followRedirects: false, verifyCertificate: true,
};
async function sentBy(language: 'curl' | 'fetch', change: Partial<HttpRequest>): Promise<Seen> {
  const code = await codeOf(language, { ...plain, ...change }, url);
  seen = undefined;
  await (language === 'curl' ? run('sh', ['-c', code]) : run(process.execPath, ['--input-type=module', '-e', code]));
  if (!seen) throw new Error(`nothing was sent by ${code}`);
  return seen;
}

test.each(['curl', 'fetch'] as const)('%s sends what the tester sends', async (language) => {
  expect(await sentBy(language, { headers: [['X-Odd', `it's "q" $HOME \`id\``]] })).toMatchObject({ method: 'GET', path: '/a?b=c%20d', headers: { 'x-odd': `it's "q" $HOME \`id\`` }, body: '' });
  const json = await sentBy(language, { method: 'PUT', body: { kind: 'json', text: '{"a":"it\'s 가","b":[1]}' }, auth: { kind: 'bearer', token: 't.k' } });
  expect({ ...json, body: JSON.parse(json.body) as unknown }).toMatchObject({ method: 'PUT', headers: { 'content-type': 'application/json', authorization: 'Bearer t.k' }, body: { a: "it's 가", b: [1] } });
  expect(await sentBy(language, { method: 'POST', body: { kind: 'text', text: 'one\n"two" \\n ${x}' } })).toMatchObject({ body: 'one\n"two" \\n ${x}', headers: { 'content-type': 'text/plain; charset=utf-8' } });
  const form = await sentBy(language, { method: 'POST', body: { kind: 'form', fields: [['a b', 'c&d'], ['e', '가']] } });
  expect([...new URLSearchParams(form.body)]).toEqual([['a b', 'c&d'], ['e', '가']]);
  expect(await sentBy(language, { auth: { kind: 'basic', user: 'kim', password: '비밀' } })).toMatchObject({ headers: { authorization: `Basic ${Buffer.from('kim:비밀').toString('base64')}` } });
  expect(await sentBy(language, { auth: { kind: 'api-key', name: 'k', value: 'a&b', in: 'query' } })).toMatchObject({ path: '/a?b=c%20d&k=a%26b' });
  expect(await sentBy(language, { auth: { kind: 'api-key', name: 'X-Key', value: 'v', in: 'header' } })).toMatchObject({ headers: { 'x-key': 'v' } });
});

test('curl sends files, too', async () => {
  expect(await sentBy('curl', { method: 'POST', body: { kind: 'file', file } })).toMatchObject({ body: 'of the file' });
  const parts = await sentBy('curl', { method: 'POST', body: { kind: 'multipart', parts: [{ name: 'a', value: 'b' }, { name: 'f', file }] } });
  expect(parts.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  expect(parts.body).toContain('of the file');
  expect((['curl', 'fetch', 'python', 'go'] as const).map((language) => canWrite(language, { body: { kind: 'file', file } }))).toEqual([true, false, false, false]);
});

test('options of curl', async () => {
  expect(await codeOf('curl', { ...plain, followRedirects: true, verifyCertificate: false }, 'https://localhost:8443')).toBe("curl 'https://localhost:8443/a?b=c%20d' \\\n  --location \\\n  --insecure");
});

test('Python and Go', async () => {
  const post: HttpRequest = { ...plain, method: 'POST', body: { kind: 'json', text: '{"a":1}' }, headers: [['X', '"y"']] };
  expect(await codeOf('python', post, 'http://localhost:8080')).toBe(
    'import requests\n\nanswer = requests.post("http://localhost:8080/a?b=c%20d",\n    headers={\n      "X": "\\"y\\"",\n      "Content-Type": "application/json"\n    },\n    json={\n      "a": 1\n    }\n)\nprint(answer.status_code, answer.text)\n');
  const go = await codeOf('go', post, 'http://localhost:8080');
  expect(go).toContain('requestUrl := "http://localhost:8080/a?b=c%20d"');
  expect(go).toContain('req.Header.Add("X", "\\"y\\"")');
  expect(go).toContain('http.NewRequest("POST", requestUrl, payload)');
});
