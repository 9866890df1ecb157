// One HTTP/1.1 request on one connection of its own, up to the headers of its answer.
import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest, type RequestOptions as HttpsOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Phases } from './phases.ts';
import { streamOf, type PreparedBody } from './request-body.ts';
import { hasHeader } from './request-parts.ts';

/** Of the status line and all headers together. */
const MOST_HEADER_BYTES = 256 * 1024;

export interface Asked {
  /** Scheme, host and port. */
  readonly origin: URL;
  /** With the query, and as it is sent: `/a/../b` is the program's to understand. */
  readonly path: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: PreparedBody | undefined;
}

export interface Answered {
  readonly response: IncomingMessage;
  /** Answers of the kind 1xx that came before. */
  readonly informational: readonly number[];
  /** What the connection said last, when it broke later on. */
  broken(): Error | undefined;
}

/**
 * @param connection an open one, or how to make one
 * @throws Failure RESPONSE_NOT_HTTP, RESPONSE_HEADERS_TOO_LARGE, REQUEST_FAILED, what the body's files or the connection say, or the signal's reason
 */
export async function hop(asked: Asked, connection: Duplex | HttpsOptions, phases: Phases, signal: AbortSignal): Promise<Answered> {
  const { body } = asked;
  const request = open(asked, connection, signal);
  const informational: number[] = [];
  let error: Error | undefined;
  let [endOfSend, endOfWait] = [() => {}, () => {}];
  const begin = () => (endOfSend = phases.begin('send'));
  if (isStream(connection)) begin();
  else request.once('socket', (socket) => followConnect(socket, phases, begin));
  const sent = () => {
    endOfSend();
    endOfWait = phases.begin('wait');
  };
  request.maxHeadersCount = 0; // the bytes are limited, and no header is dropped silently
  request.on('information', ({ statusCode }) => informational.push(statusCode)).once('finish', sent);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const fail = (cause: Error) => {
      error ??= cause;
      reject(signal.aborted ? signal.reason : meaning(error, urlOf(asked)));
    };
    request.once('response', resolve).on('error', fail);
    // Another protocol from now on: the answer ends here.
    request.once('upgrade', (answer, socket) => {
      socket.destroy();
      answer.push(null);
      resolve(answer);
    });
    if (isStream(connection)) {
      // What it failed of before says more than that the socket hung up, which is heard of first.
      connection.once('error', fail);
      if (connection.errored) fail(connection.errored);
    }
    if (!body) return void request.end();
    const bytes = streamOf(body);
    // After an answer that came before all was sent, such as 413, the rest is no one's any more.
    bytes.once('error', (cause) => request.destroy(cause));
    request.once('close', () => bytes.destroy());
    bytes.pipe(request);
  });
  endOfSend(); // where the answer came before the end of what is sent
  endOfWait();
  return { response, informational, broken: () => error };
}

/** A socket that was open before costs nothing. */
function followConnect(socket: Socket, phases: Phases, then: () => void): void {
  if (!socket.connecting) return then();
  const endOfConnect = phases.begin('connect');
  socket.once('connect', () => {
    endOfConnect();
    if (!('encrypted' in socket)) return then();
    const endOfTls = phases.begin('tls');
    socket.once('secureConnect', () => {
      endOfTls();
      then();
    });
  });
}

/** For people: where the request goes. */
export const urlOf = ({ origin, path }: Asked) => `${origin.origin}${path}`;

/** All that are sent, in their order. */
function allHeaders({ origin, headers, body }: Asked): readonly (readonly [string, string])[] {
  const own: [string, string][] = [];
  if (!hasHeader(headers, 'host')) own.push(['Host', origin.host]);
  if (!hasHeader(headers, 'user-agent')) own.push(['User-Agent', 'Podlab']);
  if (!hasHeader(headers, 'accept')) own.push(['Accept', '*/*']);
  const after: [string, string][] = [];
  if (body && !hasHeader(headers, 'content-length') && !hasHeader(headers, 'transfer-encoding')) after.push(['Content-Length', String(body.length)]);
  // One connection a request: what is tested is the way to the pod, not a connection that was open before.
  if (!hasHeader(headers, 'connection')) after.push(['Connection', 'close']);
  return [...own, ...headers, ...after];
}

/** The whole request as it goes over a connection (RFC 9112, 2.1). @param body all of its bytes */
export function requestText(asked: Asked, body: Buffer | undefined): Buffer {
  const lines = [`${asked.method} ${asked.path} HTTP/1.1`, ...allHeaders(asked).map(([name, value]) => `${name}: ${value}`), '', ''];
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), ...(body ? [body] : [])]);
}

function open(asked: Asked, connection: Duplex | HttpsOptions, signal: AbortSignal): ClientRequest {
  const { origin, path, method } = asked;
  const options: RequestOptions = {
    method, path, headers: allHeaders(asked).flat(), maxHeaderSize: MOST_HEADER_BYTES, signal,
  };
  if (isStream(connection)) return httpRequest({ ...options, createConnection: () => connection });
  const connect = origin.protocol === 'https:' ? httpsRequest : httpRequest;
  return connect({ ...options, host: origin.hostname.replace(/^\[|\]$/g, ''), port: origin.port, ...connection });
}

function isStream(connection: Duplex | HttpsOptions): connection is Duplex {
  return 'pipe' in connection;
}

function meaning(error: Error, url: string): Error {
  if (error instanceof Failure) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'HPE_HEADER_OVERFLOW') return new Failure('RESPONSE_HEADERS_TOO_LARGE', { limit: MOST_HEADER_BYTES }, error);
  if (code.startsWith('HPE_')) return new Failure('RESPONSE_NOT_HTTP', { url }, error);
  return new Failure('REQUEST_FAILED', { url }, error);
}
