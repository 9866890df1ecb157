// A WebSocket (RFC 6455) over any connection into a pod.
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { WebSocket, type RawData } from 'ws';
import { Failure } from '../../../shared/contract/failures.ts';

/** Of one message, in MiB: a larger one closes the connection with 1009. */
const MOST_MESSAGE = 16;
const MOST_REFUSAL = 2_000;
/** https://github.com/websockets/ws/blob/master/doc/ws.md#error-codes */
const TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
/** How long the other side may take to say goodbye. */
const CLOSE_MS = 2_000;

export interface Ended {
  readonly code: number;
  readonly reason: string;
}

export interface OpenWebSocket {
  readonly subprotocol: string;
  /** Resolves when there is room for more. @throws Failure LIVE_GONE when it is not open any more */
  send(text: string): Promise<void>;
  /** Says goodbye; `ended` follows. */
  close(): void;
  /** How it ended. Rejects with Failure LIVE_MESSAGE_TOO_LARGE, or else with what broke it. */
  readonly ended: Promise<Ended>;
}

/**
 * @param stream an open connection, with TLS already where there is to be any; it is closed with the socket
 * @param url `ws://host:port/path`: for the first line and Host
 * @throws Failure NOT_UPGRADED with the status; else what broke the connection, or the signal's reason
 */
export async function openWebSocket(
  stream: Duplex,
  { url, headers, subprotocols }: { readonly url: string; readonly headers: readonly (readonly [string, string])[]; readonly subprotocols: readonly string[] },
  id: string,
  onMessage: (bytes: Buffer, isBinary: boolean) => void,
  signal: AbortSignal,
): Promise<OpenWebSocket> {
  const socket = new WebSocket(url, [...subprotocols], { createConnection: () => stream, headers: byName(headers), maxPayload: MOST_MESSAGE * 1024 * 1024, perMessageDeflate: false });
  let broken: Error | undefined;
  const { promise: ended, resolve, reject } = Promise.withResolvers<Ended>();
  ended.catch(() => {}); // who waits for it hears of it
  socket.on('message', (data: RawData, isBinary) => onMessage(bytesOf(data), isBinary));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    broken ??= error.code === TOO_LARGE ? new Failure('LIVE_MESSAGE_TOO_LARGE', { limit: MOST_MESSAGE }, error) : error;
    // It says what it does not understand; that may be answered, or not.
    setTimeout(() => socket.terminate(), CLOSE_MS).unref();
  });
  socket.on('close', (code, reason) => {
    stream.destroy();
    if (broken) reject(broken);
    else resolve({ code, reason: reason.toString() });
  });
  const refused = once(socket, 'unexpected-response', { signal }).then(async ([, response]) => {
    const { statusCode = 0, statusMessage = '' } = response as { statusCode?: number; statusMessage?: string };
    const words = await textOf(response as AsyncIterable<Buffer>);
    socket.terminate();
    throw new Failure('NOT_UPGRADED', { status: statusCode }, `${statusCode} ${statusMessage} ${words}`.trim());
  });
  const stop = () => socket.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([once(socket, 'open', { signal }), refused, failed(stream, signal)]);
  } catch (error) {
    socket.terminate();
    stream.destroy();
    throw error;
  } finally {
    refused.catch(() => {});
    signal.removeEventListener('abort', stop);
  }
  return {
    subprotocol: socket.protocol,
    send: (text) => new Promise((done, fail) => {
      if (socket.readyState !== WebSocket.OPEN) return fail(new Failure('LIVE_GONE', { id }, 'it is closed'));
      socket.send(text, (error) => (error ? fail(error) : done()));
    }),
    close() {
      socket.close(1000);
      setTimeout(() => socket.terminate(), CLOSE_MS).unref();
    },
    ended,
  };
}

/** What the connection failed of says more than that the socket hung up. */
async function failed(stream: Duplex, signal: AbortSignal): Promise<never> {
  if (stream.errored) throw stream.errored;
  const [error] = (await once(stream, 'error', { signal })) as [Error];
  throw error;
}

async function textOf(response: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  try {
    for await (const chunk of response) {
      text += chunk.toString();
      if (text.length >= MOST_REFUSAL) break;
    }
  } catch {
    // As far as it came.
  }
  return text.slice(0, MOST_REFUSAL);
}

function byName(headers: readonly (readonly [string, string])[]): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, value] of headers) (all[name] ??= []).push(value);
  return all;
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
