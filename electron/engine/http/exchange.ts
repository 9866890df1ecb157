// A request and its answer over one of the ways to a pod: connects, asks, follows what leads elsewhere in the same program, and reads the body.
import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { HttpRequest, HttpResponse } from '../../../shared/contract/http.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { hop, urlOf, type Answered, type Asked } from './hop.ts';
import { startPhases, type Phases } from './phases.ts';
import { decodeBody, isTruncated, readBody } from './read-body.ts';
import { nextAsked } from './redirects.ts';
import { hasHeader, prepareRequest, type PreparedRequest } from './request-parts.ts';
import { secure, type Certificate } from './secure.ts';

export type Header = [string, string];

/** How a request gets to the program that answers it: either `dial`, or `options` to connect with. */
export interface Way {
  /** `http://localhost:8080`; the request's path is put after it. */
  readonly origin: string;
  /** They replace the person's own of the same name. */
  readonly headers?: readonly Header[];
  /** Names, in small letters, of the person's own that must not go this way. */
  readonly drops?: readonly string[];
  readonly options?: RequestOptions;
  /** A connection of its own for each request. Whether TLS is spoken over it is the origin's scheme. */
  dial?(phases: Phases, signal: AbortSignal, asked: Asked): Promise<Dialled>;
}

/** A way of connections that can be kept for more than one request. */
export interface DiallingWay extends Way {
  dial(phases: Phases, signal: AbortSignal): Promise<Dialled>;
}

export interface Dialled {
  readonly socket: Duplex;
  readonly servedBy?: { readonly name: string; readonly uid: string };
  /** Nothing has to be spoken over it that the origin's scheme asks for. */
  readonly isSecure?: boolean;
}

const MOST_REDIRECTS = 10;
const NO_BODY = new Set([101, 204, 304]);

interface Hopped extends Answered, AsyncDisposable {
  readonly certificate?: Certificate;
  readonly servedBy?: Dialled['servedBy'];
}

/**
 * @throws Failure for a request that cannot be sent (`prepareRequest`), and for an answer whose headers never came: REQUEST_TIMED_OUT, REQUEST_FAILED, RESPONSE_NOT_HTTP,
 *   RESPONSE_HEADERS_TOO_LARGE, CERTIFICATE_REFUSED, TLS_FAILED, or what the way says. What goes wrong after that is in the answer.
 */
export async function exchange(request: HttpRequest, way: Way, caller: AbortSignal): Promise<HttpResponse> {
  const prepared = await prepareRequest(request);
  const timeout = AbortSignal.timeout(request.timeoutMilliseconds);
  const signal = AbortSignal.any([caller, timeout]);
  const phases = startPhases();
  const redirects: HttpResponse['redirects'] = [];
  let asked = firstAsked(request, prepared, way);
  try {
    for (;;) {
      const from = phases.now();
      await using hopped = await ask(asked, way, request.verifyCertificate, phases, signal);
      const { response } = hopped;
      const next = request.followRedirects ? nextAsked(asked, response, way.origin) : undefined;
      const isEnough = redirects.length === MOST_REDIRECTS;
      if (next === undefined || next instanceof Failure || isEnough) {
        const stopped = next instanceof Failure ? next : next && new Failure('TOO_MANY_REDIRECTS', { count: MOST_REDIRECTS }, `${response.statusCode} leads to ${urlOf(next)}`);
        return { ...(await answerOf(asked, hopped, phases, { timeout, caller, limit: request.timeoutMilliseconds }, stopped)), redirects };
      }
      redirects.push({ url: urlOf(asked), status: response.statusCode ?? 0, location: response.headers.location ?? '', milliseconds: Math.round((phases.now() - from) * 10) / 10 });
      asked = next;
    }
  } catch (error) {
    if (caller.aborted) throw caller.reason;
    if (timeout.aborted) throw new Failure('REQUEST_TIMED_OUT', { milliseconds: request.timeoutMilliseconds }, error);
    throw error;
  }
}

function firstAsked({ method }: HttpRequest, { path, headers, body }: PreparedRequest, way: Way): Asked {
  const own = way.headers ?? [];
  const origin = new URL(way.origin);
  return { origin, path: `${origin.pathname.replace(/\/$/, '')}${path}`, method, headers: [...headers.filter(([name]) => !hasHeader(own, name.toLowerCase()) && !way.drops?.includes(name.toLowerCase())), ...own], body };
}

async function ask(asked: Asked, way: Way, verify: boolean, phases: Phases, signal: AbortSignal): Promise<Hopped> {
  if (!way.dial) {
    const answered = await hop(asked, way.options ?? {}, phases, signal);
    return { ...answered, [Symbol.asyncDispose]: async () => void answered.response.destroy() };
  }
  const { socket, servedBy, isSecure = asked.origin.protocol !== 'https:' } = await way.dial(phases, signal, asked);
  const close = async () => void socket.on('error', () => {}).destroy();
  try {
    const secured = isSecure ? undefined : await phases.during('tls', () => secure(socket, asked.origin.hostname, verify, signal));
    const answered = await hop(asked, secured?.socket ?? socket, phases, signal);
    return { ...answered, ...(secured ? { certificate: secured.certificate } : {}), ...(servedBy ? { servedBy } : {}), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Limits {
  readonly timeout: AbortSignal;
  readonly caller: AbortSignal;
  /** Milliseconds. */
  readonly limit: number;
}

async function answerOf(asked: Asked, hopped: Hopped, phases: Phases, { timeout, caller, limit }: Limits, stopped: Failure | undefined): Promise<Omit<HttpResponse, 'redirects'>> {
  const { response, informational, certificate, servedBy } = hopped;
  const headers = pairs(response.rawHeaders);
  const status = response.statusCode ?? 0;
  const isEmpty = asked.method === 'HEAD' || NO_BODY.has(status);
  const body = await phases.during('download', () => readBody(response, isEmpty ? [] : headers));
  caller.throwIfAborted();
  const incomplete = incompleteOf() ?? stopped?.toData();
  return {
    url: urlOf(asked),
    informational: [...informational],
    httpVersion: response.httpVersion,
    status,
    statusText: response.statusMessage ?? '',
    headers,
    trailers: pairs(response.rawTrailers),
    ...decodeBody(body.bytes, headers, isTruncated(body) || incomplete !== undefined),
    bodyBytes: body.bodyBytes,
    decodedBytes: body.decodedBytes,
    truncated: isTruncated(body),
    ...(incomplete ? { incomplete } : {}),
    milliseconds: Math.round(phases.now()),
    phases: phases.list(),
    ...(servedBy ? { servedBy } : {}),
    ...(certificate ? { certificate } : {}),
  };

  function incompleteOf(): FailureData | undefined {
    if (body.broken && timeout.aborted) return new Failure('RESPONSE_UNENDING', { milliseconds: limit }, body.broken).toData();
    if (body.broken) return new Failure('RESPONSE_BROKE_OFF', { received: body.bodyBytes }, hopped.broken() ?? body.broken).toData();
    return body.notDecoded?.toData();
  }
}

function pairs(raw: IncomingMessage['rawHeaders']): Header[] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? '', headerText(raw[2 * i + 1] ?? '')]);
}

/** Node gives a header byte by byte; what is UTF-8 is shown as such. */
function headerText(value: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}
