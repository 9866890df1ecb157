// `docker load`: the images of an archive come (back) into Docker (Engine API: POST /images/load).
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { Failure } from '../../../shared/contract/failures.ts';
import { dockerFailure } from './docker-failure.ts';
import { jsonLines } from './json-lines.ts';

/** Names that the archive gives are moved from what has them now. Throws DOCKER_ERROR with Docker's words, or as dockerFailure says. */
export async function loadArchive(docker: Dockerode, archive: Readable, signal: AbortSignal): Promise<void> {
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      docker.modem.dial(
        { path: '/images/load?quiet=1', method: 'POST', file: archive, isStream: true, abortSignal: signal, statusCodes: { 200: true } },
        (error, response) => error ? reject(error) : resolve(response as IncomingMessage),
      );
    });
    // A status of 200 only says that Docker began.
    for await (const line of jsonLines(answer) as AsyncGenerator<{ error?: string }>) {
      if (line.error !== undefined) throw new Failure('DOCKER_ERROR', { status: 200 }, line.error);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw dockerFailure(docker, error);
  } finally {
    archive.destroy();
  }
}
