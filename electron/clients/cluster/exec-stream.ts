// One program in a container whose output may be large and whose input may be, too: both wait for the slower side. Subprotocol v4 (Kubernetes before 1.30)
// has no end of input, so a program that takes input must know by itself when it has all.
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError, failureOf } from './api-error.ts';
import type { ClusterConnection } from './connection.ts';
import { endingOf, execFailure, exitOf, type ExecTarget } from './exec.ts';
import { openWebSocket, type ChannelSocket } from './websocket.ts';

export interface ExecStreamTarget extends Omit<ExecTarget, 'outputLimit'> {
  readonly takesInput?: boolean;
}

export interface ExecEnd {
  readonly exitCode: number;
  /** The beginning of what it wrote to stderr. */
  readonly stderr: string;
}

export interface ExecStream extends Disposable {
  /** What it writes to stdout, once. No more than about 1 MiB waits here: then the program waits. Ends with the program, and never fails: see `ended`. */
  readonly stdout: AsyncIterable<Buffer>;
  /** Sends bytes after those before; resolves when there is room for more. Bytes for a program that has ended go nowhere. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * How it ended; known only when `stdout` has been read. Rejects as `execInPod` does: with COMMAND_NOT_IN_IMAGE, POD_NOT_RUNNING and the like, with
   * CLUSTER_UNREACHABLE where the connection broke, or with the signal's reason.
   */
  readonly ended: Promise<ExecEnd>;
  /** Cuts the connection: the program loses its input and its output. */
  [Symbol.dispose](): void;
}

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const HIGH_WATER = 1024 * 1024;
const MESSAGE = 32 * 1024;
const MOST_STDERR = 64 * 1024;
/** As much of the first output as the runtime's complaint may be long. */
const MOST_COMPLAINT = 4 * 1024;

/** Starts it; resolves when the server has agreed, which is not yet that the program runs. */
export async function openExecStream(connection: ClusterConnection, target: ExecStreamTarget): Promise<ExecStream> {
  const { namespace, pod, container, command, signal, takesInput = false } = target;
  const socket = await openWebSocket(connection, {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`,
    query: [['container', container], ['stdin', String(takesInput)], ['stdout', 'true'], ['stderr', 'true'], ...command.map((part) => ['command', part] as const)],
    protocols: ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
    signal,
  }).catch((error: unknown) => { throw error instanceof ApiError ? asFailure(execFailure(target, error.message, error)) : error; });
  return streamOver(socket, connection, target);
}

function streamOver(socket: ChannelSocket, { context }: ClusterConnection, target: ExecStreamTarget): ExecStream {
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let isOpen = true;
  let isPaused = false;
  let wake = () => {};
  let first = '';
  let status = '';
  const stderr: Buffer[] = [];
  let stderrBytes = 0;
  const gone = Promise.withResolvers<void>();
  const { promise: ended, resolve, reject } = Promise.withResolvers<ExecEnd>();
  ended.catch(() => {}); // whoever waits for it hears it

  socket.start({
    message(channel, bytes) {
      if (channel === STATUS) status += bytes.toString('utf8');
      else if (channel === STDERR && stderrBytes < MOST_STDERR) {
        stderr.push(Buffer.from(bytes.subarray(0, MOST_STDERR - stderrBytes)));
        stderrBytes += bytes.length;
      } else if (channel === STDOUT && bytes.length > 0) {
        if (first.length < MOST_COMPLAINT) first += bytes.subarray(0, MOST_COMPLAINT).toString('latin1');
        waiting.push(bytes);
        waitingBytes += bytes.length;
        if (waitingBytes > HIGH_WATER && !isPaused) {
          isPaused = true;
          socket.pause();
        }
        wake();
      }
    },
    closed(error) {
      isOpen = false;
      gone.resolve();
      const said = Buffer.concat(stderr).toString('utf8');
      const ending = endingOf(status);
      if (target.signal?.aborted) reject(target.signal.reason);
      else if (!ending) reject(new Failure('CLUSTER_UNREACHABLE', { context: context.name, server: context.server }, error ?? 'the connection ended before the command did'));
      else {
        try {
          resolve({ exitCode: exitOf(target, ending, first || said), stderr: said });
        } catch (failure) {
          reject(asFailure(failure));
        }
      }
      wake();
    },
  });

  async function* output(): AsyncGenerator<Buffer, void, void> {
    for (;;) {
      const piece = waiting.shift();
      if (piece) {
        waitingBytes -= piece.length;
        if (isPaused && waitingBytes <= HIGH_WATER / 2) {
          isPaused = false;
          socket.resume();
        }
        yield piece;
      } else if (!isOpen) return;
      else await new Promise<void>((next) => (wake = next));
    }
  }

  return {
    stdout: output(),
    async write(bytes) {
      for (let from = 0; from < bytes.length && isOpen; from += MESSAGE) {
        const sent = new Promise<void>((done) => { socket.send(STDIN, bytes.subarray(from, from + MESSAGE), () => done()); });
        await Promise.race([sent, gone.promise]);
      }
    },
    ended,
    [Symbol.dispose]: () => socket.terminate(),
  };
}

/** What is thrown here is told in streams, which do not know the client's errors. */
function asFailure(error: unknown): unknown {
  return failureOf(error) ?? error;
}
