// An HTTP request to a pod as the kubelet makes it, for probes and hooks: over the runtime's network, never the host's.
import { request as httpRequest } from 'node:http';
import { connect as tlsConnect } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { Container, LifecycleHandler } from '../objects.ts';
import type { Runtime } from '../runtime/runtime.ts';

export type HttpGet = NonNullable<LifecycleHandler['httpGet']>;

/** What a probe reads of an answer at most (pkg/probe/http: maxRespBodyLength). */
const LONGEST_BODY = 10 * 1024;

/** An error that no server has anything to do with: the container has no such port. */
export class PortError extends Error {}

/** The number of a port, or of the container's port of that name. @throws PortError with Go's words */
export function portNumber(port: number | string, { ports = [] }: Container): number {
  if (typeof port === 'number') return port;
  const named = ports.find(({ name }) => name === port)?.containerPort;
  if (named !== undefined) return named;
  if (!/^[+-]?\d+$/.test(port)) throw new PortError(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
  return Number(port);
}

/** `http://10.244.0.5:8080/healthz` */
export function urlOf({ scheme = 'HTTP', host, path = '/' }: HttpGet, port: number, podIp: string): string {
  return `${scheme.toLowerCase()}://${host || podIp}:${port}${path.startsWith('/') ? path : `/${path}`}`;
}

/** Go's words for a connection that did not come about. */
export function dialError(error: unknown, ip: string, port: number): Error {
  const code = (error as { code?: string }).code;
  const words = code === 'ECONNREFUSED' ? 'connect: connection refused' : code === 'EHOSTUNREACH' ? 'connect: no route to host' : undefined;
  return new Error(`dial tcp ${ip}:${port}: ${words ?? (error instanceof Error ? error.message : String(error))}`);
}

/** Rejects with Go's words once the signal aborts. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal, words: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error(words));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Opens a connection to a port of the pod and gives it, or rejects as Go's net.Dial does. */
export async function dial(runtime: Pick<Runtime, 'connect'>, ip: string, port: number, signal: AbortSignal): Promise<Duplex> {
  const connecting = runtime.connect(ip, port, 'outside');
  try {
    return await untilAborted(connecting, signal, `dial tcp ${ip}:${port}: i/o timeout`);
  } catch (error) {
    // One that comes too late is not left open.
    connecting.then(
      (late) => late.destroy(),
      () => undefined,
    );
    throw (error as { code?: string }).code === undefined ? error : dialError(error, ip, port);
  }
}

/**
 * @param signal ends it, as the probe's timeout does.
 * @returns the status and the beginning of the body. Rejects with the words of Go's HTTP client behind `Get "URL": `.
 */
export async function podGet(
  runtime: Pick<Runtime, 'connect'>,
  get: HttpGet,
  port: number,
  podIp: string,
  userAgent: string,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  const url = urlOf(get, port, podIp);
  try {
    const host = get.host || podIp;
    const plain = await dial(runtime, host, port, signal);
    const tls = get.scheme === 'HTTPS';
    const socket = tls ? tlsConnect({ socket: plain, rejectUnauthorized: false }) : plain;
    return await untilAborted(
      exchange(url, socket, get, userAgent, signal),
      signal,
      'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ).finally(() => {
      socket.destroy();
      plain.destroy();
    });
  } catch (error) {
    throw new Error(`Get ${JSON.stringify(url)}: ${(error as Error).message}`, { cause: error });
  }
}

function exchange(url: string, socket: Duplex, { httpHeaders = [] }: HttpGet, userAgent: string, signal: AbortSignal) {
  const headers: Record<string, string> = { 'User-Agent': userAgent, Accept: '*/*', Connection: 'close' };
  for (const { name, value } of httpHeaders) headers[name] = value;
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const request = httpRequest(url.replace(/^https:/, 'http:'), { createConnection: () => socket, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const end = () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).subarray(0, LONGEST_BODY).toString() });
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= LONGEST_BODY) response.destroy();
      });
      response.on('close', end);
      response.on('error', end);
    });
    request.on('error', (error) => reject((error as { code?: string }).code === 'ECONNRESET' ? new Error('EOF') : error));
    request.end();
  });
}
