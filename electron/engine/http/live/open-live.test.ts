// Against real servers of this computer, over plain TCP in the place of a tunnel.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { LiveProtocol } from '../../../../shared/contract/live.ts';
import type { DiallingWay } from '../exchange.ts';
import { prepareRequest } from '../request-parts.ts';
import { openLive } from './open-live.ts';

const FLOOD = 100_000;
let server: Server;
const sockets = new Set<Socket>();
beforeAll(async () => {
  const chat = new WebSocketServer({ noServer: true, handleProtocols: (offered) => (offered.has('chat.v2') ? 'chat.v2' : false) });
  chat.on('connection', (socket, { url, headers }) => {
    if (url === '/flood') {
      const flood = (at: number) => {
        for (let next = at; next < Math.min(at + 1000, FLOOD); next += 1) socket.send(`message ${next}`);
        if (at + 1000 < FLOOD) setImmediate(() => flood(at + 1000));
        else socket.close(1000, 'enough');
      };
      flood(0);
    }
    if (url === '/cut') setTimeout(() => socket.terminate(), 20);
    if (url === '/large') socket.send(Buffer.alloc(17 * 1024 * 1024));
    socket.on('message', (data, isBinary) => {
      const text = String(data as Buffer);
      if (text === 'close') socket.close(4001, 'as you wish');
      else if (text === 'headers') socket.send(JSON.stringify(headers));
      else if (text === 'bytes') socket.send(Buffer.from([0, 1, 255]));
      else socket.send(data as Buffer, { binary: isBinary });
    });
  });
  server = createServer((request, response) => {
    if (request.url === '/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
      response.write(`: hello\nid: 1\nevent: price\ndata: {"a":\ndata: 1}\n\ndata: 안녕 ${String(request.headers.accept)}\n\n`);
      return void setTimeout(() => response.end('data: last\n\ndata: never ended'), 30);
    }
    if (request.url === '/hang') return;
    response.writeHead(request.url === '/forbidden' ? 403 : 200, { 'Content-Type': 'text/html' }).end('<p>no</p>');
  });
  server.on('upgrade', (request, socket, head) => {
    socket.resume().once('end', () => socket.destroy());
    if (request.url === '/refused') return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 8\r\n\r\nnot here');
    if (request.url === '/silent') return;
    chat.handleUpgrade(request, socket, head, (open) => chat.emit('connection', open, request));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 5_000, followRedirects: true, verifyCertificate: true,
};
async function opened(protocol: LiveProtocol, path: string, { change = {}, subprotocols = [], signal = new AbortController().signal }: { change?: Partial<HttpRequest>; subprotocols?: string[]; signal?: AbortSignal } = {}) {
  const request = { ...plain, path, ...change };
  const { port } = server.address() as AddressInfo;
  const way: DiallingWay = {
    origin: `http://localhost:${port}`,
    async dial(_, until) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect', { signal: until });
      return { socket, servedBy: { name: 'web', uid: '1' } };
    },
  };
  return openLive({ id: 'one', protocol, request, prepared: await prepareRequest(request), way, subprotocols }, signal);
}
const texts = (connection: { state(): { messages: readonly { from: string; text: string }[] } }) => connection.state().messages.map(({ from, text }) => `${from} ${text}`);
const isOpen = (connection: Awaited<ReturnType<typeof opened>>) => expect.poll(() => connection.state().state).toBe('open');

test('what is said comes back, text and bytes, with its headers and the subprotocol that was chosen', async () => {
  const connection = await opened('websocket', '/chat', { subprotocols: ['chat.v1', 'chat.v2'], change: { headers: [['X-Own', '1']], auth: { kind: 'bearer', token: 't' } } });
  expect(connection.state().state).toBe('opening');
  await isOpen(connection);
  expect(connection.state()).toMatchObject({ subprotocol: 'chat.v2', servedBy: { name: 'web' } });
  for (const text of ['안녕', 'bytes', 'headers']) await connection.send(text);
  await expect.poll(() => connection.state().received).toBe(3);
  expect(texts(connection).slice(0, 5).toSorted()).toEqual(['me bytes', 'me headers', 'me 안녕', 'pod AAH/', 'pod 안녕']);
  expect(connection.state().messages.find(({ kind }) => kind === 'binary')).toMatchObject({ text: Buffer.from([0, 1, 255]).toString('base64'), bytes: 3 });
  expect(JSON.parse(connection.state().messages.at(-1)!.text)).toMatchObject({ 'x-own': '1', authorization: 'Bearer t' });
  await connection.send('close');
  await connection.ended;
  expect(connection.state()).toMatchObject({ state: 'closed', closed: { code: 4001, reason: 'as you wish' } });
  await expect(connection.send('more')).rejects.toMatchObject({ code: 'LIVE_GONE' });
});

test('closed by us, and given up by the caller: nothing is left', async () => {
  const closed = await opened('websocket', '/chat');
  await isOpen(closed);
  closed.close();
  await closed.ended;
  expect(closed.state()).toMatchObject({ state: 'closed', closed: { code: 1000 } });
  const aborting = new AbortController();
  const left = [await opened('websocket', '/chat', { signal: aborting.signal }), await opened('event-stream', '/events', { signal: aborting.signal })];
  await isOpen(left[0]!);
  aborting.abort(new Error('enough'));
  for (const connection of left) await connection.ended.catch(() => {});
  await expect.poll(() => sockets.size).toBe(0);
});

test.each<[LiveProtocol, string, object]>([
  ['websocket', '/refused', { code: 'NOT_UPGRADED', parameters: { status: 403 }, raw: '403 Forbidden not here' }],
  ['websocket', '/silent', { code: 'REQUEST_TIMED_OUT', parameters: { milliseconds: 200 } }],
  ['event-stream', '/forbidden', { code: 'NOT_EVENT_STREAM', parameters: { status: 403, type: 'text/html' } }],
  ['event-stream', '/page', { code: 'NOT_EVENT_STREAM', parameters: { status: 200, type: 'text/html' } }],
  ['event-stream', '/hang', { code: 'REQUEST_TIMED_OUT' }],
])('%s of %s is not opened', async (protocol, path, failure) => {
  const connection = await opened(protocol, path, { change: { timeoutMilliseconds: 200 } });
  await expect(connection.ended).rejects.toMatchObject(failure);
  expect(connection.state()).toMatchObject({ state: 'closed', failure: { code: (failure as { code: string }).code } });
  await expect.poll(() => sockets.size).toBe(0);
});

test.each(['/cut', '/large'])('%s breaks it, and it is said so', async (path) => {
  const connection = await opened('websocket', path);
  await connection.ended.catch(() => {});
  const { state, closed, failure } = connection.state();
  expect({ state, how: closed?.code ?? failure?.code }).toEqual({ state: 'closed', how: path === '/cut' ? 1006 : expect.anything() });
});

test('a flood is counted whole and kept in part', async () => {
  const before = process.memoryUsage().heapUsed;
  const connection = await opened('websocket', '/flood');
  await connection.ended;
  const { received, messages, bytesIn } = connection.state();
  expect([received, messages.length, messages.at(-1)?.text]).toEqual([FLOOD, 500, `message ${FLOOD - 1}`]);
  expect(bytesIn).toBeGreaterThan(FLOOD * 8);
  console.log(`${((process.memoryUsage().heapUsed - before) / 1024 / 1024).toFixed(1)} MiB more after ${FLOOD} messages`);
}, 30_000);

test('events come with their names and IDs, and what nobody ended is none', async () => {
  const connection = await opened('event-stream', '/events');
  await connection.ended;
  expect(connection.state()).toMatchObject({ state: 'closed', received: 3, servedBy: { name: 'web' } });
  expect(connection.state().messages).toMatchObject([
    { kind: 'event', event: 'price', eventId: '1', text: '{"a":\n1}' }, { event: 'message', text: '안녕 text/event-stream' }, { event: 'message', text: 'last' },
  ]);
});
