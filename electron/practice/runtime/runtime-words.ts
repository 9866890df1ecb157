// What the runtimes say when something cannot be started: learners read it in events, so it is theirs to the letter (diagnosis 10).
import { randomBytes } from 'node:crypto';
import type { ProgramMissing } from './machine.ts';
import type { Runtime, RuntimeContainer } from './runtime.ts';

type Kind = Runtime['kind'];
type Missing = ProgramMissing['reason'];

export interface StartFailure {
  readonly exitCode: number;
  readonly reason: string;
  /** The container's own: what a terminated status shows. */
  readonly message: string;
  /** What the runtime answers the kubelet with. */
  readonly rejection: string;
}

/** runc's word on a program that is not there. */
function runcWords(name: string, missing: Missing): string {
  const exec = `exec: ${JSON.stringify(name)}`;
  switch (missing) {
    case 'not-in-path':
      return `${exec}: executable file not found in $PATH`;
    case 'no-such-file':
      return `${exec}: stat ${name}: no such file or directory`;
    case 'permission-denied':
      return `${exec}: permission denied`;
    case 'working-directory':
      return `error during container init: mkdir ${name}: not a directory`;
    case 'not-of-the-practice':
      return `${exec}: the practice cluster runs only the programs of its own images, and this image is not one of them`;
  }
}

const major = (version: string): number => Number(/\d+/.exec(version)?.[0] ?? 0);

/** Docker gives 127 for what it did not find and 126 for what it may not run; containerd always 128 (its StartError). */
export function startFailure(kind: Kind, version: string, id: string, name: string, missing: Missing): StartFailure {
  const runc = `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${runcWords(name, missing)}: unknown`;
  if (kind === 'containerd') {
    const message = `failed to create containerd task: ${runc}`;
    return { exitCode: 128, reason: 'StartError', message, rejection: message };
  }
  // Docker 23 names the step of its own too.
  const message = major(version) >= 23 ? `failed to create task for container: ${runc}` : runc;
  const exitCode = missing === 'not-in-path' || missing === 'no-such-file' ? 127 : missing === 'permission-denied' ? 126 : 128;
  return {
    exitCode,
    reason: 'ContainerCannotRun',
    message,
    rejection: `failed to start container ${JSON.stringify(id)}: Error response from daemon: ${message}`,
  };
}

/** What an exec says of a program that cannot be started. With Docker it comes in the output, and the exit code is 126. */
export const execWords = (name: string, missing: Missing): string =>
  `OCI runtime exec failed: exec failed: unable to start container process: ${runcWords(name, missing)}: unknown`;

/** containerd refuses such an exec. */
export const containerdExecError = (name: string, missing: Missing): Error =>
  new Error(`failed to exec in container: failed to start exec ${JSON.stringify(randomBytes(32).toString('hex'))}: ${execWords(name, missing)}`);

/** An exec in a container that does not run. */
export function notRunning(kind: Kind, id: string, state: RuntimeContainer['state']): Error {
  if (kind === 'docker') return new Error(`Error response from daemon: Container ${id} is not running`);
  return new Error(`container is in CONTAINER_${state === 'created' ? 'CREATED' : 'EXITED'} state`);
}

/** Neither image nor pod say what to run (CreateContainerError). */
export function noCommand(kind: Kind, version: string, id: string): Error {
  if (kind === 'containerd') return new Error(`failed to generate container ${JSON.stringify(id)} spec: failed to generate spec: no command specified`);
  return new Error(`Error response from daemon: ${major(version) >= 23 ? 'no' : 'No'} command specified`);
}

/** The image is gone between the kubelet's look at it and the container's creation. */
export function noImage(kind: Kind, id: string): Error {
  if (kind === 'docker') return new Error(`Error response from daemon: No such image: ${id}`);
  return new Error(`failed to get image from containerd ${JSON.stringify(id)}: image ${JSON.stringify(id)}: not found`);
}
