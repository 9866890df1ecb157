// One program in a container whose output may be large and whose input may be, too: both wait for the slower side. Subprotocol v4 (Kubernetes before 1.30)
// has no end of input, so a program that takes input must know by itself when it has all.
import { Failure } from '../../../shared/contract/failures.ts';
import { failureOf } from './api-error.ts';
import type { ClusterConnection } from './connection.ts';
import type { ExecTarget } from './exec.ts';
import { openTerminalStream, type TerminalStream } from './terminal-stream.ts';

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

const HIGH_WATER = 1024 * 1024;
const MOST_STDERR = 64 * 1024;

/** Starts it; resolves when the server has agreed, which is not yet that the program runs. */
export async function openExecStream(connection: ClusterConnection, { takesInput = false, ...target }: ExecStreamTarget): Promise<ExecStream> {
  const program = await openTerminalStream(connection, { ...target, hasTerminal: false, takesInput }).catch((error: unknown) => { throw asFailure(error); });
  const { output, stderr } = outputsOf(program);
  const ended = program.ended.then(
    (exitCode = 0) => ({ exitCode, stderr: stderr() }),
    (error: unknown) => { throw target.signal?.aborted ? target.signal.reason : lostWith(connection, error); },
  );
  ended.catch(() => {}); // whoever waits for it hears it
  return { stdout: output(), write: (bytes) => program.write(bytes), ended, [Symbol.dispose]: () => program.terminate() };
}

function outputsOf(program: TerminalStream) {
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let isOpen = true;
  let isPaused = false;
  let wake = () => {};
  const stderr: Buffer[] = [];
  let stderrBytes = 0;
  program.start((bytes, isStderr) => {
    if (isStderr) {
      if (stderrBytes < MOST_STDERR) stderr.push(Buffer.from(bytes.subarray(0, MOST_STDERR - stderrBytes)));
      stderrBytes += bytes.length;
      return;
    }
    waiting.push(bytes);
    waitingBytes += bytes.length;
    if (waitingBytes > HIGH_WATER && !isPaused) {
      isPaused = true;
      program.pause();
    }
    wake();
  });
  const close = () => {
    isOpen = false;
    wake();
  };
  program.ended.then(close, close);

  async function* output(): AsyncGenerator<Buffer, void, void> {
    for (;;) {
      const piece = waiting.shift();
      if (piece) {
        waitingBytes -= piece.length;
        if (isPaused && waitingBytes <= HIGH_WATER / 2) {
          isPaused = false;
          program.resume();
        }
        yield piece;
      } else if (!isOpen) return;
      else await new Promise<void>((next) => (wake = next));
    }
  }
  return { output, stderr: () => Buffer.concat(stderr).toString('utf8') };
}

/** A broken connection is no lost terminal here. */
function lostWith({ context }: ClusterConnection, error: unknown): unknown {
  if (error instanceof Failure && error.code === 'TERMINAL_LOST') return new Failure('CLUSTER_UNREACHABLE', { context: context.name, server: context.server }, error.raw);
  return asFailure(error);
}

/** What is thrown here is told in streams, which do not know the client's errors. */
function asFailure(error: unknown): unknown {
  return failureOf(error) ?? error;
}
