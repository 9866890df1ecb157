import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError, type Status } from './api-error.ts';
import type { ClusterConnection } from './connection.ts';
import { openWebSocket } from './websocket.ts';

export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Bytes kept of each of stdout and stderr; 1 MiB when absent. */
  readonly outputLimit?: number;
}

export interface ExecBytes {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exitCode: number;
  /** More was written than is kept. */
  readonly truncated: boolean;
}

export interface ExecResult extends Omit<ExecBytes, 'stdout'> {
  readonly stdout: string;
}

const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;

/**
 * Runs a command in a container, without a terminal and without input, and waits for its end. What exceeds the limit is read and dropped, so a command
 * that never ends is ended by the signal alone; then the process in the container may live on: the protocol cannot end it.
 * Fails as COMMAND_NOT_IN_IMAGE, CONTAINER_NOT_FOUND, POD_NOT_RUNNING, POD_GONE, or as `connection.request` does.
 */
export async function execInPod(connection: ClusterConnection, target: ExecTarget): Promise<ExecResult> {
  const result = await execForBytes(connection, target);
  return { ...result, stdout: textOf(result.stdout, result.truncated) };
}

/** The same for a command whose output need not be text. */
export async function execForBytes(connection: ClusterConnection, target: ExecTarget): Promise<ExecBytes> {
  const { namespace, pod, container, command, signal, outputLimit = 1024 * 1024 } = target;
  const socket = await openWebSocket(connection, {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`,
    query: [['container', container], ['stdout', 'true'], ['stderr', 'true'], ...command.map((part) => ['command', part] as const)],
    protocols: ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
    signal,
  }).catch((error: unknown) => { throw error instanceof ApiError ? execFailure(target, error.message, error) : error; });

  const outputs = [collect(outputLimit), collect(outputLimit)] as const;
  let ending = '';
  await new Promise<void>((resolve, reject) => socket.start({
    message(channel, bytes) {
      if (channel === STDOUT || channel === STDERR) outputs[channel - 1]!.add(bytes);
      else if (channel === ERROR) ending += bytes.toString('utf8');
    },
    closed(error) {
      if (signal?.aborted) reject(signal.reason);
      else if (endingOf(ending)) resolve();
      else reject(new Failure('CLUSTER_UNREACHABLE', { context: connection.context.name, server: connection.context.server }, error ?? 'the connection ended before the command did'));
    },
  }));

  const [stdout, written] = outputs.map((output) => output.end()) as [Buffer, Buffer];
  const truncated = outputs.some((output) => output.truncated);
  const stderr = textOf(written, truncated);
  const status = endingOf(ending)!;
  const exitCode = exitOf(target, status, stdout.toString() || stderr);
  return { stdout, stderr, exitCode, truncated };
}

/** The last message: a Status without its kind. */
export function endingOf(text: string): Status | undefined {
  try {
    const value = JSON.parse(text) as Status | null;
    return typeof value?.status === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The program's exit code. @throws why it was not run, as `execInPod` does
 * @param output the beginning of what it wrote: the runtime's complaint may be there
 */
export function exitOf(target: Pick<ExecTarget, 'pod' | 'container' | 'command'>, ending: Status, output: string): number {
  const exitCode = exitCodeOf(ending);
  const complaint = complaintOf(exitCode, output);
  if (exitCode !== undefined && complaint === undefined) return exitCode;
  const words = complaint ?? ending.message ?? '';
  throw execFailure(target, words, new ApiError(ending.code ?? 500, ending.reason ?? '', words, ending));
}

/** dockershim: Docker writes the runtime's complaint to the command's own output and exits with 126. */
function complaintOf(exitCode: number | undefined, output: string): string | undefined {
  return exitCode === 126 || exitCode === 127 ? /^OCI runtime exec failed: .*/.exec(output)?.[0] : undefined;
}

/** The exit code in the last message (k8s.io/apimachinery remotecommand: `NonZeroExitCode` with a cause `ExitCode`); undefined: the command was not run. */
function exitCodeOf(status: Status): number | undefined {
  if (status.status === 'Success') return 0;
  const code = status.reason === 'NonZeroExitCode' ? status.details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message : undefined;
  return code === undefined ? undefined : Number(code);
}

/** What the words mean with which a command was not run; the error itself where they say nothing that is known. */
export function execFailure({ pod, container, command }: Pick<ExecTarget, 'pod' | 'container' | 'command'>, words: string, error: ApiError): Failure | ApiError {
  if (/executable file not found|exec: .*no such file or directory|stat [^:]*: no such file or directory/i.test(words)) {
    return new Failure('COMMAND_NOT_IN_IMAGE', { command: command[0] ?? '', container }, error);
  }
  // The API server, about a name that the pod's spec does not have; the kubelet says "container not found" of one that has not started.
  if (/container \S+ is not valid for pod/i.test(words)) return new Failure('CONTAINER_NOT_FOUND', { pod, container }, error);
  if (error.status === 404 && /pods "[^"]*" not found|pod does not exist/i.test(words)) return new Failure('POD_GONE', { pod }, error);
  if (/container not found|not running|does not have a host assigned|is not created or running|no such container|completed pod/i.test(words)) return new Failure('POD_NOT_RUNNING', { pod }, error);
  return error;
}

/** @param isCut the last letter may lack some of its bytes: it is left out then */
function textOf(bytes: Buffer, isCut: boolean): string {
  return new TextDecoder().decode(bytes, { stream: isCut });
}

function collect(limit: number) {
  const kept: Buffer[] = [];
  let length = 0;
  const collector = {
    truncated: false,
    add(bytes: Buffer) {
      const room = limit - length;
      if (bytes.length > room) collector.truncated = true;
      const piece = Buffer.from(bytes.subarray(0, room)); // a copy: what the socket gave is a piece of a larger buffer
      if (piece.length > 0) kept.push(piece);
      length += piece.length;
    },
    end: () => Buffer.concat(kept),
  };
  return collector;
}
