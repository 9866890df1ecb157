// A request as it may lie on a disk: whoever reads the disk, or a copy of it, is not to find a password there. A variable is none: it only names one.
import type { HttpRequest } from '../../../shared/contract/http.ts';
import { VARIABLE } from '../../../shared/http/variables.ts';
import { isSecretHeader } from './request-parts.ts';

/** The request with '' in the place of each secret that was typed in full, and whether there was any. */
export function withoutSecrets(request: HttpRequest): { readonly request: HttpRequest; readonly hadSecrets: boolean } {
  let hadSecrets = false;
  const cleared = (value: string, isSafe = isVariable(value)) => {
    hadSecrets ||= !isSafe;
    return isSafe ? value : '';
  };
  const keyName = request.auth.kind === 'api-key' ? request.auth.name.toLowerCase() : undefined;
  const headers = request.headers.map(([name, value]): [string, string] => {
    if (/^cookie$/i.test(name)) return [name, cleared(value, value.split(';').every(isSafeCookie))];
    return isSecretHeader(name) || name.toLowerCase() === keyName ? [name, cleared(value, isVariable(value.replace(SCHEME, '')))] : [name, value];
  });
  return { request: { ...request, headers, auth: clearedAuth(request.auth, cleared) }, hadSecrets };
}

/** What stands before the credentials (RFC 9110, 11.4). */
const SCHEME = /^(?:basic|bearer|token|apikey)\s+/i;

function isVariable(text: string): boolean {
  return text.replaceAll(VARIABLE, '').trim() === '';
}

/** `name=value` (RFC 6265, 4.2.1). */
function isSafeCookie(pair: string): boolean {
  return isVariable(pair.replace(/^[^={}]*=/, ''));
}

function clearedAuth(auth: HttpRequest['auth'], cleared: (value: string) => string): HttpRequest['auth'] {
  switch (auth.kind) {
    case 'none': return auth;
    case 'basic': return { ...auth, password: cleared(auth.password) };
    case 'bearer': return { ...auth, token: cleared(auth.token) };
    case 'api-key': return { ...auth, value: cleared(auth.value) };
  }
}
