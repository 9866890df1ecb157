// What a request is made of before it is sent anywhere: its path, headers and body, checked. A request with a mistake is never sent, not even a part of it.
import type { HttpRequest } from '../../../shared/contract/http.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { prepareBody, type PreparedBody } from './request-body.ts';

export interface PreparedRequest {
  /** With the query, and in it the key of an API that takes it there. ASCII, as it goes into the first line. */
  readonly path: string;
  /** The person's own in their order, then what authentication and the body add. */
  readonly headers: readonly [string, string][];
  readonly body: PreparedBody | undefined;
  /** What the log of activity must not show. */
  readonly secrets: readonly string[];
}

/** RFC 9110, 5.6.2: token. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110, 5.5: no control characters but the tab. */
// oxlint-disable-next-line no-control-regex -- these are the characters in question
const FORBIDDEN_IN_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]/;
/** RFC 9112, 3.2: the first line is split at its blanks. */
// oxlint-disable-next-line no-control-regex -- these are the characters in question
const FORBIDDEN_IN_PATH = /[\u0000-\u0020\u007f]/;
/** The longest that a timer of Node can wait, in milliseconds. */
const MOST_MS = 2 ** 31 - 1;
const SECRET_HEADER = /^(?:authorization|proxy-authorization|cookie|x-api-key)$/i;

/** Whether its value is nobody else's to see. */
export const isSecretHeader = (name: string): boolean => SECRET_HEADER.test(name);

/** @throws Failure REQUEST_INVALID, HEADER_INVALID; FILE_UNREADABLE where a file of the body is not there */
export async function prepareRequest({ path, headers, body, auth, timeoutMilliseconds }: HttpRequest): Promise<PreparedRequest> {
  if (!path.startsWith('/')) throw new Failure('REQUEST_INVALID', { field: 'path' }, 'a path begins with /');
  if (FORBIDDEN_IN_PATH.test(path)) throw new Failure('REQUEST_INVALID', { field: 'path' }, 'a path has no blanks and no control characters; a blank is written %20');
  if (!Number.isInteger(timeoutMilliseconds) || timeoutMilliseconds < 1 || timeoutMilliseconds > MOST_MS) {
    throw new Failure('REQUEST_INVALID', { field: 'timeoutMilliseconds' }, `a time limit is a whole number from 1 to ${MOST_MS}`);
  }
  const sent = [...headers, ...authHeaders(auth)];
  for (const [name, value] of sent) checkHeader(name, value);
  const prepared = await prepareBody(body);
  if (prepared?.contentType && !hasHeader(sent, 'content-type')) sent.push(['Content-Type', prepared.contentType]);
  return { path: asciiPath(withKey(path, auth)), headers: sent.map(([name, value]) => [name, wireText(value)]), body: prepared, secrets: secretsOf(sent, auth) };
}

export function hasHeader(headers: readonly (readonly [string, string])[], name: string): boolean {
  return headers.some(([each]) => each.toLowerCase() === name);
}

function checkHeader(name: string, value: string): void {
  if (!TOKEN.test(name)) throw new Failure('HEADER_INVALID', { name }, `${JSON.stringify(name)} is not a token (RFC 9110, 5.6.2)`);
  if (FORBIDDEN_IN_VALUE.test(value)) throw new Failure('HEADER_INVALID', { name }, `the value ${JSON.stringify(value)} has a control character (RFC 9110, 5.5)`);
}

function authHeaders(auth: HttpRequest['auth']): [string, string][] {
  switch (auth.kind) {
    case 'none': return [];
    // RFC 7617, 2: UTF-8 in base64.
    case 'basic': return [['Authorization', `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`]];
    case 'bearer': return [['Authorization', `Bearer ${auth.token}`]];
    case 'api-key': return auth.in === 'header' ? [[auth.name, auth.value]] : [];
  }
}

function withKey(path: string, auth: HttpRequest['auth']): string {
  if (auth.kind !== 'api-key' || auth.in !== 'query') return path;
  return `${path}${path.includes('?') ? '&' : '?'}${encodeURIComponent(auth.name)}=${encodeURIComponent(auth.value)}`;
}

/** Longest first, so that masking one leaves no piece of another. */
function secretsOf(headers: readonly [string, string][], auth: HttpRequest['auth']): string[] {
  const own = headers.filter(([name]) => isSecretHeader(name)).map(([, value]) => value);
  const given = auth.kind === 'basic' ? [auth.password] : auth.kind === 'bearer' ? [auth.token] : auth.kind === 'api-key' ? [auth.value, encodeURIComponent(auth.value)] : [];
  return [...new Set([...own, ...given])].filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length);
}

/** A letter beyond ASCII is sent as browsers do: percent-encoded UTF-8 (URL Standard). */
function asciiPath(path: string): string {
  return path.toWellFormed().replace(/[^\u0021-\u007e]+/g, encodeURIComponent);
}

/** A header goes out byte by byte; what is no ASCII goes as UTF-8, as curl does (RFC 9110, 5.5: obs-text). */
function wireText(value: string): string {
  return Buffer.from(value).toString('latin1');
}
