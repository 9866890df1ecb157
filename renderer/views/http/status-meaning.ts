// What a status says to somebody who asks a pod or a Service: RFC 9110, 15, and RFC 6585 for 429.
import type { Message } from '../../../shared/contract/findings.ts';
import type { HttpVia } from '../../../shared/contract/http.ts';

/** Those with words of their own; all others are told by their class. */
const known = [200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 422, 429, 500, 501, 502, 503, 504];

/** With which the API server answers itself where it cannot ask in our place. */
const OF_THE_SERVER = [401, 403, 404, 502, 503, 504];

/** The sentences for a status, the first of which is what it means. */
export function statusMeaning(status: number, via: HttpVia): Message[] {
  const word = known.includes(status) ? String(status) : status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : 'other';
  const meaning: Message = { key: `http.status.${word}`, params: { status } };
  return via === 'api-server' && OF_THE_SERVER.includes(status) ? [meaning, { key: 'http.status.maybe-server', params: {} }] : [meaning];
}
