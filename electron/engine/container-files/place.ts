// Which file of which container is meant, and how a program is run there.
import { posix } from 'node:path';
import { Failure } from '../../../shared/contract/failures.ts';
import { execInPod, type ExecResult } from '../../clients/cluster/exec.ts';
import { openExecStream, type ExecStream } from '../../clients/cluster/exec-stream.ts';
import { kubectl } from '../activity/shell-line.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { livePod, type PodRef } from '../pods/pod-ref.ts';

export interface FileRef extends PodRef {
  readonly container: string;
  readonly path: string;
}

export interface Place {
  readonly session: ClusterSession;
  readonly ref: PodRef;
  readonly container: string;
  /** Absolute, without `.`, `..`, doubled slashes and a slash at its end. */
  readonly path: string;
  readonly folder: string;
  /** '' for the root. */
  readonly name: string;
}

/** @throws Failure REQUEST_INVALID for what no file can be called */
export function placeOf(session: ClusterSession, { container, path: asked, ...ref }: FileRef): Place {
  const path = cleanPath(asked);
  if (path === undefined) throw new Failure('REQUEST_INVALID', { field: 'path' }, 'the path has a NUL in it');
  return { session, ref, container, path, folder: posix.dirname(path), name: posix.basename(path) };
}

/** The path from the root on, without what is no name in it; undefined for one with a NUL. */
export function cleanPath(path: string): string | undefined {
  if (path.includes('\0')) return undefined;
  return posix.normalize(`/${path}`).replace(/^\/+|\/+$/g, '').replace(/^/, '/');
}

/** The pod is still the one that was meant. @throws Failure POD_GONE, POD_REPLACED */
export async function samePod({ session, ref }: Place, signal: AbortSignal): Promise<void> {
  await livePod(session, ref, signal);
}

/** The line of a program in the container. */
export function execLine({ ref, container }: Place, ...command: readonly string[]): string {
  return kubectl(ref, 'exec', ref.name, '-c', container, '--', ...command);
}

/**
 * Does it with the program, and else with that of an image in which busybox has no names for its programs.
 * @throws Failure CONTAINER_HAS_NO_TOOLS where the image has neither; what `use` throws
 */
export async function withProgram<Result>(place: Place, [program, ...rest]: readonly [string, ...string[]], use: (command: readonly string[]) => Promise<Result>): Promise<Result> {
  try {
    return await use([program, ...rest]);
  } catch (error) {
    if (!isNotThere(error)) throw error;
    return await use(['busybox', program, ...rest]).catch((second: unknown) => {
      throw isNotThere(second) ? new Failure('CONTAINER_HAS_NO_TOOLS', { container: place.container, tools: program }, error) : second;
    });
  }
}

const isNotThere = (error: unknown) => error instanceof Failure && error.code === 'COMMAND_NOT_IN_IMAGE';
export const hasNoTools = (error: unknown): error is Failure => error instanceof Failure && error.code === 'CONTAINER_HAS_NO_TOOLS';

/** A script with its arguments, so that nothing of a file's name is ever read by a shell. */
export function shellScript(script: string, ...words: readonly string[]): [string, ...string[]] {
  return ['sh', '-c', script, 'sh', ...words];
}

/** Runs it to its end; see `execInPod` and `withProgram`. */
export async function runIn(place: Place, command: readonly [string, ...string[]], signal: AbortSignal, outputLimit?: number): Promise<ExecResult> {
  const { session, ref: { namespace, name: pod }, container } = place;
  const client = await session.client();
  return withProgram(place, command, (words) => execInPod(client, { namespace, pod, container, command: words, signal, ...(outputLimit === undefined ? {} : { outputLimit }) }));
}

/** Starts it with its output as a stream, and its input where it takes some. */
export async function streamIn({ session, ref: { namespace, name: pod }, container }: Place, command: readonly string[], signal: AbortSignal, takesInput = false): Promise<ExecStream> {
  return openExecStream(await session.client(), { namespace, pod, container, command, signal, takesInput });
}
