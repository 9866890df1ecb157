// What an answer that leads elsewhere asks to be asked next, as browsers read it (Fetch Standard, HTTP-redirect fetch; RFC 9110, 15.4).
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../../shared/contract/failures.ts';
import { urlOf, type Asked } from './hop.ts';

const LEADS_ELSEWHERE = new Set([301, 302, 303, 307, 308]);
/** Names of the same program: over a tunnel, and over a forward's port. */
const THIS_COMPUTER = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
const OF_A_BODY = /^(?:content-type|content-length|content-encoding|content-language|content-location|transfer-encoding)$/i;

/**
 * @param origin what the way puts before a path: where the program's own addresses begin
 * @returns undefined where the answer leads nowhere; REDIRECT_ELSEWHERE where it leads to another program, which is not asked
 */
export function nextAsked(asked: Asked, { statusCode = 0, headers: { location } }: Pick<IncomingMessage, 'statusCode' | 'headers'>, origin: string): Asked | Failure<'REDIRECT_ELSEWHERE'> | undefined {
  if (!LEADS_ELSEWHERE.has(statusCode) || location === undefined) return undefined;
  const base = new URL(origin);
  const url = URL.parse(location, urlOf(asked));
  const root = base.pathname.replace(/\/$/, '');
  if (!url || !isSame(url, base) || !url.pathname.startsWith(`${root}/`)) return new Failure('REDIRECT_ELSEWHERE', { url: url?.href ?? location }, `${statusCode}, Location: ${location}`);
  const next = { ...asked, path: `${url.pathname}${url.search}` };
  // 303 asks for something else; of 301 and 302 browsers have always made a GET where it was a POST.
  const becomesGet = statusCode === 303 ? !['GET', 'HEAD'].includes(asked.method) : statusCode < 303 && asked.method === 'POST';
  if (!becomesGet) return next;
  return { ...next, method: 'GET', headers: asked.headers.filter(([name]) => !OF_A_BODY.test(name)), body: undefined };
}

function isSame(url: URL, base: URL): boolean {
  if (url.protocol !== base.protocol || url.port !== base.port) return false;
  return url.hostname === base.hostname || (THIS_COMPUTER.test(url.hostname) && THIS_COMPUTER.test(base.hostname));
}
