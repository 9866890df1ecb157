// One connection that stays open for request after request, over any of the ways that dial.
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { Failure } from '../../../../shared/contract/failures.ts';
import type { DiallingWay } from '../exchange.ts';
import { startPhases } from '../phases.ts';
import { secure } from '../secure.ts';
import type { Answer } from './tally.ts';

/** Of the status line and all headers together. */
const MOST_HEADER_BYTES = 256 * 1024;

export type Asked = Pick<Dispatcher.DispatchOptions, 'method' | 'path' | 'headers' | 'body'>;

/** The connection had ended between two requests, so nothing was sent: another one has to be dialled. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

export interface Connection {
  readonly isOpen: boolean;
  /**
   * Sends one request, never two at once, and reads its answer to the end; the body is counted, not kept.
   * @throws NotSent; Failure REQUEST_FAILED, RESPONSE_BROKE_OFF, RESPONSE_NOT_HTTP, RESPONSE_HEADERS_TOO_LARGE, or what the way says
   */
  ask(asked: Asked, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * @param verify whether the certificate has to be one that somebody known vouches for
 * @throws what the way says; Failure REQUEST_FAILED, CERTIFICATE_REFUSED, TLS_FAILED
 */
export async function openConnection(way: DiallingWay, verify: boolean, signal: AbortSignal): Promise<Connection> {
  try {
    const { socket, servedBy } = await way.dial(startPhases(), signal);
    const { protocol, hostname, origin } = new URL(way.origin);
    const secured = protocol === 'https:' ? await secure(socket, hostname, verify, signal) : undefined;
    return connectionOver(secured?.socket ?? socket, socket, origin, servedBy?.name);
  } catch (error) {
    throw typeof (error as NodeJS.ErrnoException).code === 'string' ? meaning(error as Error, way.origin, 0, 0) : error;
  }
}

/** @param below what carries the socket: another one where TLS is spoken, else the same */
function connectionOver(socket: Duplex, below: Duplex, origin: string, pod: string | undefined): Connection {
  const client = clientOver(socket, origin);
  let isOpen = true;
  client.on('disconnect', () => (isOpen = false)).on('connectionError', () => (isOpen = false));

  return {
    get isOpen() {
      return isOpen && !socket.destroyed && !below.destroyed;
    },
    ask: (asked, until) =>
      new Promise((resolve, reject) => {
        let [status, bytes, began] = [0, 0, 0];
        let onAbort = () => {};
        const end = () => until.removeEventListener('abort', onAbort);
        const fail = (error: Error) => {
          end();
          isOpen = false;
          if (began === 0 && below.errored === null && socket.errored === null) reject(new NotSent('the connection had ended', { cause: error }));
          // What the way failed of says more than that the socket hung up.
          else reject(meaning(below.errored ?? socket.errored ?? error, origin, status, bytes));
        };
        client.dispatch(asked, {
          onRequestStart(controller) {
            began = performance.now();
            onAbort = () => controller.abort(until.reason as Error);
            if (until.aborted) onAbort();
            else until.addEventListener('abort', onAbort, { once: true });
          },
          // Those of the kind 1xx come first; the last one counts.
          onResponseStart: (_, statusCode) => void (status = statusCode),
          onResponseData: (_, chunk) => void (bytes += chunk.length),
          onResponseEnd() {
            end();
            resolve({ status, bytes, milliseconds: performance.now() - began, pod });
          },
          onResponseError: (_, error) => fail(error),
        });
      }),
    async close() {
      isOpen = false;
      await client.destroy();
      // Before its first request the client does not know the socket yet.
      for (const each of [socket, below]) each.on('error', () => {}).destroy();
    },
  };
}

/** A client whose only connection is this one: where it ended, connecting again fails. */
function clientOver(socket: Duplex, origin: string): Client {
  let isTaken = false;
  return new Client(origin, {
    pipelining: 1,
    // Each request has a time limit of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: MOST_HEADER_BYTES,
    allowH2: false,
    connect(_, connected) {
      // Afterwards: what it hears before this returns it forgets.
      queueMicrotask(() => {
        if (isTaken || socket.destroyed) return connected(new NotSent('the connection had ended'), null);
        isTaken = true;
        // Typed as a Socket; of one it uses what every Duplex has.
        connected(null, socket as Socket);
      });
    },
  });
}

/** @param url without the path: in its query there may be a secret */
function meaning(error: Error, url: string, status: number, received: number): Error {
  if (error instanceof Failure) return error;
  const { code, name } = error as NodeJS.ErrnoException;
  if (status >= 200) return new Failure('RESPONSE_BROKE_OFF', { received }, error);
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return new Failure('RESPONSE_HEADERS_TOO_LARGE', { limit: MOST_HEADER_BYTES }, error);
  return name === 'HTTPParserError' ? new Failure('RESPONSE_NOT_HTTP', { url }, error) : new Failure('REQUEST_FAILED', { url }, error);
}
