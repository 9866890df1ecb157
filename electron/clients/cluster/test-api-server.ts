// A small real HTTP(S) server on loopback for tests of this folder: it answers what the test says and remembers what it was asked.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClusterEntry, Kubeconfig, UserEntry } from './kubeconfig.ts';
import { serverCert, serverKey } from './test-certificates.ts';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The client certificate's common name. */
  readonly certificate: string | undefined;
}

export interface TestApiServer extends AsyncDisposable {
  readonly port: number;
  readonly asked: Asked[];
  /** Connections accepted so far, and those that are open. */
  readonly accepted: number;
  readonly sockets: ReadonlySet<Socket>;
  readonly server: ReturnType<typeof createServer>;
}

export type Answer = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

/** Starts it; `tls` makes it an HTTPS server with the test certificate. */
export async function startApiServer(answer: Answer, tls?: ServerOptions): Promise<TestApiServer> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => { body += piece; }).on('end', () => {
      const certificate = (request.socket as Partial<TLSSocket>).getPeerCertificate?.()?.subject?.CN;
      const one: Asked = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body, certificate: Array.isArray(certificate) ? certificate[0] : certificate };
      asked.push(one);
      void answer(one, response, request);
    });
  };
  const server = tls ? createTlsServer({ cert: serverCert, key: serverKey, ...tls }, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    sockets,
    server,
    get accepted() { return accepted; },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

/** A kubeconfig of one context `test` for a server, as if read from a file. */
export function kubeconfigFor(server: string, user: Partial<UserEntry> = {}, cluster: Partial<ClusterEntry> = {}): Kubeconfig {
  return {
    files: ['/test/config'],
    contexts: [{ name: 'test', cluster: 'cluster', server, namespace: 'default', user: 'user', isLocal: true }],
    clusters: new Map([['cluster', { name: 'cluster', file: '/test/config', server, skipTlsVerify: false, ...cluster }]]),
    users: new Map([['user', { name: 'user', file: '/test/config', ...user }]]),
  };
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string | string[]> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
