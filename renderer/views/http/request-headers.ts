// The headers of a request as a person types them: one a line.

export type Headers = [name: string, value: string][];
export type ReadHeaders = { readonly ok: true; readonly headers: Headers } | { readonly ok: false; readonly line: number };

/** A field name is a token (RFC 9110, 5.1 and 5.6.2). */
const HEADER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;

/** Reads `Name: value` lines; empty lines are left out. Gives the number of the first line that is no header. */
export function readHeaders(text: string): ReadHeaders {
  const headers: Headers = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [, name, value] = HEADER.exec(line.trimStart()) ?? [];
    if (name === undefined || value === undefined) return { ok: false, line: at + 1 };
    headers.push([name, value]);
  }
  return { ok: true, headers };
}

/** What a body is sent as where no header says it: JSON if it is JSON, else text. */
export function contentTypeFor(body: string): 'application/json' | 'text/plain' {
  return isJson(body) ? 'application/json' : 'text/plain';
}

/** Adds a Content-Type to a request with a body that has none, as API servers refuse a body without one. */
export function withContentType(headers: Headers, body: string): Headers {
  if (body === '' || headers.some(([name]) => name.toLowerCase() === 'content-type')) return headers;
  return [...headers, ['Content-Type', contentTypeFor(body)]];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
