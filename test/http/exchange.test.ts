// The HTTP tester's engine against a server that answers in every odd way, over plain TCP in the place of a tunnel.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../shared/contract/http.ts';
import { exchange, type Way } from '../../electron/engine/http/exchange.ts';
import { startOddServer, TEXT, type OddServer } from './odd-server.ts';

let server: OddServer;
beforeAll(async () => void (server = await startOddServer()));
afterAll(() => server[Symbol.asyncDispose]());

const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 5_000, followRedirects: true, verifyCertificate: true,
};
const way = (scheme: 'http' | 'https' = 'http', host = 'localhost', port = scheme === 'http' ? server.port : server.securePort): Way => {
  return {
    origin: `${scheme}://${host}:${port}`,
    dial: async (phases, signal) => ({
      socket: await phases.during('tunnel', async () => {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect', { signal });
        return socket;
      }),
      servedBy: { name: 'odd', uid: '1' },
    }),
  };
};
const get = (path: string, change: Partial<HttpRequest> = {}, signal = new AbortController().signal): Promise<HttpResponse> =>
  exchange({ ...plain, ...change, path }, way(change.scheme), signal);
const MIB = 1024 * 1024;
/** Of a GiB that passes: what the sockets' buffers take until they are collected. */
const MOST_GROWTH = 128 * MIB;

