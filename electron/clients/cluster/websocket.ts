import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { errorOf } from './api-error.ts';
import type { ClusterConnection, WebSocketOptions } from './connection.ts';
import { networkFailure } from './network-failure.ts';
import { requestInfo } from './request-info.ts';

export interface SocketRequest {
  readonly path: string;
  /** Names may repeat: `command` of exec. */
  readonly query: readonly (readonly [string, string])[];
  /** Offered subprotocols, the best first; the server has to choose one. */
  readonly protocols: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface SocketHandlers {
  /** One message: the channel's number and what follows it. The bytes are the receiver's own. */
  message(channel: number, bytes: Buffer): void;
  /** The socket is gone, once; the error if it did not end by a close frame or by `terminate`. */
  closed(error: Error | undefined): void;
}

export interface ChannelSocket {
  readonly protocol: string;
  /** Messages begin to come only after this. */
  start(handlers: SocketHandlers): void;
  /** Sends one message. `flushed` is called when more may be sent: at once while less than 1 MiB waits, else when this message has left. */
  send(channel: number, bytes: Uint8Array, flushed: (error?: Error | null) => void): void;
  /** Stops reading from the network, so that the server's side fills up and waits. */
  pause(): void;
  resume(): void;
  /** Says goodbye and waits for the server's for 2 s. */
  close(): void;
  terminate(): void;
}

const HANDSHAKE_MS = 30_000;
const PING_MS = 20_000;
const MISSED_PONGS = 2;
/** A server that is stuck writing to a pod that does not read does not answer pings either; so once something was sent, 5 minutes. */
const MISSED_PONGS_AFTER_SENDING = 15;
const GOODBYE_MS = 2_000;
const HIGH_WATER = 1024 * 1024;
/** Servers send pieces of 32 KiB; what is much larger is no such server. */
const MAX_MESSAGE = 16 * 1024 * 1024;

/**
 * Opens one of the pod's WebSocket streams (exec, attach, portforward) with the connection's credentials: messages whose first byte is a channel
 * (k8s.io/apiserver/pkg/util/wsstream). Fails as `connection.request` does, with what the server said instead of upgrading.
 */
export async function openWebSocket(connection: ClusterConnection, request: SocketRequest): Promise<ChannelSocket> {
  const signal = request.signal ? AbortSignal.any([connection.closed, request.signal]) : connection.closed;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    const options = await connection.webSocketOptions();
    const answer = await upgrade(connection, options, request, signal);
    if ('socket' in answer) return channels(answer.socket, signal);
    if (answer.status === 401 && attempt === 1 && options.refresh()) continue;
    throw errorOf(connection.context.name, requestInfo('GET', request.path, false), answer);
  }
}

type Answer = { readonly socket: WebSocket } | { readonly status: number; readonly text: string };

function upgrade({ context }: ClusterConnection, { base, headers, tls, agent }: WebSocketOptions, { path, query, protocols }: SocketRequest, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${base}${path}?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString()}`, [...protocols], {
      ...tls,
      headers: headers as Record<string, string>, // Node sends a list as one header each, which the type does not know
      ...(agent ? { agent } : {}),
      perMessageDeflate: false, // costs more than loopback bandwidth, and Go's server does not offer it
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_MESSAGE,
      skipUTF8Validation: true,
    });
    const abort = () => { socket.terminate(); reject(signal.reason); };
    const settled = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort, { once: true });
    socket.once('upgrade', (response) => { response.socket.setKeepAlive(true, 30_000); });
    socket.once('open', () => { settled(); socket.pause(); resolve({ socket }); });
    socket.once('unexpected-response', (_, response) => {
      settled();
      bodyOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject).finally(() => socket.terminate());
    });
    socket.on('error', (error) => { settled(); reject(networkFailure(context.name, context.server, error)); });
  });
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  try {
    for await (const piece of response) if ((text += piece as string).length > 64 * 1024) break;
  } catch { /* what came until then says enough */ }
  return text;
}

function channels(socket: WebSocket, signal: AbortSignal): ChannelSocket {
  let missed = 0;
  let sentSinceSign = false;
  const sign = () => { missed = 0; sentSinceSign = false; };
  const ping = setInterval(() => {
    if (socket.isPaused) return sign(); // we do not read, so the answer cannot come
    if (missed >= (sentSinceSign ? MISSED_PONGS_AFTER_SENDING : MISSED_PONGS)) {
      fault = new Error(`no answer to ${missed} pings`);
      return socket.terminate();
    }
    missed += 1;
    socket.ping();
  }, PING_MS);
  ping.unref();
  let fault: Error | undefined;
  const abort = () => { fault = signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)); socket.terminate(); };
  signal.addEventListener('abort', abort, { once: true });
  socket.on('pong', sign);
  socket.on('error', (error) => { fault ??= error; });
  socket.on('close', () => { clearInterval(ping); clearTimeout(goodbye); signal.removeEventListener('abort', abort); });
  let terminated = false;
  let goodbye: NodeJS.Timeout | undefined;

  return {
    protocol: socket.protocol,
    start({ message, closed }) {
      socket.on('message', (data) => {
        sign();
        const bytes = data as Buffer; // binaryType is nodebuffer
        if (bytes.length > 0) message(bytes[0]!, bytes.subarray(1));
      });
      const end = (code: number) => closed(fault ?? (code === 1006 && !terminated ? new Error('the connection was cut') : undefined));
      if (socket.readyState === WebSocket.CLOSED) return end(1006);
      socket.once('close', end);
      socket.resume();
    },
    send(channel, bytes, flushed) {
      const message = Buffer.allocUnsafe(bytes.length + 1);
      message[0] = channel;
      message.set(bytes, 1);
      sentSinceSign = true;
      if (socket.bufferedAmount + message.length > HIGH_WATER) return socket.send(message, { binary: true }, flushed);
      socket.send(message, { binary: true });
      flushed();
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close() {
      socket.resume(); // the server's goodbye has to be read
      socket.close(1000);
      goodbye = setTimeout(() => socket.terminate(), GOODBYE_MS);
    },
    terminate: () => { terminated = true; socket.terminate(); },
  };
}
