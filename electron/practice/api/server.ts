// The API server: HTTPS on this computer's loopback alone, for those who have the token.
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createOpenApi } from '../schema/openapi.ts';
import { sendError, sendText, statusOf } from './answer.ts';
import { unauthorized } from './api-error.ts';
import { discardBody } from './body.ts';
import type { ApiParts } from './call.ts';
import { discovery } from './discovery.ts';
import { createRouter } from './router.ts';
import type { SubresourceHandlers } from './subresources.ts';

export interface ApiServerOptions extends ApiParts {
  /** PEM. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** What a client has to send as `Authorization: Bearer`. */
  readonly token: string;
  readonly subresources?: SubresourceHandlers;
  /** Any free one unless said. */
  readonly port?: number;
}

export interface ApiServer {
  readonly port: number;
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Ends watches and streams, then closes. */
  close(): Promise<void>;
}

/** The git version that `/version` tells. */
export const gitVersion = (minor: number): string => (minor === 20 ? 'v1.20.2' : `v1.${minor}.0`);

/** @throws Error when the port is taken. */
export async function listenApi(options: ApiServerOptions): Promise<ApiServer> {
  const closing = new AbortController();
  let port = 0;
  const { minor } = options.context;
  const router = createRouter(options, {
    found: discovery(options.kinds, minor, () => `127.0.0.1:${port}`),
    openApi: createOpenApi(options.schema, options.kinds, gitVersion(minor)),
    version: gitVersion(minor),
  });
  // HTTP/1.1: a browser's and Go's WebSockets need it, and every client speaks it.
  const server = createServer({ ...options.tls, ALPNProtocols: ['http/1.1'], minVersion: 'TLSv1.2', keepAliveTimeout: 120_000, headersTimeout: 30_000 });

  /**
   * A page in a browser that a name of its own led here has that name as Host. Any port will do: a tunnel or `kubectl proxy` on this computer
   * passes its own on, and a page of 127.0.0.1 is one of this computer's.
   */
  const turnAway = (request: IncomingMessage): { code: number; text: string } | undefined =>
    /^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(request.headers.host ?? '') ? undefined : { code: 403, text: 'Forbidden: unknown Host header\n' };

  server.on('request', (request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('the client went away')));
    const away = turnAway(request);
    if (away) {
      sendText(response, away.code, away.text);
      return discardBody(request);
    }
    void serve(request, response, AbortSignal.any([gone.signal, closing.signal]));
  });

  async function serve(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    try {
      if (!hasToken(request, options.token)) throw unauthorized();
      await router.handle(request, response, signal);
    } catch (error) {
      sendError(response, error);
    } finally {
      discardBody(request);
    }
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const gone = new AbortController();
    socket.once('close', () => gone.abort(new Error('the client went away')));
    const away = turnAway(request);
    if (away) return refuseUpgrade(socket, away.code, away.text, 'text/plain; charset=utf-8');
    void upgrade(request, socket, head, AbortSignal.any([gone.signal, closing.signal]));
  });

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, signal: AbortSignal): Promise<void> {
    const before = writtenBytes(socket);
    try {
      if (!hasToken(request, options.token)) throw unauthorized();
      await router.upgrade(request, socket, head, signal);
    } catch (error) {
      if (writtenBytes(socket) !== before) return void socket.destroy();
      const status = statusOf(error);
      refuseUpgrade(socket, status.code, JSON.stringify(status), 'application/json');
    }
  }

  // A client that does not speak TLS or HTTP, or goes away in the middle, is no fault of the server's.
  server.on('tlsClientError', () => {});
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  ({ port } = server.address() as AddressInfo);
  server.on('error', () => {});

  return {
    port,
    url: `https://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        closing.abort(new Error('the server is closing'));
        server.close(() => resolve());
        server.closeIdleConnections();
        // What has not ended by itself is cut.
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
}

function hasToken(request: IncomingMessage, token: string): boolean {
  const [scheme = '', given = ''] = (request.headers.authorization ?? '').split(' ');
  const a = Buffer.from(given);
  const b = Buffer.from(token);
  return scheme.toLowerCase() === 'bearer' && a.length === b.length && timingSafeEqual(a, b);
}

const writtenBytes = (socket: Duplex): number => (socket as Duplex & { bytesWritten?: number }).bytesWritten ?? 0;

function refuseUpgrade(socket: Duplex, code: number, text: string, type: string): void {
  const head = [`HTTP/1.1 ${code} Refused`, `Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(text)}`, 'Connection: close'];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}
