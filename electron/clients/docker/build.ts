// `docker build -t TAG FOLDER` over the Engine API, with the classic builder.
// Order of choice once there is more than one way: `docker buildx build --progress=rawjson` where CLI and buildx exist (all of BuildKit,
// credential helpers); else BuildKit over the API, which needs a session of our own (dockerode's dies after ten seconds:
// https://github.com/apocas/dockerode/issues/845); else this, which every Docker and Podman has. Only this is here so far: it does not know `RUN --mount`.
import type Dockerode from 'dockerode';
import type { Readable } from 'node:stream';
import { Failure } from '../../../shared/contract/failures.ts';
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import { findDockerfile, packContext } from './build-context.ts';
import { dockerFailure, dockerText, statusOf } from './docker-failure.ts';
import { inspectImage } from './images.ts';
import { jsonLines } from './json-lines.ts';

export interface BuildStep {
  readonly number: number;
  readonly of: number;
  /** As the Dockerfile says it. */
  readonly instruction: string;
}

export interface BuildOptions {
  readonly folder: string;
  readonly tag: string;
  readonly signal: AbortSignal;
  /** The builder's output as it comes, line ends included. */
  onLog(text: string): void;
  onStep?(step: BuildStep): void;
}

export interface BuiltImage {
  /** sha256:... */
  readonly imageId: string;
  /** The image's full name. */
  readonly reference: string;
  /** The line that does the same. */
  readonly command: string;
}

/** One line of the builder's answer (moby pkg/jsonmessage/jsonmessage.go). */
interface BuildLine {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly aux?: { readonly ID?: string };
}

/**
 * Builds and names an image. Throws IMAGE_NAME_INVALID, FOLDER_UNREADABLE, FILE_UNREADABLE, DOCKERFILE_MISSING before anything is sent;
 * BUILD_FAILED with the step that failed and the builder's words; the signal's reason when cancelled (both streams are closed, Docker
 * stops the step and removes its container); else as dockerFailure says.
 */
export async function buildImage(docker: Dockerode, { folder, tag, signal, onLog, onStep }: BuildOptions): Promise<BuiltImage> {
  const name = parseImageReference(tag);
  const reason = !name.ok ? name.reason : name.digest === undefined ? undefined : 'digest'; // a digest is what a build gives, not what it is given
  if (!name.ok || reason) throw new Failure('IMAGE_NAME_INVALID', { image: tag, reason: reason! }, `${tag}: ${reason}`);
  const dockerfile = await findDockerfile(folder);
  signal.throwIfAborted();

  const context = packContext(folder, dockerfile);
  let step = '';
  let contextError: unknown;
  context.on('error', error => { contextError = error; });
  const failed = (cause: unknown) => new Failure('BUILD_FAILED', { image: tag, step }, cause);
  try {
    const output = await docker.buildImage(context, {
      t: name.normalized, dockerfile, rm: true, forcerm: true, version: '1', abortSignal: signal,
    }) as Readable;
    let imageId: string | undefined;
    for await (const line of jsonLines(output) as AsyncGenerator<BuildLine>) {
      if (line.error !== undefined || line.errorDetail !== undefined) throw failed(line.errorDetail?.message ?? line.error);
      if (line.aux?.ID) imageId = line.aux.ID;
      const begins = /^Step (\d+)\/(\d+) : (.*)/s.exec(line.stream ?? '');
      if (begins) {
        step = begins[3]!.trim();
        onStep?.({ number: Number(begins[1]), of: Number(begins[2]), instruction: step });
      }
      const text = line.stream ?? statusText(line);
      if (text) onLog(text);
    }
    signal.throwIfAborted();
    if (!imageId) throw failed('the builder ended without an image');
    const { id } = await inspectImage(docker, name.normalized, signal);
    // Another build may have taken the name meanwhile.
    if (id !== imageId) throw failed(`${tag} is ${id}, not the ${imageId} that was built`);
    return { imageId, reference: name.normalized, command: `docker build -t ${familiarName(name)} ${quoted(folder)}` };
  } catch (error) {
    signal.throwIfAborted();
    if (contextError instanceof Failure) throw contextError;
    // 400: a Dockerfile that cannot be read; 500: one that names what does not exist.
    if (statusOf(error) !== undefined) throw failed(dockerText(error));
    throw dockerFailure(docker, error);
  } finally {
    context.destroy();
  }
}

/** Progress of a pull, without the lines that only move its bar. */
function statusText({ status, id, progressDetail }: BuildLine): string {
  return status === undefined || progressDetail?.current !== undefined ? '' : `${id ? `${id}: ` : ''}${status}\n`;
}

/** For a shell: as it is where nothing in it is special. */
const quoted = (text: string): string => /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
