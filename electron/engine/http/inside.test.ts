import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../shared/contract/http.ts';
import { exchange } from './exchange.ts';
import { replayed } from './inside.ts';

const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 5000, followRedirects: false, verifyCertificate: true,
};
const read = (printed: string) => exchange(plain, { origin: 'http://localhost:8080', dial: async () => ({ socket: replayed(Buffer.from(printed)), isSecure: true }) }, new AbortController().signal);

test.each([
  ['by its length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello'],
  ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
])('of an answer %s that broke off, what came is kept', async (_, printed) => {
  expect(await read(printed)).toMatchObject({ status: 200, body: 'hello', bodyBytes: 5, incomplete: { code: 'RESPONSE_BROKE_OFF', params: { received: 5 } } });
});

test('a whole answer ends in order, a large one as well', async () => {
  expect(await read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello')).toMatchObject({ body: 'hello' });
  const large = await read(`HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n${'x'.repeat(900_000)}`);
  expect([large.bodyBytes, large.incomplete]).toEqual([900_000, undefined]);
  const cut = await read(`HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(900_000)}`);
  expect([cut.bodyBytes, cut.incomplete?.code]).toEqual([900_000, 'RESPONSE_BROKE_OFF']);
});
