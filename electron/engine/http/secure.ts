// TLS over any stream, and the certificate that the other side shows.
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { isIP } from 'node:net';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { HttpResponse } from '../../../shared/contract/http.ts';
import { Failure } from '../../../shared/contract/failures.ts';

export type Certificate = NonNullable<HttpResponse['certificate']>;

export interface Secured {
  readonly socket: TLSSocket;
  readonly certificate: Certificate;
}

/**
 * The certificate is looked at in any case; whether it has to be one that somebody known vouches for is `verify`.
 * @param host the name that the certificate should be made for
 * @throws Failure CERTIFICATE_REFUSED, TLS_FAILED; else what broke the stream
 */
export async function secure(stream: Duplex, host: string, verify: boolean, signal: AbortSignal): Promise<Secured> {
  // RFC 6066, 3: an address is no server name.
  const socket = connect({ socket: stream, host, ...(isIP(host) ? {} : { servername: host }), rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
  try {
    // What breaks the stream below is said by the stream.
    await Promise.race([once(socket, 'secureConnect', { signal }), brokenBelow(stream, signal)]);
  } catch (error) {
    socket.on('error', () => {}).destroy();
    stream.destroy();
    if (signal.aborted || error instanceof Failure) throw error;
    throw new Failure('TLS_FAILED', { host }, error);
  }
  const problem = socket.authorized ? '' : wordOf(socket.authorizationError);
  const certificate = certificateOf(socket.getPeerCertificate(), problem);
  if (verify && problem !== '') {
    socket.on('error', () => {}).destroy();
    stream.destroy();
    throw new Failure('CERTIFICATE_REFUSED', { host, problem }, `${problem}: ${certificate.subject}, issued by ${certificate.issuer}, valid from ${certificate.validFrom} to ${certificate.validTo}`);
  }
  return { socket, certificate };
}

async function brokenBelow(stream: Duplex, signal: AbortSignal): Promise<never> {
  const [error] = (await once(stream, 'error', { signal })) as [Error];
  throw error;
}

/** Typed as an Error, and in fact OpenSSL's word or the code of one. */
function wordOf(problem: unknown): string {
  return typeof problem === 'string' ? problem : ((problem as NodeJS.ErrnoException | null)?.code ?? String(problem));
}

function certificateOf(shown: PeerCertificate, problem: string): Certificate {
  return {
    subject: nameOf(shown.subject),
    issuer: nameOf(shown.issuer),
    names: (shown.subjectaltname ?? '').split(', ').filter(Boolean),
    validFrom: dateOf(shown.valid_from),
    validTo: dateOf(shown.valid_to),
    fingerprint: shown.fingerprint256,
    problem,
  };
}

function nameOf(name: PeerCertificate['subject'] | undefined): string {
  return Object.entries(name ?? {}).map(([key, value]) => `${key}=${[value].flat().join('+')}`).join(', ');
}

/** OpenSSL prints `Nov 26 12:00:00 2026 GMT`. */
function dateOf(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}
