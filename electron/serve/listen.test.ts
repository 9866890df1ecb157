import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, type RawData } from 'ws';
import { CannotListen, listen, sentenceFor, type Shell } from './listen.ts';

let folder: string;
let files: string;
let shell: Shell;
/** `/<random>`, without the slash at its end. */
let base: string;
let cookie: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podlab-serve-'));
  files = path.join(folder, 'renderer');
  await mkdir(path.join(files, 'assets'), { recursive: true });
  await writeFile(path.join(files, 'index.html'), '<!doctype html><title>Podlab</title>');
  await writeFile(path.join(files, 'assets/a.js'), 'export {}');
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  await mkdir(`${files}-neighbour`);
  await writeFile(`${files}-neighbour/secret.txt`, 'secret');
  shell = await listen(0, files, echo);
  ({ base, cookie } = await signIn(shell));
});

afterAll(async () => {
  await shell[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function echo(socket: WebSocket) {
  socket.on('message', (data) => socket.send(`heard ${wordsOf(data)}`));
}

const wordsOf = (data: RawData) => (Buffer.isBuffer(data) ? data.toString('utf8') : 'no buffer');

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One request with exactly these headers; the path goes out as it is written, `..` and all. */
async function ask(port: number, target: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> {
  const outgoing = request({ host: '127.0.0.1', port, path: target, method, headers: { host: `127.0.0.1:${port}`, ...headers }, agent: false });
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** What a browser knows after it opened the printed address. */
async function signIn({ url, port }: Shell): Promise<{ base: string; cookie: string }> {
  const { headers } = await ask(port, url.slice(url.indexOf('/', 8)));
  return { base: headers.location?.slice(0, -1) ?? '', cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
}

const token = () => new URL(shell.url).searchParams.get('token') ?? '';
const value = () => cookie.split('=')[1] ?? '';
/** A target of the tables below, in which BASE, TOKEN and SESSION stand for what only the running shell knows. */
const fill = (target: string) => target.replaceAll('BASE', base).replaceAll('TOKEN', token()).replaceAll('SESSION', value());

test('the address with the token gives a cookie for one random path and leads there without the token, as often as it is opened', async () => {
  for (let opened = 0; opened < 2; opened += 1) {
    const { status, headers, body } = await ask(shell.port, `/?token=${token()}`);
    expect({ status, location: headers.location, body }).toEqual({ status: 303, location: `${base}/`, body: '' });
    expect(headers['set-cookie']).toEqual([`podlab-${shell.port}=${value()}; Path=${base}/; HttpOnly; SameSite=Strict`]);
  }
  const page = await ask(shell.port, `${base}/`, { cookie });
  expect({ status: page.status, body: page.body }).toEqual({ status: 200, body: '<!doctype html><title>Podlab</title>' });
});

test('token, path and cookie are 256 bits each, and none is another, here or in another shell', async () => {
  await using other = await listen(0, files, echo);
  const theirs = await signIn(other);
  const theirToken = new URL(other.url).searchParams.get('token') ?? '';
  const secrets = [token(), base.slice(1), value(), theirToken, theirs.base.slice(1), theirs.cookie.split('=')[1] ?? ''];
  expect(secrets.map((secret) => Buffer.from(secret, 'base64url').length)).toEqual([32, 32, 32, 32, 32, 32]);
  expect(new Set(secrets).size).toBe(6);
});

test('who comes by a link of another site or of a file gets a page that leads on, since a redirect would lose the strict cookie', async () => {
  const { status, headers, body } = await ask(shell.port, `/?token=${token()}`, { 'sec-fetch-site': 'cross-site' });
  expect({ status, location: headers.location, cookies: headers['set-cookie']?.length }).toEqual({ status: 200, location: undefined, cookies: 1 });
  expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  expect(body).toContain(`<meta http-equiv="refresh" content="0; url=${base}/">`);
  expect(body).not.toContain(token());
});

test('the page may load its own parts only, and nobody may frame it', async () => {
  const { headers } = await ask(shell.port, `${base}/`, { cookie });
  expect(headers['content-security-policy']).toBe(
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; ` +
      `connect-src 'self' ws://127.0.0.1:${shell.port} ws://localhost:${shell.port}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
});

const own = () => ({ cookie });
test.each<[string, string, () => OutgoingHttpHeaders, string, number]>([
  ['no token', 'BASE/', () => ({}), 'GET', 401],
  ['no token, a script', 'BASE/assets/a.js', () => ({}), 'GET', 401],
  ['a wrong token', `/?token=${'A'.repeat(43)}`, () => ({}), 'GET', 401],
  ['an empty token', '/?token=', () => ({}), 'GET', 401],
  ['a wrong cookie', 'BASE/', () => ({ cookie: `podlab-${shell.port}=${'A'.repeat(43)}` }), 'GET', 401],
  ['the right value under another name', 'BASE/', () => ({ cookie: `podlab-1=${cookie.split('=')[1]}` }), 'GET', 401],
  ['the cookie among others', 'BASE/', () => ({ cookie: `a=b; ${cookie}; c` }), 'GET', 200],
  ['localhost', 'BASE/', () => ({ ...own(), host: `localhost:${shell.port}` }), 'GET', 200],
  ['a rebound name', 'BASE/', () => ({ ...own(), host: `evil.example:${shell.port}` }), 'GET', 403],
  ['a name that only ends like ours', 'BASE/', () => ({ ...own(), host: `evil.example.localhost:${shell.port}` }), 'GET', 403],
  ['a host without the port', 'BASE/', () => ({ ...own(), host: '127.0.0.1' }), 'GET', 403],
  ['another address of this computer', 'BASE/', () => ({ ...own(), host: `0.0.0.0:${shell.port}` }), 'GET', 403],
  ['a rebound name with the token', '/?token=TOKEN', () => ({ host: `evil.example:${shell.port}` }), 'GET', 403],
  ['a post from a foreign page', 'BASE/', () => ({ ...own(), origin: 'https://evil.example' }), 'POST', 403],
  ['a post from another port', 'BASE/', () => ({ ...own(), origin: 'http://127.0.0.1:1' }), 'POST', 403],
  ['a post from a sandboxed frame', 'BASE/', () => ({ ...own(), origin: 'null' }), 'POST', 403],
  ['a post from nowhere', 'BASE/', own, 'POST', 403],
  ['a post from our own page', 'BASE/', () => ({ ...own(), origin: `http://127.0.0.1:${shell.port}` }), 'POST', 405],
  ['a delete', 'BASE/index.html', () => ({ ...own(), origin: `http://127.0.0.1:${shell.port}` }), 'DELETE', 405],
  ['a script', 'BASE/assets/a.js', own, 'GET', 200],
  ['its head', 'BASE/assets/a.js', own, 'HEAD', 200],
  ['a folder', 'BASE/assets', own, 'GET', 404],
  ['a file that is not there', 'BASE/assets/b.js', own, 'GET', 404],
  ['a path up', 'BASE/../secret.txt', own, 'GET', 404],
  ['a path up, encoded', 'BASE/%2e%2e/secret.txt', own, 'GET', 404],
  ['a path up, slash encoded', 'BASE/..%2fsecret.txt', own, 'GET', 404],
  ['a path up, backslash', 'BASE/..%5csecret.txt', own, 'GET', 404],
  ['a neighbour whose name begins alike', 'BASE/../renderer-neighbour/secret.txt', own, 'GET', 404],
  ['a zero byte', 'BASE/index.html%00.js', own, 'GET', 404],
  ['broken encoding', 'BASE/%', own, 'GET', 404],
  ['two slashes', 'BASE//evil.example/', own, 'GET', 404],
  ['a whole URL', 'http://evil.example/secret.txt', own, 'GET', 401],
  ['a whole URL with the path', 'http://evil.example/BASE/index.html', own, 'GET', 401],
  ['the cookie without the path', '/', own, 'GET', 401],
  ['the cookie without the path, a script', '/assets/a.js', own, 'GET', 401],
  ['the path without its slash', 'BASE', own, 'GET', 401],
  ['a path that begins alike', 'BASEx/', own, 'GET', 401],
  ['another path', `/${'A'.repeat(43)}/`, own, 'GET', 401],
  ['the path by a way round', '/xBASE/../..BASE/', own, 'GET', 401],
  ['the path after two slashes', '/BASE/', own, 'GET', 401],
  ['the path encoded', '/%2eBASE/', own, 'GET', 401],
  ['two slashes before a host, without the path', '//evil.example/', own, 'GET', 401],
  ['a path up out of the path', 'BASE/../', own, 'GET', 404],
  ['the token in place of the path', '/TOKEN/', own, 'GET', 401],
  ['the token in place of the cookie', 'BASE/', () => ({ cookie: `podlab-${shell.port}=${token()}` }), 'GET', 401],
  ['the path in place of the cookie', 'BASE/', () => ({ cookie: `podlab-${shell.port}=${base.slice(1)}` }), 'GET', 401],
  ['the cookie in place of the token', '/?token=SESSION', () => ({}), 'GET', 401],
  ['the path in place of the token', '/?token=BASE', () => ({}), 'GET', 401],
  ['the token below the path', 'BASE/?token=TOKEN', () => ({}), 'GET', 401],
  ['the token on another path', '/index.html?token=TOKEN', () => ({}), 'GET', 401],
])('%s', async (_, target, headers, method, status) => {
  const answer = await ask(shell.port, fill(target), headers(), method);
  expect(answer.status).toBe(status);
  expect(answer.body).not.toContain('secret');
  // Only the answer to the right token gives any of the three away.
  const said = JSON.stringify(answer);
  expect([token(), base, value()].filter((one) => said.includes(one))).toEqual([]);
});

/** What came of a WebSocket: an answer to "hello", or the status of the refusal. */
async function dial(target: string, headers: Record<string, string>): Promise<string | number | undefined> {
  const socket = new WebSocket(`ws://127.0.0.1:${shell.port}${target}`, { headers });
  const answer = Promise.withResolvers<string | number | undefined>();
  socket.on('open', () => socket.send('hello'));
  socket.on('message', (data) => answer.resolve(wordsOf(data)));
  socket.on('unexpected-response', (_, response) => answer.resolve(response.statusCode));
  try {
    return await answer.promise;
  } finally {
    socket.on('error', () => undefined).terminate();
  }
}

const origin = () => `http://127.0.0.1:${shell.port}`;
test.each<[string, string, () => Record<string, string>, string | number]>([
  ['our own page', 'BASE/rpc', () => ({ cookie, origin: origin() }), 'heard hello'],
  ['our own page under localhost', 'BASE/rpc', () => ({ cookie, origin: `http://localhost:${shell.port}`, host: `localhost:${shell.port}` }), 'heard hello'],
  ['no cookie', 'BASE/rpc', () => ({ origin: origin() }), 401],
  ['a token in the address', 'BASE/rpc?token=TOKEN', () => ({ origin: origin() }), 401],
  ['a wrong cookie', 'BASE/rpc', () => ({ cookie: `podlab-${shell.port}=x`, origin: origin() }), 401],
  ['a foreign page', 'BASE/rpc', () => ({ cookie, origin: 'https://evil.example' }), 403],
  ['another port of this computer', 'BASE/rpc', () => ({ cookie, origin: 'http://127.0.0.1:1' }), 403],
  ['a file', 'BASE/rpc', () => ({ cookie, origin: 'null' }), 403],
  ['no origin', 'BASE/rpc', () => ({ cookie }), 403],
  ['a rebound name', 'BASE/rpc', () => ({ cookie, origin: `http://evil.example:${shell.port}`, host: `evil.example:${shell.port}` }), 403],
  ['another file', 'BASE/other', () => ({ cookie, origin: origin() }), 404],
  ['our own page without the path', '/rpc', () => ({ cookie, origin: origin() }), 401],
  ['another path', `/${'A'.repeat(43)}/rpc`, () => ({ cookie, origin: origin() }), 401],
  ['one that holds the token only', 'BASE/rpc', () => ({ cookie: `podlab-${shell.port}=${token()}`, origin: origin() }), 401],
])('a WebSocket from %s', async (_, target, headers, expected) => {
  expect(await dial(fill(target), headers())).toBe(expected);
});

test('a message above the bound ends its WebSocket and nothing else', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${shell.port}${base}/rpc`, { headers: { cookie, origin: origin() } });
  await once(socket, 'open');
  socket.on('error', () => undefined).send(Buffer.alloc(16 * 1024 * 1024 + 1));
  const [code] = await once(socket, 'close');
  expect(code).toBe(1009);
  expect(await dial(`${base}/rpc`, { cookie, origin: origin() })).toBe('heard hello');
});

test('two shells at once: each has its own cookie and path, and one does not let into the other', async () => {
  await using other = await listen(0, files, echo);
  const theirs = await signIn(other);
  const both = `${cookie}; ${theirs.cookie}`;
  expect((await ask(shell.port, `${base}/`, { cookie: both })).status).toBe(200);
  expect((await ask(other.port, `${theirs.base}/`, { cookie: both })).status).toBe(200);
  expect((await ask(other.port, `${base}/`, { cookie: both })).status).toBe(401);
  expect((await ask(other.port, `${theirs.base}/`, { cookie })).status).toBe(401);
  expect((await ask(other.port, `${theirs.base}/`, { cookie: `podlab-${other.port}=${value()}` })).status).toBe(401);
});

test('a refusal is the same to the byte whether the path, the cookie or both are wrong', async () => {
  const asked: [string, string][] = [[`${base}/`, ''], ['/', cookie], [`/${'A'.repeat(43)}/`, ''], [`${base}/rpc`, '']];
  const heard = await Promise.all(
    asked.map(async ([target, sent]) => {
      const socket = createConnection(shell.port, '127.0.0.1');
      const line = sent === '' ? '' : `Cookie: ${sent}\r\n`;
      socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${shell.port}\r\n${line}Connection: close\r\n\r\n`);
      return (await text(socket)).replace(/^Date: .*$/m, 'Date');
    }),
  );
  expect(heard[0]).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
  expect(new Set(heard).size).toBe(1);
});

test('a port in use is named, with what to do', async () => {
  const error = await listen(shell.port, files, echo).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CannotListen);
  expect((error as Error).message).toBe(`Port ${shell.port} on 127.0.0.1 is in use by another program: choose another one, or leave out --port.`);
});

test('a port that only root may use is named, with what to do', () => {
  expect(sentenceFor('EACCES', 80)).toBe('Port 80 may not be used by this user: choose one from 1024 up, or leave out --port.');
});

test('closing ends the open WebSockets and frees the port', async () => {
  const first = await listen(0, files, echo);
  const mine = await signIn(first);
  const socket = new WebSocket(`ws://127.0.0.1:${first.port}${mine.base}/rpc`, {
    headers: { cookie: mine.cookie, origin: `http://127.0.0.1:${first.port}` },
  });
  await once(socket, 'open');
  const closed = once(socket, 'close');
  await first[Symbol.asyncDispose]();
  await closed;
  await using again = await listen(first.port, files, echo);
  expect(again.port).toBe(first.port);
});