/** In a process of its own, so that the memory is the tester's alone. */
async function startApart(): Promise<{ port: number } & AsyncDisposable> {
  const child = fork(resolve(import.meta.dirname, 'odd-server-process.ts'), { execArgv: [] });
  const ended = once(child, 'exit');
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

test.each<[string, object]>([
  ['/chunked', { status: 200, body: 'one two', bodyBytes: 7, truncated: false }],
  ['/gzip', { body: TEXT, decodedBytes: TEXT.length }],
  ['/br', { body: TEXT, decodedBytes: TEXT.length }],
  ['/zstd', { body: TEXT, decodedBytes: TEXT.length }],
  ['/deflate', { body: TEXT, decodedBytes: TEXT.length }],
  ['/bare-deflate', { body: TEXT, decodedBytes: TEXT.length }],
  ['/twice', { body: TEXT, decodedBytes: TEXT.length }],
  ['/lying', { status: 200, body: 'not packed at all', incomplete: { code: 'RESPONSE_NOT_DECODED', params: { encoding: 'gzip' } } }],
  ['/packed-nothing', { status: 200, body: '', bodyBytes: 0, decodedBytes: 0 }],
  ['/packed-empty', { status: 200, body: '', decodedBytes: 0 }],
  ['/strange', { body: 'uryyb', incomplete: { code: 'RESPONSE_NOT_DECODED', params: { encoding: 'rot13' }, cause: expect.stringContaining('rot13') } }],
  ['/204', { status: 204, body: '', bodyBytes: 0, statusText: 'No Content' }],
  ['/304', { status: 304, body: '', bodyBytes: 0 }],
  ['/early', { status: 200, informational: [103, 102], body: 'late' }],
  ['/trailers', { body: 'body', trailers: [['X-Sum', '42']] }],
  ['/short', { status: 200, body: '0123456789', incomplete: { code: 'RESPONSE_BROKE_OFF', params: { received: 10 } } }],
  ['/long', { status: 200, body: '01234', bodyBytes: 5 }],
  ['/cut', { body: 'helloab', incomplete: { code: 'RESPONSE_BROKE_OFF', params: { received: 7 } } }],
  ['/bad-chunk', { body: 'hello', incomplete: { code: 'RESPONSE_BROKE_OFF', cause: expect.stringMatching(/chunk/i) } }],
  ['/euc-kr', { body: '안녕', bodyEncoding: 'text' }],
  ['/bad-charset', { body: '안녕', unknownCharset: 'nonsense' }],
  ['/latin1', { body: 'é', bodyEncoding: 'text' }],
  ['/binary', { bodyEncoding: 'base64', body: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('base64') }],
  ['/untyped', { bodyEncoding: 'base64', body: Buffer.from([0xff, 0xfe, 0, 1]).toString('base64') }],
  ['/1.0', { httpVersion: '1.0', body: 'until the end', headers: [['X-Old', 'yes']] }],
  ['/no-reason', { status: 200, statusText: '', body: 'ok' }],
  ['/headers?count=3000', { status: 200, body: 'many' }],
  ['/korean-header', { headers: [['X-Name', '안녕'], ['Content-Length', '0']] }],
  ['/redirect?status=302&to=/chunked', { status: 200, body: 'one two', url: expect.stringMatching(/\/chunked$/), redirects: [{ status: 302, location: '/chunked', url: expect.any(String), milliseconds: expect.any(Number) }] }],
  ['/redirect?status=302&to=http://example.invalid/', { status: 302, body: 'moved', redirects: [], incomplete: { code: 'REDIRECT_ELSEWHERE', params: { url: 'http://example.invalid/' } } }],
  ['/redirect?status=300&to=/chunked', { status: 300, body: 'moved' }],
])('%s', async (path, expected) => {
  const response = await get(path);
  expect({ ...response, incomplete: response.incomplete }).toMatchObject({ servedBy: { name: 'odd' }, incomplete: undefined, ...expected });
});

test.each<[string, object]>([
  ['/ssh', { code: 'RESPONSE_NOT_HTTP' }],
  ['/two-lengths', { code: 'RESPONSE_NOT_HTTP' }],
  ['/headers?count=9000', { code: 'RESPONSE_HEADERS_TOO_LARGE', parameters: { limit: 256 * 1024 } }],
  ['/nothing', { code: 'REQUEST_FAILED', raw: expect.stringContaining('socket hang up') }],
  ['/reset', { code: 'REQUEST_FAILED', raw: expect.stringContaining('ECONNRESET') }],
])('%s is no answer', async (path, failure) => {
  await expect(get(path)).rejects.toMatchObject(failure);
});

test('what is half of a packed body is shown as far as it goes', async () => {
  const { incomplete, decodedBytes, body } = await get('/half-gzip');
  expect(incomplete).toMatchObject({ code: 'RESPONSE_NOT_DECODED', params: { encoding: 'gzip' }, cause: 'unexpected end of file' });
  expect(Buffer.from(body, 'base64')).toHaveLength(decodedBytes);
  expect(decodedBytes).toBeGreaterThan(5_000);
});

test('HEAD has the headers of a body, and nothing is missed', async () => {
  const response = await get('/big?bytes=5000', { method: 'HEAD' });
  expect(response).toMatchObject({ status: 200, body: '', bodyBytes: 0, truncated: false });
  expect(response.headers).toContainEqual(['Content-Length', '5000']);
  expect(response.incomplete).toBeUndefined();
});

test('a program that is asked whether to go on says so before it answers', async () => {
  const { informational, body } = await get('/echo', { method: 'POST', headers: [['Expect', '100-continue']], body: { kind: 'text', text: 'hi' } });
  expect(informational).toEqual([100]);
  expect(JSON.parse(body)).toMatchObject({ body: Buffer.from('hi').toString('base64') });
});

test('redirects in a circle end after ten, with the last answer', async () => {
  const response = await get('/loop');
  expect(response).toMatchObject({ status: 302, incomplete: { code: 'TOO_MANY_REDIRECTS', params: { count: 10 } } });
  expect(response.redirects).toHaveLength(10);
  expect(await get('/loop', { followRedirects: false })).toMatchObject({ status: 302, redirects: [] });
});

test.each([303, 307])('after %i the body goes along only where it should', async (status) => {
  const { body } = await get(`/redirect?status=${status}&to=/told`, { method: 'POST', body: { kind: 'text', text: 'hi' } });
  expect(JSON.parse(body)).toMatchObject(status === 307 ? { method: 'POST', body: Buffer.from('hi').toString('base64') } : { method: 'GET', body: '' });
});

test('a body that never ends is shown as far as it came in time; headers that never come are a time-out', async () => {
  const unending = await get('/never', { timeoutMilliseconds: 300 });
  expect(unending).toMatchObject({ status: 200, incomplete: { code: 'RESPONSE_UNENDING', params: { milliseconds: 300 } } });
  expect(unending.body).toMatch(/^tick tick /);
  expect(await get('/silent', { timeoutMilliseconds: 300 })).toMatchObject({ status: 200, body: '', incomplete: { code: 'RESPONSE_UNENDING' } });
  await expect(get('/hang', { timeoutMilliseconds: 300 })).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT', parameters: { milliseconds: 300 } });
  await expect.poll(() => server.open).toBe(0);
});

test.each(['/big?bytes=1073741824', '/bomb?bytes=1073741824'])('%s is counted, and costs no memory', async (path) => {
  await using apart = await startApart();
  const watch = { most: 0, before: process.memoryUsage().rss };
  const timer = setInterval(() => (watch.most = Math.max(watch.most, process.memoryUsage().rss - watch.before)), 20);
  const response = await exchange({ ...plain, path, timeoutMilliseconds: 120_000 }, way('http', 'localhost', apart.port), new AbortController().signal);
  clearInterval(timer);
  console.log(`${path}: at most ${(watch.most / MIB).toFixed(1)} MiB more, ${response.milliseconds} ms`);
  expect(response).toMatchObject({ decodedBytes: Number(path.split('=')[1]), truncated: true, bodyEncoding: 'base64' });
  expect(Buffer.from(response.body, 'base64')).toHaveLength(MIB);
  expect(watch.most).toBeLessThanOrEqual(MOST_GROWTH);
}, 120_000);

test('a cancelled request closes its connection at once, and throws the reason', async () => {
  const aborting = new AbortController();
  const sent = get('/never', {}, aborting.signal);
  await expect.poll(() => server.open).toBe(1);
  aborting.abort(new Error('enough'));
  await expect(sent).rejects.toThrow('enough');
  await expect.poll(() => server.open, { timeout: 500 }).toBe(0);
});

test('a request with a mistake opens no connection', async () => {
  const before = server.opened;
  for (const wrong of [{ headers: [['A', 'b\r\nEvil: 1']] }, { headers: [['A b', 'c']] }, { timeoutMilliseconds: -1 }, { body: { kind: 'file', file: '/does/not/exist' } }] as Partial<HttpRequest>[]) {
    await expect(get('/', wrong)).rejects.toMatchObject({ code: expect.stringMatching(/_INVALID$|^FILE_UNREADABLE$/) });
  }
  await expect(get('/a b')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  expect(server.opened).toBe(before);
});

test('an answer that comes before all was sent is the answer', async () => {
  expect(await get('/early-413', { method: 'POST', body: { kind: 'text', text: 'x'.repeat(20 * MIB) } })).toMatchObject({ status: 413, body: 'too much' });
});

test('what is sent is what was asked for, in its order', async () => {
  const { body } = await get('/echo?a=%20b', { method: 'PUT', headers: [['X-One', '1'], ['x-two', '2'], ['X-One', '3']], body: { kind: 'json', text: '{}' }, auth: { kind: 'bearer', token: 't' } });
  expect(JSON.parse(body)).toMatchObject({ method: 'PUT', path: '/echo?a=%20b', body: Buffer.from('{}').toString('base64') });
  const { headers } = JSON.parse(body) as { headers: string[] };
  expect(headers.slice(headers.indexOf('X-One'))).toEqual(['X-One', '1', 'x-two', '2', 'X-One', '3', 'Authorization', 'Bearer t', 'Content-Type', 'application/json', 'Content-Length', '2', 'Connection', 'close']);
});

test('what must not go a way does not, and what the way adds stands in its place', async () => {
  const own: Way = { ...way(), headers: [['X-Own', 'way']], drops: ['authorization'] };
  const { body } = await exchange({ ...plain, path: '/echo', headers: [['x-own', 'person'], ['X-Two', '2']], auth: { kind: 'bearer', token: 'person' } }, own, new AbortController().signal);
  const { headers } = JSON.parse(body) as { headers: string[] };
  expect(headers.slice(headers.indexOf('X-Two'))).toEqual(['X-Two', '2', 'X-Own', 'way', 'Connection', 'close']);
});

test('the phases follow one another within the whole', async () => {
  const { phases, milliseconds } = await get('/chunked');
  expect(phases.map(({ phase }) => phase)).toEqual(['tunnel', 'send', 'wait', 'download']);
  const starts = phases.map(({ start }) => start);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(phases.reduce((sum, phase) => sum + phase.milliseconds, 0)).toBeLessThanOrEqual(milliseconds + 2);
});

test('a certificate that nobody vouches for is refused, or taken and shown', async () => {
  await expect(get('/chunked', { scheme: 'https' })).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED', parameters: { host: 'localhost', problem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } });
  const taken = await get('/chunked', { scheme: 'https', verifyCertificate: false });
  expect(taken).toMatchObject({ body: 'one two', certificate: { subject: expect.stringContaining('CN=podlab-test-server'), names: ['DNS:localhost', 'DNS:named.test', 'IP Address:127.0.0.1'], problem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } });
  expect(taken.phases.map(({ phase }) => phase)).toEqual(['tunnel', 'tls', 'send', 'wait', 'download']);
});

test('HTTPS where plain HTTP is spoken', async () => {
  const plainPort: Way = { ...way('http'), origin: `https://localhost:${server.port}` };
  await expect(exchange({ ...plain, scheme: 'https', path: '/chunked' }, plainPort, new AbortController().signal)).rejects.toMatchObject({ code: 'TLS_FAILED', parameters: { host: 'localhost' } });
});
