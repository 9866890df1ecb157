import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, type RawData } from 'ws';
import { CannotListen, listen, sentenceFor, type Shell } from './listen.ts';

let folder: string;
let files: string;
let shell: Shell;
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
  cookie = await cookieOf(shell);
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

async function cookieOf({ url, port }: Shell): Promise<string> {
  const { headers } = await ask(port, url.slice(url.indexOf('/', 8)));
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

test('the address with the token gives a cookie and leads to the page without the token', async () => {
  const { status, headers, body } = await ask(shell.port, new URL(shell.url).pathname + new URL(shell.url).search);
  expect({ status, location: headers.location, body }).toEqual({ status: 303, location: '/', body: '' });
  expect(headers['set-cookie']).toEqual([
    expect.stringMatching(new RegExp(`^podlab-${shell.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`)),
  ]);
  const page = await ask(shell.port, '/', { cookie });
  expect({ status: page.status, body: page.body }).toEqual({ status: 200, body: '<!doctype html><title>Podlab</title>' });
});

test('the page may load its own parts only, and nobody may frame it', async () => {
  const { headers } = await ask(shell.port, '/', { cookie });
  expect(headers['content-security-policy']).toBe(
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; ` +
      `connect-src 'self' ws://127.0.0.1:${shell.port} ws://localhost:${shell.port}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
});

const own = () => ({ cookie });
test.each<[string, string, () => OutgoingHttpHeaders, string, number]>([
  ['no token', '/', () => ({}), 'GET', 401],
  ['no token, a script', '/assets/a.js', () => ({}), 'GET', 401],
  ['a wrong token', `/?token=${'A'.repeat(43)}`, () => ({}), 'GET', 401],
  ['an empty token', '/?token=', () => ({}), 'GET', 401],
  ['a wrong cookie', '/', () => ({ cookie: `podlab-${shell.port}=${'A'.repeat(43)}` }), 'GET', 401],
  ['the right value under another name', '/', () => ({ cookie: `podlab-1=${cookie.split('=')[1]}` }), 'GET', 401],
  ['the cookie among others', '/', () => ({ cookie: `a=b; ${cookie}; c` }), 'GET', 200],
  ['localhost', '/', () => ({ ...own(), host: `localhost:${shell.port}` }), 'GET', 200],
  ['a rebound name', '/', () => ({ ...own(), host: `evil.example:${shell.port}` }), 'GET', 403],
  ['a name that only ends like ours', '/', () => ({ ...own(), host: `evil.example.localhost:${shell.port}` }), 'GET', 403],
  ['a host without the port', '/', () => ({ ...own(), host: '127.0.0.1' }), 'GET', 403],
  ['another address of this computer', '/', () => ({ ...own(), host: `0.0.0.0:${shell.port}` }), 'GET', 403],
  ['a rebound name with the token', '/?token=TOKEN', () => ({ host: `evil.example:${shell.port}` }), 'GET', 403],
  ['a post from a foreign page', '/', () => ({ ...own(), origin: 'https://evil.example' }), 'POST', 403],
  ['a post from another port', '/', () => ({ ...own(), origin: 'http://127.0.0.1:1' }), 'POST', 403],
  ['a post from a sandboxed frame', '/', () => ({ ...own(), origin: 'null' }), 'POST', 403],
  ['a post from nowhere', '/', own, 'POST', 403],
  ['a post from our own page', '/', () => ({ ...own(), origin: `http://127.0.0.1:${shell.port}` }), 'POST', 405],
  ['a delete', '/index.html', () => ({ ...own(), origin: `http://127.0.0.1:${shell.port}` }), 'DELETE', 405],
  ['a script', '/assets/a.js', own, 'GET', 200],
  ['its head', '/assets/a.js', own, 'HEAD', 200],
  ['a folder', '/assets', own, 'GET', 404],
  ['a file that is not there', '/assets/b.js', own, 'GET', 404],
  ['a path up', '/../secret.txt', own, 'GET', 404],
  ['a path up, encoded', '/%2e%2e/secret.txt', own, 'GET', 404],
  ['a path up, slash encoded', '/..%2fsecret.txt', own, 'GET', 404],
  ['a path up, backslash', '/..%5csecret.txt', own, 'GET', 404],
  ['a neighbour whose name begins alike', '/../renderer-neighbour/secret.txt', own, 'GET', 404],
  ['a zero byte', '/index.html%00.js', own, 'GET', 404],
  ['broken encoding', '/%', own, 'GET', 404],
  ['two slashes', '//evil.example/', own, 'GET', 404],
  ['a whole URL', 'http://evil.example/secret.txt', own, 'GET', 404],
])('%s', async (_, target, headers, method, status) => {
  const asked = target.replace('TOKEN', new URL(shell.url).searchParams.get('token') ?? '');
  const answer = await ask(shell.port, asked, headers(), method);
  expect(answer.status).toBe(status);
  expect(answer.body).not.toContain('secret');
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
  ['our own page', '/rpc', () => ({ cookie, origin: origin() }), 'heard hello'],
  ['our own page under localhost', '/rpc', () => ({ cookie, origin: `http://localhost:${shell.port}`, host: `localhost:${shell.port}` }), 'heard hello'],
  ['no cookie', '/rpc', () => ({ origin: origin() }), 401],
  ['a token in the address', '/rpc?token=TOKEN', () => ({ origin: origin() }), 401],
  ['a wrong cookie', '/rpc', () => ({ cookie: `podlab-${shell.port}=x`, origin: origin() }), 401],
  ['a foreign page', '/rpc', () => ({ cookie, origin: 'https://evil.example' }), 403],
  ['another port of this computer', '/rpc', () => ({ cookie, origin: 'http://127.0.0.1:1' }), 403],
  ['a file', '/rpc', () => ({ cookie, origin: 'null' }), 403],
  ['no origin', '/rpc', () => ({ cookie }), 403],
  ['a rebound name', '/rpc', () => ({ cookie, origin: `http://evil.example:${shell.port}`, host: `evil.example:${shell.port}` }), 403],
  ['another path', '/other', () => ({ cookie, origin: origin() }), 404],
])('a WebSocket from %s', async (_, target, headers, expected) => {
  const asked = target.replace('TOKEN', new URL(shell.url).searchParams.get('token') ?? '');
  expect(await dial(asked, headers())).toBe(expected);
});

test('a message above the bound ends its WebSocket and nothing else', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${shell.port}/rpc`, { headers: { cookie, origin: origin() } });
  await once(socket, 'open');
  socket.on('error', () => undefined).send(Buffer.alloc(16 * 1024 * 1024 + 1));
  const [code] = await once(socket, 'close');
  expect(code).toBe(1009);
  expect(await dial('/rpc', { cookie, origin: origin() })).toBe('heard hello');
});

test('two shells at once: each has its own cookie, and one does not let into the other', async () => {
  await using other = await listen(0, files, echo);
  const otherCookie = await cookieOf(other);
  const both = `${cookie}; ${otherCookie}`;
  expect((await ask(shell.port, '/', { cookie: both })).status).toBe(200);
  expect((await ask(other.port, '/', { cookie: both })).status).toBe(200);
  expect((await ask(other.port, '/', { cookie })).status).toBe(401);
  expect((await ask(other.port, '/', { cookie: `podlab-${other.port}=${cookie.split('=')[1]}` })).status).toBe(401);
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
  const socket = new WebSocket(`ws://127.0.0.1:${first.port}/rpc`, {
    headers: { cookie: await cookieOf(first), origin: `http://127.0.0.1:${first.port}` },
  });
  await once(socket, 'open');
  const closed = once(socket, 'close');
  await first[Symbol.asyncDispose]();
  await closed;
  await using again = await listen(first.port, files, echo);
  expect(again.port).toBe(first.port);
});
