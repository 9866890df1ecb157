// The streaming protocols of the API over WebSocket: a first byte that names the channel, then its bytes.
// https://kubernetes.io/docs/reference/using-api/api-concepts/ ; apiserver, pkg/util/wsstream
import type { ClientRequest, IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Connection } from './target.ts';

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export class Channels {
  readonly #socket: WebSocket;
  readonly #received = new Map<number, Buffer[]>();
  readonly closed: Promise<Closed>;
  #changed = Promise.withResolvers<void>();

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })));
    socket.on('message', (data: Buffer) => {
      const channel = data[0] ?? -1;
      this.#received.set(channel, [...(this.#received.get(channel) ?? []), data.subarray(1)]);
      this.#wake();
    });
    socket.on('close', () => this.#wake());
    socket.on('error', () => {}); // It is closed then, with 1006.
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  bytes(channel: number): Buffer {
    return Buffer.concat(this.#received.get(channel) ?? []);
  }

  text(channel: number): string {
    return this.bytes(channel).toString();
  }

  /** Waits until the channel's bytes are enough. @throws Error when the stream is closed before */
  async until(channel: number, enough: (bytes: Buffer) => boolean): Promise<Buffer> {
    for (;;) {
      const bytes = this.bytes(channel);
      if (enough(bytes)) return bytes;
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error(`closed, with ${JSON.stringify(bytes.toString())} in channel ${channel}`);
      await this.#changed.promise;
    }
  }

  send(channel: number, data: string | Buffer): void {
    this.#socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(data)]));
  }

  close(): void {
    this.#socket.close();
  }
}

/** The server did not make a WebSocket of it. */
export class Refused extends Error {
  readonly status: number;
  readonly body: string;
  constructor(status: number, body: string) {
    super(`${status}: ${body}`);
    this.status = status;
    this.body = body;
  }
}

/** @throws Refused */
export function openChannels(
  connection: Connection,
  path: string,
  query: readonly (readonly [string, string])[],
  protocols: readonly string[],
): Promise<Channels> {
  const url = new URL(path, connection.server);
  for (const [name, value] of query) url.searchParams.append(name, value);
  url.protocol = 'wss:';
  const { ca, certificate, key, token } = connection;
  const socket = new WebSocket(url, [...protocols], {
    ca,
    ...(certificate && key ? { cert: certificate, key } : {}),
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });
  return new Promise((resolve, reject) => {
    const channels = new Channels(socket); // Before it is open, so that no message is missed.
    socket.once('open', () => resolve(channels));
    socket.once('error', reject);
    socket.once('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += String(chunk)));
      response.on('end', () => reject(new Refused(response.statusCode ?? 0, body)));
    });
  });
}
