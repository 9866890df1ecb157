// `docker save`: an image as a tar stream (Engine API: GET /images/{name}/get).
import type Dockerode from 'dockerode';
import { Transform, pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { Failure } from '../../../shared/contract/failures.ts';
import { getStream } from './client.ts';
import { dockerFailure, dockerText, statusOf } from './docker-failure.ts';
import { dockerName } from './images.ts';

export interface SaveOptions {
  readonly signal: AbortSignal;
  /** One platform of several; Docker knows it from API 1.48, older ones keep one platform only and do not look at it. */
  readonly platform?: { readonly os: string; readonly architecture: string };
  /** All bytes so far, at each chunk. */
  onBytes?(total: number): void;
}

/**
 * The image's archive. Aborting, or destroying the stream, ends the request. Throws IMAGE_NAME_INVALID, IMAGE_NOT_IN_DOCKER, or as
 * dockerFailure says; what fails later is the stream's error.
 */
export async function saveImage(docker: Dockerode, reference: string, { signal, platform, onBytes }: SaveOptions): Promise<Readable> {
  const name = dockerName(reference);
  try {
    const archive = await getStream(docker, `/images/${name}/get`, { ...(platform && { platform }) }, signal);
    let total = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        total += chunk.length;
        onBytes?.(total);
        done(null, chunk);
      },
    });
    // The reader of `counted` gets every error; nobody else waits for this one.
    pipeline(archive, counted, () => {});
    return counted;
  } catch (error) {
    signal.throwIfAborted();
    if (statusOf(error) === 404) throw new Failure('IMAGE_NOT_IN_DOCKER', { image: reference }, dockerText(error));
    throw dockerFailure(docker, error);
  }
}
