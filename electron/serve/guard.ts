// Who may talk to the browser shell. It offers exec in pods, so any other page in the browser and any other program that merely
// reaches the port must be refused: OWASP's advice on DNS rebinding (check Host) and cross-site WebSocket hijacking (check Origin).
//
// A cookie is sent to every port of its host (RFC 6265, 8.5), so to the application behind a forward on 127.0.0.1 as well, and that
// one can forge Host and Origin. Only the path keeps a cookie at home: everything is served below a path that nobody can guess.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refusal {
  status: 400 | 401 | 403;
  words: string;
}

export interface Guard {
  /** The address with the token that a person opens. */
  url: string;
  /** `/<random>/`: the path below which everything is, and the only one to which the browser sends the cookie. */
  base: string;
  /** `Set-Cookie` for whoever presented the token. */
  cookie: string;
  /** Undefined when Host and, where it counts, Origin are this shell's own. */
  refusesPlace(request: IncomingMessage): Refusal | undefined;
  /** Undefined when the request is below the base and carries the cookie; one and the same refusal whichever of the two it lacks. */
  refusesPerson(request: IncomingMessage): Refusal | undefined;
  isToken(text: string): boolean;
}

/** @param port the port that is listened on; Host and Origin must name it, and so does the cookie. */
export function makeGuard(port: number): Guard {
  // Three secrets of their own, so that knowing one (the path is in the address bar and the history) gives neither of the others.
  const token = makeSecret();
  const place = makeSecret();
  const session = makeSecret();
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  const origins = new Set([...hosts].map((host) => `http://${host}`));
  const name = `podlab-${port}`;
  const base = `/${place.text}/`;

  return {
    url: `http://127.0.0.1:${port}/?token=${token.text}`,
    base,
    cookie: `${name}=${session.text}; Path=${base}; HttpOnly; SameSite=Strict`,
    isToken: token.is,
    refusesPlace({ headers, method }) {
      if (!hosts.has(headers.host?.toLowerCase() ?? '')) return { status: 403, words: 'Podlab answers on 127.0.0.1 and localhost only.' };
      const needsOrigin = headers.upgrade !== undefined || !(method === 'GET' || method === 'HEAD');
      if (needsOrigin && !origins.has(headers.origin ?? '')) return { status: 403, words: 'Podlab answers to its own pages only.' };
      return undefined;
    },
    refusesPerson({ headers, url = '' }) {
      const [start, segment = '', ...below] = pathOf(url).split('/');
      // Of the path as it was sent: `/x/../<random>/` is not below the base. `/<random>` alone is not either, the cookie does not reach it.
      const isBelow = place.is(segment) && start === '' && below.length > 0;
      const values = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
      const hasCookie = values.some(([key, value]) => key === name && value !== undefined && session.is(value));
      if (isBelow && hasCookie) return undefined;
      return { status: 401, words: 'Open the address that Podlab printed when it started: it carries a token.' };
    },
  };
}

/** The path of a request line before URL normalises `..` away, so that the checks see what was asked. */
export function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? '';
}

/** 256 random bits, and a comparison with them that takes the same time whatever it is given. */
function makeSecret(): { text: string; is(other: string): boolean } {
  const text = randomBytes(32).toString('base64url');
  const digest = digestOf(text);
  // Equal lengths by hashing first: timingSafeEqual wants them, and the length stays unknown.
  return { text, is: (other) => timingSafeEqual(digestOf(other), digest) };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
