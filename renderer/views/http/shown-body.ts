// How the body of an answer is shown.
import type { HttpResponse } from '../../../shared/contract/http.ts';

/** The body with JSON laid out in lines; undefined where it is not JSON, was cut, or would look the same. */
export function formattedBody({ body, bodyEncoding, truncated }: HttpResponse): string | undefined {
  if (bodyEncoding !== 'text' || truncated || !/^\s*[[{]/.test(body)) return undefined;
  try {
    const formatted = JSON.stringify(JSON.parse(body), null, 2);
    // Numbers that JavaScript cannot hold would be shown changed: then only the raw text is true.
    return formatted === body || !sameNumbers(body, formatted) ? undefined : formatted;
  } catch {
    return undefined;
  }
}

/** `200 OK`; servers of HTTP/2 and some others give no text. */
export function statusLine({ status, statusText }: HttpResponse): string {
  return statusText === '' ? String(status) : `${status} ${statusText}`;
}

/** Green for 2xx, neutral for 1xx and 3xx, amber for 4xx (asked wrongly), red for 5xx (the program failed). RFC 9110, 15. */
export function statusTone({ status }: HttpResponse): 'ok' | 'busy' | 'warn' | 'bad' {
  if (status >= 500) return 'bad';
  if (status >= 400) return 'warn';
  return status >= 200 && status < 300 ? 'ok' : 'busy';
}

const LONG_NUMBER = /-?\d[\d.eE+-]{15,}/g;

function sameNumbers(before: string, after: string): boolean {
  return (before.match(LONG_NUMBER) ?? []).join() === (after.match(LONG_NUMBER) ?? []).join();
}
