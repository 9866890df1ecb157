// One call of the Engine API: what its handler is given, and how it answers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DockerError } from './docker-error.ts';

export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** What the route's groups matched, decoded. */
  readonly names: readonly string[];
  /** The minor of the API version that the client speaks. */
  readonly api: number;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'HEAD' | 'PUT';
  /** Of the path without its version. */
  readonly path: RegExp;
  /** @throws DockerError before it has written anything. */
  readonly answer: (call: Call) => void | Promise<void>;
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length });
  response.end(bytes);
}

/** 'true', '1' and the like, as httputils.BoolValue reads them. */
export const isTrue = (query: URLSearchParams, name: string): boolean => !['', '0', 'no', 'false', 'none'].includes((query.get(name) ?? '').trim().toLowerCase());

const LONGEST_BODY = 1024 * 1024;

/** The request's JSON; undefined for none. @throws DockerError 400, 413 */
export async function readJson(body: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > LONGEST_BODY) throw new DockerError(413, 'http: request body too large');
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks).toString('utf8'));
}

/** @throws DockerError in the words of Go's decoder, as far as it is about the first character. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const first = text.trim()[0] ?? '';
    throw new DockerError(400, /[{["\d\-tfn]/.test(first) ? `invalid JSON: ${(error as Error).message}` : `invalid character '${first}' looking for beginning of value`);
  }
}

/** The `filters` of a list: a map of lists, or, as older clients send it, of sets. @throws DockerError for one that is not `accepted` */
export function filtersOf(query: URLSearchParams, accepted: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const value = parseJson(query.get('filters') ?? '');
  const filters = new Map<string, readonly string[]>();
  if (typeof value !== 'object' || value === null) return filters;
  for (const [name, values] of Object.entries(value)) {
    if (!accepted.includes(name)) throw new DockerError(400, `invalid filter '${name}'`);
    const list = Array.isArray(values) ? values : Object.entries((values ?? {}) as object).flatMap(([key, on]) => (on ? [key] : []));
    filters.set(name, list.filter((one) => typeof one === 'string'));
  }
  return filters;
}

/** Every `label=...` has to hold: a key, or key=value. */
export const labelled = (labels: Readonly<Record<string, string>>, wanted: readonly string[] = []): boolean =>
  wanted.every((text) => {
    const equals = text.indexOf('=');
    return equals === -1 ? Object.hasOwn(labels, text) : labels[text.slice(0, equals)] === text.slice(equals + 1);
  });
