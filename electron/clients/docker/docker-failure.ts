// What a failed call to Docker means. docker-modem throws the socket's error (with `code`) or its own (with `statusCode` and Docker's JSON).
import type Dockerode from 'dockerode';
import { Failure, causeText } from '../../../shared/contract/failures.ts';
import { endpointOf, ping } from './client.ts';

const UNREACHABLE = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ERR_STREAM_PREMATURE_CLOSE']);

const PING_TIMEOUT = 2_000;

const field = (error: unknown, name: string): unknown => error instanceof Error ? (error as unknown as Record<string, unknown>)[name] : undefined;

/** The socket is there, but this user may not open it. */
export const isPermission = (error: unknown): boolean => ['EACCES', 'EPERM'].includes(String(field(error, 'code')));

/** The HTTP status of Docker's answer, if Docker answered. */
export function statusOf(error: unknown): number | undefined {
  const status = field(error, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** Docker's own words: the `message` of its JSON, without docker-modem's frame around them. */
export function dockerText(error: unknown): string {
  const json = field(error, 'json') as { message?: unknown } | undefined;
  if (typeof json?.message === 'string') return json.message;
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/^\(HTTP code \d+\) .*? - /, '').trim() || error.name;
}

/**
 * The failure of a call on a client that worked before: DOCKER_ERROR with Docker's status and words, DOCKER_REFUSED, or DOCKER_STOPPED
 * when nobody listens any more. Whatever is none of these (an abort, a bug) comes back as it is.
 */
export function dockerFailure(docker: Dockerode, error: unknown): unknown {
  if (error instanceof Failure) return error;
  const status = statusOf(error);
  if (status !== undefined) return new Failure('DOCKER_ERROR', { status }, dockerText(error));
  if (isPermission(error)) return new Failure('DOCKER_REFUSED', { endpoint: endpointOf(docker) }, error);
  if (UNREACHABLE.has(String(field(error, 'code')))) return new Failure('DOCKER_STOPPED', { endpoint: endpointOf(docker) }, error);
  return error;
}

/** After something that failed: throws DOCKER_STOPPED or DOCKER_REFUSED, with what was seen of it, if Docker does not answer any more. */
export async function throwIfGone(docker: Dockerode, seen: unknown): Promise<void> {
  try {
    await ping(docker, AbortSignal.timeout(PING_TIMEOUT));
  } catch (error) {
    const code = isPermission(error) ? 'DOCKER_REFUSED' : 'DOCKER_STOPPED';
    throw new Failure(code, { endpoint: endpointOf(docker) }, causeText(seen) || error);
  }
}
