// The classic builder, over the Engine API: every Docker and Podman has it. It does not know `RUN --mount`.
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import type { BuildStep } from '../../../shared/contract/build-step.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { packContext } from './build-context.ts';
import { buildFailure } from './build-failure.ts';
import type { BuildRequest } from './build-request.ts';
import { dockerFailure, dockerText, statusOf } from './docker-failure.ts';
import type { DockerSurroundings } from './endpoint.ts';
import { jsonLines } from './json-lines.ts';
import { allCredentials } from './registry-credentials.ts';
import type { RegistryCredentials } from './registry-credentials.ts';

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

/** Gives the image's ID. Throws as buildFailure and dockerFailure say, or the signal's reason (Docker then stops the step and removes its container). */
export async function buildClassic(docker: Dockerode, request: BuildRequest, surroundings: DockerSurroundings): Promise<string> {
  const { folder, dockerfile, tag, reference, target, buildArgs, signal, onLog } = request;
  const context = packContext({ folder, dockerfile, builder: 'classic', signal });
  let contextError: unknown;
  context.on('error', error => { contextError = error; });
  const steps = classicSteps(step => request.onStep?.(step));
  const failed = (cause: string) => {
    steps.end('failed');
    return buildFailure({ image: tag, dockerfile, step: steps.current(), cause });
  };
  try {
    const output = await docker.buildImage(context, {
      t: reference, dockerfile, rm: true, forcerm: true, version: '1', abortSignal: signal,
      registryconfig: registryConfig(await allCredentials(surroundings, signal)),
      ...(target && { target }), ...(buildArgs && { buildargs: { ...buildArgs } }),
    }) as Readable;
    let imageId: string | undefined;
    for await (const line of jsonLines(output) as AsyncGenerator<BuildLine>) {
      if (line.error !== undefined || line.errorDetail !== undefined) throw failed(line.errorDetail?.message ?? line.error ?? '');
      if (line.aux?.ID) imageId = line.aux.ID;
      const text = line.stream ?? statusText(line);
      steps.read(text);
      if (text) onLog(text);
    }
    signal.throwIfAborted();
    if (!imageId) throw failed('the builder ended without an image');
    steps.end('done');
    return imageId;
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

/** Engine API, ImageBuild: X-Registry-Config. */
function registryConfig(all: Readonly<Record<string, RegistryCredentials>>): Dockerode.RegistryConfig {
  return Object.fromEntries(Object.entries(all).map(([server, { username, secret }]) =>
    [server, username ? { username, password: secret } : { username, password: '', identitytoken: secret }]));
}

/** Progress of a pull, without the lines that only move its bar. */
function statusText({ status, id, progressDetail }: BuildLine): string {
  return status === undefined || progressDetail?.current !== undefined ? '' : `${id ? `${id}: ` : ''}${status}\n`;
}

/** Follows "Step 2/5 : RUN make" and " ---> Using cache" (moby builder/dockerfile/evaluator.go, dispatchers.go). */
function classicSteps(tell: (step: BuildStep) => void) {
  let step: { readonly id: string; readonly instruction: string; readonly began: number } | undefined;
  let cached = false;
  function end(state: 'done' | 'failed'): void {
    if (step) tell({ id: step.id, instruction: step.instruction, state: state === 'done' && cached ? 'cached' : state, milliseconds: Math.round(performance.now() - step.began) });
  }
  return {
    read(text: string): void {
      if (text === ' ---> Using cache\n') cached = true;
      const [, number, instruction] = /^Step (\d+)\/\d+ : (.*)/s.exec(text) ?? [];
      if (number === undefined) return;
      end('done');
      cached = false;
      step = { id: number, instruction: instruction!.trim(), began: performance.now() };
      tell({ id: step.id, instruction: step.instruction, state: 'running' });
    },
    end,
    /** The instruction that runs, '' before the first one. */
    current: () => step?.instruction ?? '',
  };
}
