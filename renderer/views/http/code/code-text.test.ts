// What is copied is run here, and a server of this computer tells what came. curl has to be there; Python's requests and Go are run where they are.
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpBody, HttpRequest } from '../../../../shared/contract/http.ts';
import { canWrite, codeOf, languages, leftOut, type Language } from './code-text.ts';

const run = promisify(execFile);
interface Seen { method: string; path: string; headers: Record<string, string | undefined>; body: string }
let server: Server;
let url = '';
let seen: Seen[] = [];
const folder = mkdtempSync(join(tmpdir(), 'podlab-code-'));
const file = join(folder, "it's; a file.txt");
const program = join(folder, 'main.go');
beforeAll(async () => {
  writeFileSync(file, 'of the file');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const { url: path = '' } = request;
      seen.push({ method: request.method ?? '', path, headers: Object.fromEntries(Object.entries(request.headersDistinct).map(([name, values]) => [name, values?.join(', ')])), body: Buffer.concat(chunks).toString() });
      response.writeHead(path === '/away' ? 302 : 200, path === '/away' ? { Location: '/there' } : {}).end('ok');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function runs(name: string, ...words: string[]): boolean {
  try {
    execFileSync(name, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const isThere: Record<Language, boolean> = { curl: true, fetch: true, python: runs('python3', '-c', 'import requests'), go: runs('go', 'version') };

const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1000, followRedirects: false, verifyCertificate: true,
};
async function sentBy(language: Language, change: Partial<HttpRequest>): Promise<Seen[]> {
  const code = await codeOf(language, { ...plain, ...change }, url);
  seen = [];
  const limit = { timeout: 60_000 };
  switch (language) {
    case 'curl': await run('sh', ['-c', code], limit); break;
    case 'fetch': await run(process.execPath, ['--input-type=module', '-e', code], limit); break;
    case 'python': await run('python3', ['-c', code], limit); break;
    case 'go':
      writeFileSync(program, code);
      await run('go', ['run', program], limit);
  }
  if (seen.length === 0) throw new Error(`nothing was sent by ${code}`);
  return seen;
}

const post = (body: HttpBody, change: Partial<HttpRequest> = {}): Partial<HttpRequest> => ({ method: 'POST', body, ...change });
const bytes = (text: string) => Buffer.from(text).toString('latin1');
/** A JSON of which a program that reads it would lose the digits, and in which Python's writer would find values. */
const json = '{"n":12345678901234567890,"n2":1.0,"s":"it\'s \\"가\\" `x`: true, ${y} $HOME \\u2028\\\\"}';
const lines = 'one\r\n"two" \\n ${x} `id`: null,\tthree 😀';
const inOne: Partial<HttpRequest> = { method: 'PUT', path: "/it's?q=o'c&r=\"s\\t", body: { kind: 'json', text: json }, auth: { kind: 'bearer', token: 't.k' }, headers: [['Host', 'shop.example'], ['X-Odd', `it's "q" $HOME \`id\`: true, 가`], ['X-Twice', '1'], ['X-Twice', '2'], ['X-Empty', '']] };
const heads = { host: 'shop.example', 'x-odd': bytes(`it's "q" $HOME \`id\`: true, 가`), 'x-twice': '1, 2', 'x-empty': '', authorization: 'Bearer t.k', 'content-type': 'application/json' };

// Few, as Go takes a second for each.
test.for(languages)('%s sends what the tester sends', { timeout: 120_000 }, async (language, { skip }) => {
  skip(!isThere[language], 'the program is not here');
  const [put] = await sentBy(language, inOne);
  // What is beyond RFC 3986 in a path, a program encodes in its own way.
  expect({ ...put, path: decodeURIComponent(put!.path) }).toMatchObject({ method: 'PUT', path: inOne.path, headers: language === 'fetch' ? { ...heads, host: url.slice('http://'.length) } : heads, body: json });
  expect(leftOut(language, { ...plain, ...inOne })).toEqual(language === 'fetch' ? ['host'] : []);
  expect(await sentBy(language, post({ kind: 'text', text: lines }))).toMatchObject([{ method: 'POST', headers: { 'content-type': 'text/plain; charset=utf-8' }, body: lines }]);
  const [form] = await sentBy(language, post({ kind: 'form', fields: [['a b', 'c&d'], ['a b', '가'], ['e', '']] }));
  expect(form!.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect([...new URLSearchParams(form!.body)]).toEqual([['a b', 'c&d'], ['a b', '가'], ['e', '']]);
  const [parts] = await sentBy(language, post({ kind: 'multipart', parts: [{ name: 'a', value: '@x;type=y' }, { name: 'a', value: '"가"' }, { name: 'f', file }] }, { headers: [['Content-Type', 'multipart/form-data']] }));
  expect(parts!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=[^,]+$/);
  const read = await new Response(parts!.body, { headers: { 'content-type': parts!.headers['content-type']! } }).formData();
  expect(read.getAll('a')).toEqual(['@x;type=y', '"가"']);
  const sentFile = read.get('f') as File;
  expect([sentFile.name, sentFile.type, await sentFile.text()]).toEqual(["it's; a file.txt", 'application/octet-stream', 'of the file']);
  expect((await sentBy(language, { path: '/away' })).map(({ path }) => path)).toEqual(['/away']);
  expect((await sentBy(language, { path: '/away', followRedirects: true })).map(({ path }) => path)).toEqual(['/away', '/there']);
  expect((await sentBy(language, { method: 'HEAD', path: '/away' })).map(({ method, path }) => [method, path])).toEqual([['HEAD', '/away']]);
});

/** Where its writer, or requests, has a way of its own. */
const PYTHON_TOO = /^(?:HEAD|null|nothing|no field|text as parts|cookies)/;
test.each<[string, Partial<HttpRequest>, object]>([
  ['HEAD that follows', { method: 'HEAD', path: '/away', followRedirects: true }, { method: 'HEAD', path: '/there' }],
  ['OPTIONS', { method: 'OPTIONS' }, { method: 'OPTIONS' }],
  ['a query', { path: '/a%2Fb?x=%20+&y' }, { path: '/a%2Fb?x=%20+&y' }],
  ['a text that begins as the name of a file', post({ kind: 'text', text: '@/etc/hostname' }), { body: '@/etc/hostname' }],
  ['null', post({ kind: 'json', text: 'null' }), { body: 'null' }],
  ['broken JSON', post({ kind: 'json', text: "{'a'" }), { body: "{'a'" }],
  ['nothing', post({ kind: 'json', text: '' }), { body: '', headers: { 'content-type': 'application/json' } }],
  ['no field', post({ kind: 'form', fields: [] }), { body: '' }],
  ['text as parts only', post({ kind: 'multipart', parts: [{ name: 'a', value: 'b' }] }), { headers: { 'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/) as string } }],
  ['a type of its own', post({ kind: 'json', text: '{}' }, { headers: [['content-type', 'application/x+json']] }), { headers: { 'content-type': 'application/x+json' }, body: '{}' }],
  ['a password', { auth: { kind: 'basic', user: 'kim', password: "비'밀" } }, { headers: { authorization: `Basic ${Buffer.from("kim:비'밀").toString('base64')}` } }],
  ['a key in the query', { path: '/?b=c', auth: { kind: 'api-key', name: 'k', value: 'a&b', in: 'query' } }, { path: '/?b=c&k=a%26b' }],
  ['a key in a header', { auth: { kind: 'api-key', name: 'X-Key', value: 'v', in: 'header' } }, { headers: { 'x-key': 'v' } }],
  ['cookies', { headers: [['Cookie', 'a=1'], ['Cookie', 'b=2']] }, { headers: { cookie: expect.stringMatching(/^a=1[;,] b=2$/) as string } }],
])('%s', { timeout: 60_000 }, async (name, change, expected) => {
  for (const language of ['curl', 'fetch', ...(isThere.python && PYTHON_TOO.test(name) ? ['python' as const] : [])] as const) expect((await sentBy(language, change)).at(-1), language).toMatchObject(expected);
});

test('curl sends a file as it is, and what it would otherwise read as its own', async () => {
  const [sent] = await sentBy('curl', post({ kind: 'file', file }));
  expect(sent).toMatchObject({ body: 'of the file' });
  expect(sent!.headers).not.toHaveProperty('content-type');
  expect(await sentBy('curl', { path: '/u/{id}/../{a,b}?a[0]=1' })).toMatchObject([{ path: '/u/{id}/../{a,b}?a[0]=1' }]);
  expect(languages.map((language) => canWrite(language, { body: { kind: 'file', file } }))).toEqual([true, false, false, false]);
});

test('a certificate that nobody vouches for', async () => {
  const insecure: HttpRequest = { ...plain, scheme: 'https', path: '/a', followRedirects: true, verifyCertificate: false };
  const code = (language: Language) => codeOf(language, insecure, 'https://localhost:8443');
  expect(await code('curl')).toBe("curl 'https://localhost:8443/a' \\\n  --location \\\n  --insecure");
  expect(await code('python')).toBe("import requests\n\nanswer = requests.get('https://localhost:8443/a',\n    verify=False\n)\nprint(answer.status_code, answer.text)\n");
  expect(await code('go')).toContain('TLSClientConfig: &tls.Config{InsecureSkipVerify: true}');
  expect(languages.map((language) => leftOut(language, insecure))).toEqual([[], ['certificate'], [], []]);
  if (isThere.go) {
    writeFileSync(program, await code('go'));
    await run('go', ['vet', program]);
  }
});

test('it can be read', async () => {
  const request: HttpRequest = { ...plain, method: 'POST', path: '/a', body: { kind: 'json', text: '{"a":1}' }, headers: [['X', 'y']] };
  expect(await codeOf('fetch', request, 'http://localhost:8080')).toBe(
    "const answer = await fetch('http://localhost:8080/a', {\n  redirect: 'manual',\n  method: 'POST',\n  headers: {\n    'X': 'y',\n    'Content-Type': 'application/json'\n  },\n  body: '{\"a\":1}'\n})\nconsole.log(answer.status, await answer.text())\n");
  expect(await codeOf('python', request, 'http://localhost:8080')).toContain("requests.post('http://localhost:8080/a',\n    headers={\n      'X': 'y',\n      'Content-Type': 'application/json'\n    },\n    data='{\"a\":1}',\n    allow_redirects=False\n)\n");
  expect(await codeOf('go', request, 'http://localhost:8080')).toContain('payload := strings.NewReader(`{"a":1}`)');
});
