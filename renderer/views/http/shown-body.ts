// How the body of an answer can be shown: laid out, as it came, or as the page or picture that it is.
import type { HttpResponse } from '../../../shared/contract/http.ts';
import { laidOutJson } from './json-layout.ts';

export type Preview = 'page' | 'picture';
export type BodyView = 'pretty' | 'raw' | 'preview';

type WithBody = Pick<HttpResponse, 'headers' | 'body' | 'bodyEncoding' | 'truncated' | 'incomplete'>;

/** The media type without its parameters, in lower case; '' where the answer names none. RFC 9110, 8.3.1. */
export function mediaType({ headers }: Pick<HttpResponse, 'headers'>): string {
  const value = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return value.replace(/;.*$/s, '').trim().toLowerCase();
}

/** The body with JSON laid out in lines; undefined where it is not JSON, did not come whole, or would look the same. */
export function prettyBody({ body, bodyEncoding, truncated, incomplete, ...response }: WithBody): string | undefined {
  const isJson = /[/+]json$/.test(mediaType(response)) || /^\s*[[{]/.test(body);
  if (bodyEncoding !== 'text' || truncated || incomplete || !isJson) return undefined;
  const pretty = laidOutJson(body);
  return pretty === body ? undefined : pretty;
}

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp', 'image/x-icon', 'image/vnd.microsoft.icon'];

/** What the body can be looked at as. */
export function previewOf(response: WithBody): Preview | undefined {
  if (response.body === '') return undefined;
  const type = mediaType(response);
  if (response.bodyEncoding === 'text') return ['text/html', 'application/xhtml+xml', 'image/svg+xml'].includes(type) ? 'page' : undefined;
  return PICTURES.includes(type) ? 'picture' : undefined;
}

/** The bytes that are shown: of base64 those it stands for. */
export function bodyBytes({ body, bodyEncoding }: Pick<HttpResponse, 'body' | 'bodyEncoding'>): Uint8Array<ArrayBuffer> {
  return bodyEncoding === 'text' ? new TextEncoder().encode(body) : Uint8Array.from(atob(body), (letter) => letter.codePointAt(0) ?? 0);
}

/**
 * A page of somebody else's, to be shown in a sandboxed frame. The policy stands before all of it: nothing is run, and nothing is fetched. A frame
 * without an address of its own keeps the policy of the page around it as well (HTML, 7.5.2), which allows no styles of the page's own. A link would
 * open a window, which the sandbox does not allow: it leads nowhere.
 */
export function pageDocument(body: string): string {
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><base target="_blank">${body}`;
}

/** `200 OK`; servers of HTTP/2 and some others give no text. */
export function statusLine({ status, statusText }: Pick<HttpResponse, 'status' | 'statusText'>): string {
  return statusText === '' ? String(status) : `${status} ${statusText}`;
}

/** Green for 2xx, neutral for 1xx and 3xx, amber for 4xx (asked wrongly), red for 5xx (the program failed). RFC 9110, 15. */
export function statusTone(status: number): 'ok' | 'busy' | 'warn' | 'bad' {
  if (status >= 500) return 'bad';
  if (status >= 400) return 'warn';
  return status >= 200 && status < 300 ? 'ok' : 'busy';
}

const ENDINGS: Readonly<Record<string, string>> = {
  'application/json': 'json', 'text/html': 'html', 'text/plain': 'txt', 'text/css': 'css', 'text/csv': 'csv', 'text/javascript': 'js', 'application/xml': 'xml', 'text/xml': 'xml',
  'application/yaml': 'yaml', 'application/pdf': 'pdf', 'application/zip': 'zip', 'image/png': 'png', 'image/jpeg': 'jpg', 'image/gif': 'gif', 'image/webp': 'webp',
  'image/svg+xml': 'svg',
};

/** A name for the file that the body is saved as: the last part of the path, with an ending that fits. */
export function fileNameFor({ url, bodyEncoding, ...response }: Pick<HttpResponse, 'url' | 'headers' | 'bodyEncoding'>): string {
  const last = (/^[^?#]*/.exec(url)?.[0] ?? '').replace(/^[a-z]+:\/\/[^/]*/i, '').split('/').at(-1) ?? '';
  const name = last.replaceAll(/[^\w.-]+/g, '_').replace(/^\.+/, '').slice(0, 80) || 'response';
  const ending = ENDINGS[mediaType(response)] ?? (bodyEncoding === 'text' ? 'txt' : 'bin');
  return /\.\w{1,5}$/.test(name) ? name : `${name}.${ending}`;
}
