// Against real servers of this computer, over plain TCP in the place of a tunnel.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import { Failure } from '../../../../shared/contract/failures.ts';
import type { LiveProtocol } from '../../../../shared/contract/live.ts';
import type { DiallingWay } from '../exchange.ts';
import { prepareRequest } from '../request-parts.ts';
import { openLive } from './open-live.ts';

const FLOOD = 200_000;
const BATCH = 1000;
/** Kept whole, they would need far more than a flood may. */
const FLOOD_TEXT = 'x'.repeat(600);
const FLOOD_MIB = 80;
let server: Server;
const sockets = new Set<Socket>();
beforeAll(async () => {
  const chat = new WebSocketServer({ noServer: true, handleProtocols: (offered) => (offered.has('chat.v2') ? 'chat.v2' : false) });
  chat.on('connection', (socket, { url, headers }) => {
    if (url === '/flood') {
      const flood = (at: number) => {
        if (at === FLOOD) return socket.close(1000, 'enough');
        for (let next = at; next < at + BATCH - 1; next += 1) socket.send(`${next} ${FLOOD_TEXT}`);
        socket.send(`${at + BATCH - 1} ${FLOOD_TEXT}`, () => flood(at + BATCH));
      };
      flood(0);
    }
    if (url === '/cut') setTimeout(() => socket.terminate(), 20);
    if (url === '/large') socket.send(Buffer.alloc(17 * 1024 * 1024));
    socket.on('message', (data, isBinary) => {
      const text = (data as Buffer).toString();
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
      return void setTimeout(() => response.end('id: 2\n\ndata: last\n\ndata: never ended'), 30);
    }
    const body = { '/endless': 'data: first\n\n', '/broken': 'data: first\n\n', '/huge': `data: first\n\ndata: ${'x'.repeat(2 * 1024 * 1024)}` }[request.url ?? ''];
    if (body !== undefined) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(body);
      if (request.url === '/broken') setTimeout(() => response.destroy(), 30);
      return;
    }
    if (request.url === '/packed') return void response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': 'gzip' }).end('x');
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
interface Opening {
  readonly change?: Partial<HttpRequest>;
  readonly subprotocols?: string[];
  readonly signal?: AbortSignal;
  readonly explain?: (error: unknown) => Promise<unknown>;
}
async function opened(protocol: LiveProtocol, path: string, { change = {}, subprotocols = [], signal = new AbortController().signal, explain }: Opening = {}) {
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
  return openLive({ id: 'one', protocol, request, prepared: await prepareRequest(request), way, subprotocols, ...(explain ? { explain } : {}) }, signal);
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
  const left = [
    await opened('websocket', '/chat', { signal: aborting.signal }), await opened('event-stream', '/endless', { signal: aborting.signal }),
    await opened('websocket', '/silent', { signal: aborting.signal }), await opened('event-stream', '/hang', { signal: aborting.signal }),
  ];
  for (const each of left.slice(0, 2)) await isOpen(each);
  await expect.poll(() => sockets.size).toBe(4);
  aborting.abort(new Error('enough'));
  for (const connection of left) await connection.ended.catch(() => {});
  await expect.poll(() => sockets.size).toBe(0);
});

test.each<[LiveProtocol, string, object]>([
  ['websocket', '/refused', { code: 'NOT_UPGRADED', parameters: { status: 403 }, raw: '403 Forbidden not here' }],
  ['websocket', '/silent', { code: 'REQUEST_TIMED_OUT', parameters: { milliseconds: 200 } }],
  ['event-stream', '/forbidden', { code: 'NOT_EVENT_STREAM', parameters: { status: 403, type: 'text/html' } }],
  ['event-stream', '/page', { code: 'NOT_EVENT_STREAM', parameters: { status: 200, type: 'text/html' } }],
  ['event-stream', '/packed', { code: 'RESPONSE_NOT_DECODED', parameters: { encoding: 'gzip' } }],
  ['event-stream', '/hang', { code: 'REQUEST_TIMED_OUT' }],
])('%s of %s is not opened', async (protocol, path, failure) => {
  const connection = await opened(protocol, path, { change: { timeoutMilliseconds: 200 } });
  await expect(connection.ended).rejects.toMatchObject(failure);
  expect(connection.state()).toMatchObject({ state: 'closed', failure: { code: (failure as { code: string }).code } });
  await expect.poll(() => sockets.size).toBe(0);
});

test('one that goes without a word is closed all the same', async () => {
  const connection = await opened('websocket', '/cut');
  await connection.ended;
  expect(connection.state()).toMatchObject({ state: 'closed', closed: { code: 1006 } });
});

test.each<[LiveProtocol, string, object]>([
  ['websocket', '/large', { code: 'LIVE_MESSAGE_TOO_LARGE', params: { limit: 16 } }],
  ['event-stream', '/huge', { code: 'LIVE_MESSAGE_TOO_LARGE', params: { limit: 1 } }],
  ['event-stream', '/broken', { code: 'LIVE_BROKE_OFF' }],
])('%s of %s is open and breaks', async (protocol, path, failure) => {
  const connection = await opened(protocol, path);
  await expect(connection.ended).rejects.toBeInstanceOf(Failure);
  expect(connection.state()).toMatchObject({ state: 'closed', failure, received: protocol === 'websocket' ? 0 : 1 });
  expect(connection.state().closed).toBeUndefined();
  await expect.poll(() => sockets.size).toBe(0);
});

test('why it failed is what the way knows of it', async () => {
  const known = new Failure('PORT_REFUSED_IN_POD', { pod: 'web', port: 1 }, 'refused');
  const connection = await opened('event-stream', '/broken', { explain: async (error) => (error instanceof Failure && error.code === 'LIVE_BROKE_OFF' ? known : error) });
  await expect(connection.ended).rejects.toBe(known);
  expect(connection.state().failure?.code).toBe('PORT_REFUSED_IN_POD');
});

test('while nothing happens there is nothing new to tell', async () => {
  const connection = await opened('websocket', '/chat');
  const before = connection.state();
  await isOpen(connection);
  const open = connection.state();
  expect(open).not.toBe(before);
  expect(connection.state()).toBe(open);
  await connection.send('one');
  await expect.poll(() => connection.state().received).toBe(1);
  expect([open.messages.length, connection.state().messages.length]).toEqual([0, 2]);
  connection.close();
  await connection.ended;
});

test('a flood is counted whole and kept in part', async () => {
  const used = () => (process.memoryUsage().heapUsed + process.memoryUsage().external) / 1024 / 1024;
  const before = used();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, used())), 20);
  const connection = await opened('websocket', '/flood');
  await connection.ended;
  clearInterval(timer);
  const { received, messages, bytesIn } = connection.state();
  expect([received, messages.at(-1)?.text]).toEqual([FLOOD, `${FLOOD - 1} ${FLOOD_TEXT}`]);
  expect(messages.length).toBeLessThanOrEqual(500);
  expect(bytesIn).toBeGreaterThan(FLOOD * FLOOD_TEXT.length);
  console.log(`at most ${(most - before).toFixed(1)} MiB more, of ${(bytesIn / 1024 / 1024).toFixed(0)} MiB in ${FLOOD} messages`);
  expect(most - before).toBeLessThan(FLOOD_MIB);
}, 60_000);

test('who wants another type of events says so', async () => {
  const connection = await opened('event-stream', '/events', { change: { headers: [['accept', 'text/event-stream;v=2']] } });
  await connection.ended;
  expect(connection.state().messages[1]?.text).toBe('안녕 text/event-stream;v=2');
});

test('events come with their names and IDs, and what nobody ended is none', async () => {
  const connection = await opened('event-stream', '/events');
  await connection.ended;
  expect(connection.state()).toMatchObject({ state: 'closed', received: 3, servedBy: { name: 'web' }, lastEventId: '2' });
  expect(connection.state().messages).toMatchObject([
    { kind: 'event', event: 'price', eventId: '1', text: '{"a":\n1}' }, { event: 'message', text: '안녕 text/event-stream' }, { event: 'message', text: 'last' },
  ]);
});
