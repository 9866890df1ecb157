// Who may talk to the browser shell. It offers exec in pods, so any other page in the browser and any other program that merely
// reaches the port must be refused: OWASP's advice on DNS rebinding (check Host) and cross-site WebSocket hijacking (check Origin).
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refusal {
  status: 400 | 401 | 403;
  words: string;
}

export interface Guard {
  /** The address with the token that a person opens. */
  url: string;
  /** `Set-Cookie` for whoever presented the token. */
  cookie: string;
  /** Undefined when Host and, where it counts, Origin are this shell's own. */
  refusesPlace(request: IncomingMessage): Refusal | undefined;
  /** Undefined when the request carries the cookie. */
  refusesPerson(request: IncomingMessage): Refusal | undefined;
  isToken(text: string): boolean;
}

/** @param port the port that is listened on; Host and Origin must name it, and the cookie's name does, since cookies ignore ports. */
export function makeGuard(port: number): Guard {
  const token = randomBytes(32).toString('base64url');
  const digest = digestOf(token);
  // Equal lengths by hashing first: timingSafeEqual wants them, and the length stays unknown.
  const isToken = (text: string) => timingSafeEqual(digestOf(text), digest);
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  const origins = new Set([...hosts].map((host) => `http://${host}`));
  const name = `podlab-${port}`;

  return {
    url: `http://127.0.0.1:${port}/?token=${token}`,
    cookie: `${name}=${token}; HttpOnly; SameSite=Strict; Path=/`,
    isToken,
    refusesPlace({ headers, method }) {
      if (!hosts.has(headers.host?.toLowerCase() ?? '')) return { status: 403, words: 'Podlab answers on 127.0.0.1 and localhost only.' };
      const needsOrigin = headers.upgrade !== undefined || !(method === 'GET' || method === 'HEAD');
      if (needsOrigin && !origins.has(headers.origin ?? '')) return { status: 403, words: 'Podlab answers to its own pages only.' };
      return undefined;
    },
    refusesPerson({ headers }) {
      const values = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
      if (values.some(([key, value]) => key === name && value !== undefined && isToken(value))) return undefined;
      return { status: 401, words: 'Open the address that Podlab printed when it started: it carries a token.' };
    },
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
