// What is typed or pasted as the path: a path with its query, or a whole address, of which only that part is taken.
import type { Message } from '../../../shared/contract/findings.ts';

export type ReadPath =
  | {
      readonly ok: true;
      /** As it is sent: begins with /, without a fragment, all ASCII. */
      readonly path: string;
      /** Of a whole address: its scheme, and the host that the chosen target takes the place of. */
      readonly scheme?: 'http' | 'https';
      readonly host?: string;
    }
  | { readonly ok: false; readonly problem: Message };

/** RFC 3986, 3.1. */
const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is;
/** What people paste without its scheme. */
const BARE_HOST = /^((?:localhost|\d{1,3}(?:\.\d{1,3}){3}):\d{1,5})(?=[/?#]|$)(.*)$/is;

/** Reads a path, or takes it out of a whole address. A blank within is refused: it would end the request line (RFC 9112, 3). */
export function readPath(text: string): ReadPath {
  const trimmed = text.trim();
  if (/[\s\p{Cc}]/u.test(trimmed)) return { ok: false, problem: { key: 'http.path.blank', params: {} } };
  const [, scheme, host = '', rest = ''] = ADDRESS.exec(trimmed) ?? [];
  if (scheme !== undefined) {
    const known = scheme.toLowerCase();
    if (known !== 'http' && known !== 'https') return { ok: false, problem: { key: 'http.path.scheme', params: { scheme } } };
    // Who is before the @ is no part of the host (RFC 3986, 3.2), and may be a password.
    return { ok: true, path: pathOnly(rest), scheme: known, host: host.replace(/^.*@/, '') };
  }
  const [, bare, after = ''] = BARE_HOST.exec(trimmed) ?? [];
  return bare === undefined ? { ok: true, path: pathOnly(trimmed) } : { ok: true, path: pathOnly(after), scheme: 'http', host: bare };
}

/** A fragment stays with who asks (RFC 9110, 4.2.5); what is not ASCII goes as the percent-encoded UTF-8 that a browser sends. */
function pathOnly(text: string): string {
  const path = text.replace(/#.*$/s, '');
  return (path.startsWith('/') ? path : `/${path}`).toWellFormed().replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent);
}
