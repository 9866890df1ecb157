import { expect, test } from 'vitest';
import { createHttpLog } from './http-log.ts';

async function read(...said: readonly (readonly ['>' | '<', string])[]): Promise<string[]> {
  const log = createHttpLog();
  const along = log.follow();
  for (const [way, text] of said) {
    if (way === '>') along.toPod(Buffer.from(text, 'latin1'));
    else along.fromPod(Buffer.from(text, 'latin1'), 'web-1');
  }
  await new Promise((resolve) => setTimeout(resolve, 80));
  return log.requests.value.map(({ method, path, status, milliseconds, pod }) => `${method} ${path} ${status ?? '-'} ${pod || '-'}${status !== undefined && milliseconds === undefined ? ' without a time' : ''}`);
}

test('requests on one connection, cut anywhere: each with its answer', async () => {
  expect(await read(
    ['>', 'GET /a HTTP/1.1\r\nHo'], ['>', 'st: x\r\n\r\n'],
    ['<', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab'], ['<', 'c'],
    ['>', 'POST /b?q=1 HTTP/1.1\r\nContent-Length: 20\r\n\r\nGET /no HTTP/1.1\r\n\r\n'],
    ['<', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'],
    ['>', 'HEAD /c HTTP/1.1\r\n\r\n'], ['<', 'HTTP/1.1 204 No Content\r\nContent-Length: 99\r\n\r\n'],
    ['>', 'GET /d HTTP/1.1\r\n\r\n'],
  )).toEqual(['GET /a 200 web-1', 'POST /b?q=1 404 web-1', 'HEAD /c 204 web-1', 'GET /d - -']);
});

test('pipelined requests are answered in their order', async () => {
  expect(await read(
    ['>', 'GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n'],
    ['<', 'HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
  )).toEqual(['GET /1 500 web-1', 'GET /2 200 web-1']);
});

test('what is no HTTP, or stops being it, is let be', async () => {
  expect(await read(['>', '\x16\x03\x01\x02\x00\x01'], ['<', '\x16\x03\x03'], ['>', 'GET / HTTP/1.1\r\n\r\n'])).toEqual([]);
  expect(await read(
    ['>', 'GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['<', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x02hi'],
    ['>', '\x81\x82abcd'],
  )).toEqual(['GET /ws 101 web-1']);
});

test('the newest 200 are kept', async () => {
  const log = createHttpLog();
  const along = log.follow();
  for (let index = 0; index < 300; index += 1) {
    along.toPod(Buffer.from(`GET /${index} HTTP/1.1\r\n\r\n`));
    along.fromPod(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 'p');
  }
  await expect.poll(() => log.requests.value.length).toBe(200);
  expect([log.requests.value[0]!.path, log.requests.value.at(-1)!.path]).toEqual(['/100', '/299']);
});
