// A server that answers in every way that the HTTP tester has to bear: right ones, odd ones and wrong ones.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { serverCert, serverKey } from '../../electron/clients/cluster/test-certificates.ts';

export const TEXT = 'hello '.repeat(2_000);
/** 안녕 in EUC-KR. */
const EUC_KR = Buffer.from([0xbe, 0xc8, 0xb3, 0xe7]);
const ZEROS = Buffer.alloc(64 * 1024);

export interface OddServer extends AsyncDisposable {
  readonly port: number;
  readonly securePort: number;
  /** Connections that were opened so far, and those that are open now. */
  readonly opened: number;
  readonly open: number;
}

type Answer = (response: ServerResponse, request: IncomingMessage, query: URLSearchParams) => void;

const raw = (text: string | Buffer): Answer => ({ socket }) => void socket?.end(text);
const packed = (encoding: string, body: Buffer): Answer => (response) => void response.setHeader('Content-Encoding', encoding).end(body);

const answers: Record<string, Answer> = {
  '/chunked': (response) => {
    response.write('one ');
    setTimeout(() => response.end('two'), 10);
  },
  '/gzip': packed('gzip', gzipSync(TEXT)),
  '/br': packed('br', brotliCompressSync(TEXT)),
  '/zstd': packed('zstd', zstdCompressSync(TEXT)),
  '/deflate': packed('deflate', deflateSync(TEXT)),
  '/bare-deflate': packed('deflate', deflateRawSync(TEXT)),
  '/twice': packed('gzip, br', brotliCompressSync(gzipSync(TEXT))),
  '/lying': packed('gzip', Buffer.from('not packed at all')),
  '/half-gzip': packed('gzip', gzipSync(randomBytes(200_000)).subarray(0, 100_000)),
  '/packed-nothing': packed('gzip', Buffer.alloc(0)),
  '/packed-empty': packed('gzip', gzipSync('')),
  '/strange': packed('rot13', Buffer.from('uryyb')),
  '/bomb': (response, _, query) => {
    response.setHeader('Content-Encoding', 'gzip');
    pipeline(zeros(Number(query.get('bytes'))), createGzip(), response, () => {});
  },
  '/big': (response, _, query) => pipeline(zeros(Number(query.get('bytes'))), response.setHeader('Content-Length', query.get('bytes') ?? ''), () => {}),
  '/never': (response) => {
    const timer = setInterval(() => response.write('tick '), 20);
    response.on('close', () => clearInterval(timer));
  },
  '/silent': (response) => void response.writeHead(200, { 'Content-Length': '10' }).flushHeaders(),
  '/hang': () => {},
  '/redirect': (response, _, query) => void response.writeHead(Number(query.get('status')), { Location: query.get('to') ?? '' }).end('moved'),
  '/loop': (response) => void response.writeHead(302, { Location: '/loop' }).end(),
  '/204': (response) => void response.writeHead(204).end(),
  '/304': (response) => void response.writeHead(304, { ETag: '"x"', 'Content-Encoding': 'gzip' }).end(),
  '/early': (response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.writeProcessing();
    response.end('late');
  },
  '/trailers': (response) => {
    response.writeHead(200, { Trailer: 'X-Sum' }).write('body');
    response.addTrailers({ 'X-Sum': '42' });
    response.end();
  },
  '/short': raw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789'),
  '/long': raw('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n0123456789'),
  '/cut': raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n10\r\nab'),
  '/bad-chunk': raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n'),
  '/two-lengths': raw('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'),
  '/euc-kr': (response) => void response.setHeader('Content-Type', 'text/plain; charset=euc-kr').end(EUC_KR),
  '/bad-charset': (response) => void response.setHeader('Content-Type', 'text/plain; charset=nonsense').end('안녕'),
  '/latin1': (response) => void response.setHeader('Content-Type', 'text/plain; charset="iso-8859-1"').end(Buffer.from([0xe9])),
  '/binary': (response) => void response.setHeader('Content-Type', 'image/png').end(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))),
  '/untyped': (response) => void response.end(Buffer.from([0xff, 0xfe, 0, 1])),
  '/1.0': raw('HTTP/1.0 200 OK\r\nX-Old: yes\r\n\r\nuntil the end'),
  '/no-reason': raw('HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok'),
  '/headers': (response, _, query) => {
    for (let at = 0; at < Number(query.get('count')); at += 1) response.setHeader(`X-${at}`, 'y'.repeat(40));
    response.end('many');
  },
  '/ssh': raw('SSH-2.0-OpenSSH_9.2\r\n'),
  '/nothing': ({ socket }) => void socket?.end(),
  '/reset': ({ socket }) => void socket?.resetAndDestroy(),
  '/korean-header': raw(Buffer.from('HTTP/1.1 200 OK\r\nX-Name: 안녕\r\nContent-Length: 0\r\n\r\n')),
  '/early-413': (response, request) => {
    response.writeHead(413, { Connection: 'close' }).end('too much');
    request.resume();
  },
};

function* repeated(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= ZEROS.length) yield left >= ZEROS.length ? ZEROS : ZEROS.subarray(0, left);
}
const zeros = (bytes: number) => Readable.from(repeated(bytes), { objectMode: false });

export async function startOddServer(): Promise<OddServer> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://odd');
    const known = answers[pathname];
    if (known) return known(response, request, searchParams);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ method: request.method, path: request.url, headers: request.rawHeaders, body: Buffer.concat(chunks).toString('base64') }));
    });
  };
  const plain = createServer({ maxHeaderSize: 1024 * 1024 }, answer);
  const secured = createSecureServer({ cert: serverCert, key: serverKey }, answer);
  const sockets = new Set<Socket>();
  let opened = 0;
  plain.on('connection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  });
  secured.on('tlsClientError', () => {});
  const port = await portOf(plain);
  const securePort = await portOf(secured);
  return {
    port, securePort,
    get opened() { return opened; },
    get open() { return sockets.size; },
    async [Symbol.asyncDispose]() {
      for (const server of [plain, secured]) server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await Promise.all([plain, secured].map((server) => new Promise((done) => server.close(done))));
    },
  };
}

async function portOf(server: NetServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
