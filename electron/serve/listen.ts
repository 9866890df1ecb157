import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { findFile } from './files.ts';
import { makeGuard, pathOf, type Guard } from './guard.ts';

/** A reason why the shell cannot listen, in one sentence for the terminal. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

export interface Shell extends AsyncDisposable {
  readonly port: number;
  /** The address to open; it carries the token. */
  readonly url: string;
}

// Larger than any manifest or command that a screen sends.
const MAX_MESSAGE = 16 * 1024 * 1024;

/**
 * Serves a folder of files and one WebSocket, `rpc`, on 127.0.0.1, below a random path, to whoever came there with the token.
 * @param port 0 for any free one
 * @param connect is handed each WebSocket that was let in
 * @throws CannotListen when the port is in use or may not be used
 */
export async function listen(port: number, files: string, connect: (socket: WebSocket) => void): Promise<Shell> {
  const server = createServer();
  await listening(server, port);
  const actual = (server.address() as AddressInfo).port;
  const guard = makeGuard(actual);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, clientTracking: true });

  server.on('request', (request, response) => {
    answer(guard, files, actual, request, response).catch(() => response.destroy());
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = guard.refusesPlace(request) ?? guard.refusesPerson(request);
    if (refusal) refuseUpgrade(socket, refusal.status, refusal.words);
    else if (pathOf(request.url ?? '') !== `${guard.base}rpc`) refuseUpgrade(socket, 404, 'There is one WebSocket, rpc.');
    else sockets.handleUpgrade(request, socket, head, (opened) => {
      // ws closes it by itself (a message above the bound, a broken frame); without a listener that would end the whole process.
      opened.on('error', () => undefined);
      connect(opened);
    });
  });

  return {
    port: actual,
    url: guard.url,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(guard: Guard, files: string, port: number, request: IncomingMessage, response: ServerResponse) {
  for (const [name, value] of Object.entries(headersFor(port))) response.setHeader(name, value);
  const say = (status: number, words: string) => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(request.method === 'HEAD' ? undefined : `${words}\n`);
  };

  const elsewhere = guard.refusesPlace(request);
  if (elsewhere) return say(elsewhere.status, elsewhere.words);
  // Joined, not resolved: a path of `//host/` must not become a host.
  const { pathname, searchParams } = new URL(`http://127.0.0.1${request.url?.startsWith('/') ? request.url : '/'}`);
  const token = searchParams.get('token');
  if (request.method === 'GET' && pathname === '/' && token !== null && guard.isToken(token)) {
    welcome(guard, request, response);
    return;
  }
  const stranger = guard.refusesPerson(request);
  if (stranger) return say(stranger.status, stranger.words);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return say(405, 'Podlab answers GET and HEAD here.');
  }
  const file = await findFile(files, pathOf(request.url ?? '').slice(guard.base.length - 1));
  if (!file) return say(404, 'There is no such file.');
  response.writeHead(200, { 'content-type': file.type, 'content-length': file.size });
  if (request.method === 'HEAD') response.end();
  else await pipeline(file.open(), response);
}

/** The cookie, and away from the address with the token, so that it stays out of the history. */
function welcome(guard: Guard, { headers }: IncomingMessage, response: ServerResponse) {
  response.setHeader('set-cookie', guard.cookie);
  if (headers['sec-fetch-site'] !== 'cross-site') {
    response.writeHead(303, { location: guard.base }).end();
    return;
  }
  // Who comes by a link of another site or of a file (build/start.ts writes one) would be redirected without the cookie: a redirect
  // counts as the link's own, and SameSite=Strict withholds it. A page of ours that leads on is a same-site start.
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(`<!doctype html><title>Podlab</title><meta http-equiv="refresh" content="0; url=${guard.base}"><a href="${guard.base}">Podlab</a>\n`);
}

function headersFor(port: number) {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "font-src 'self'",
      `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

function refuseUpgrade(socket: Duplex, status: number, words: string) {
  const body = `${words}\n`;
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

async function listening(server: Server, port: number) {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new CannotListen(sentenceFor((error as NodeJS.ErrnoException).code, port), { cause: error });
  }
}

/** Why a port cannot be listened on, by the system's error code. */
export function sentenceFor(code: string | undefined, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} on 127.0.0.1 is in use by another program: choose another one, or leave out --port.`;
  if (code === 'EACCES') return `Port ${port} may not be used by this user: choose one from 1024 up, or leave out --port.`;
  return `Port ${port} on 127.0.0.1 cannot be listened on (${code ?? 'no reason given'}): leave out --port for a free one.`;
}
