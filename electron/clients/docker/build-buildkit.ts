// BuildKit over the Engine API (`POST /build?version=2`), its files and credentials by a session of our own.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { basename } from 'node:path';
import type Dockerode from 'dockerode';
import { Failure } from '../../../shared/contract/failures.ts';
import { buildFailure } from './build-failure.ts';
import type { BuildRequest } from './build-request.ts';
import { openSession } from './buildkit-session.ts';
import { solveSteps } from './buildkit-steps.ts';
import { decodeTrace } from './buildkit-trace.ts';
import { callJson } from './client.ts';
import { dockerFailure, dockerText, statusOf, throwIfGone } from './docker-failure.ts';
import type { DockerSurroundings } from './endpoint.ts';
import { readIgnoreRules } from './ignore-rules.ts';
import { jsonLines } from './json-lines.ts';

/** What Docker is given to hear that a build is cancelled, before its connections are cut. */
const GRACE = 400;

/** One line of the answer (moby api/server/router/build; builder/builder-next). */
interface BuildKitLine {
  readonly id?: string;
  readonly aux?: unknown;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/** Gives the image's ID. Throws as buildFailure and dockerFailure say, what is wrong with the folder, or the signal's reason once Docker was told. */
export async function buildWithBuildKit(docker: Dockerode, request: BuildRequest, surroundings: DockerSurroundings): Promise<string> {
  const { folder, dockerfile, tag, signal, onLog } = request;
  await readIgnoreRules(folder, dockerfile, 'buildkit'); // what is wrong there is said with its line
  const steps = solveSteps(step => request.onStep?.(step), onLog);
  const failed = (cause: string) => buildFailure({ image: tag, dockerfile, step: steps.failed()?.step ?? '', cause });
  const buildId = randomUUID();
  // The request outlives the cancel by a moment, so that Docker is told in words first.
  const closing = new AbortController();
  let cancelling: Promise<void> | undefined;
  const cancel = () => {
    cancelling = callJson(docker, 'POST', '/build/cancel', { id: buildId }, AbortSignal.timeout(GRACE)).catch(() => {}).then(() => closing.abort(signal.reason));
  };
  signal.addEventListener('abort', cancel);
  try {
    signal.throwIfAborted();
    using session = await openSession(docker, { folder, dockerfile, surroundings, signal: closing.signal });
    try {
      const output = await startBuild(docker, request, { session: session.id, buildid: buildId }, closing.signal);
      let imageId: string | undefined;
      for await (const { id, aux, error, errorDetail } of jsonLines(output) as AsyncGenerator<BuildKitLine>) {
        if (error !== undefined || errorDetail !== undefined) throw failed(errorDetail?.message ?? error ?? '');
        if (id === 'moby.buildkit.trace' && typeof aux === 'string') steps.read(decodeTrace(aux));
        if (id === 'moby.image.id') imageId = (aux as { ID?: string } | undefined)?.ID;
      }
      signal.throwIfAborted();
      if (!imageId) throw failed('the builder ended without an image');
      return imageId;
    } catch (error) {
      throw session.failure() instanceof Failure && !signal.aborted ? session.failure() : error;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (statusOf(error) !== undefined) throw failed(dockerText(error));
    // A builder that lost its session, or an answer that broke off, may mean that Docker is no longer there.
    if (!(error instanceof Failure) || (error.code === 'BUILD_FAILED' && !steps.failed())) await throwIfGone(docker, error);
    throw dockerFailure(docker, error);
  } finally {
    signal.removeEventListener('abort', cancel);
    await cancelling;
    closing.abort();
  }
}

function startBuild(docker: Dockerode, request: BuildRequest, ids: { session: string; buildid: string }, signal: AbortSignal): Promise<IncomingMessage> {
  const { reference, dockerfile, target, buildArgs } = request;
  const query = {
    version: '2', remote: 'client-session', ...ids, t: reference, dockerfile: basename(dockerfile),
    ...(target && { target }), ...(buildArgs && { buildargs: JSON.stringify(buildArgs) }),
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      { path: '/build?', method: 'POST', options: { _query: query, _body: {} }, isStream: true, abortSignal: signal, statusCodes: { 200: true } },
      (error, response) => error ? reject(error) : resolve(response as IncomingMessage),
    );
  });
}
