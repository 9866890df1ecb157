// Opens a shell in a container, and ends it.
import { Failure } from '../../../shared/contract/failures.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { execInPod } from '../../clients/cluster/exec.ts';
import { openTerminalStream, type TerminalStream } from '../../clients/cluster/terminal-stream.ts';
import { beginningOf, hangUpCommand, MOST_BEFORE_MARK, shellCommand, shellFinders, type ShellProcess } from './shell-lines.ts';

/** Longest that a shell may take to say which it is; then it is one that says nothing, and what it wrote is shown. */
const MARK_MS = 10_000;
/** A node that has much to do takes its time. */
const HANG_UP_MS = 15_000;

export interface At {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface OpenedShell {
  readonly stream: TerminalStream;
  readonly finder: readonly string[];
  /** Undefined where it did not say; then it cannot be ended for sure. */
  readonly shell: ShellProcess | undefined;
}

/**
 * bash where the image has it, else sh. Gives it once it runs.
 * @param onOutput what it writes, beginning with its own first word
 * @throws Failure SHELL_NOT_IN_IMAGE, or as `openTerminalStream` and its `ended` do
 */
export async function openShell(connection: ClusterConnection, at: At, size: () => Size, onOutput: (bytes: Buffer) => void): Promise<OpenedShell> {
  let refusal: unknown;
  let isOther = false;
  for (const finder of shellFinders) {
    try {
      const stream = await openTerminalStream(connection, { ...at, command: shellCommand(finder), hasTerminal: true, takesInput: true });
      stream.resize(size().columns, size().rows);
      return { stream, finder, shell: await readBeginning(stream, onOutput) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const cannotRun = error.code === 'API_ERROR' && /permission denied|exec format error|is a directory/i.test(error.raw);
      if (error.code !== 'COMMAND_NOT_IN_IMAGE' && !cannotRun) throw error;
      if (cannotRun && !isOther) refusal = error;
      isOther ||= cannotRun;
      refusal ??= error;
    }
  }
  if (isOther) throw refusal;
  throw new Failure('SHELL_NOT_IN_IMAGE', { container: at.container }, refusal);
}

/**
 * Starts the stream and waits until the shell has said which it is; from then on `onOutput` has what it writes. A program that ends before, with an
 * exit code, has its output as it is. @throws what `stream.ended` rejects with before
 */
export function readBeginning(stream: TerminalStream, onOutput: (bytes: Buffer) => void): Promise<ShellProcess | undefined> {
  return new Promise((resolve, reject) => {
    let before: Buffer | undefined = Buffer.alloc(0);
    const settle = (shell: ShellProcess | undefined, rest: Buffer) => {
      clearTimeout(timer);
      before = undefined;
      if (rest.length > 0) onOutput(rest);
      resolve(shell);
    };
    const timer = setTimeout(() => before && settle(undefined, before), MARK_MS);
    stream.start((bytes) => {
      if (!before) return onOutput(bytes);
      before = Buffer.concat([before, bytes]);
      const beginning = beginningOf(before);
      if (beginning.kind === 'shell') settle(beginning.shell, beginning.after);
      else if (before.length > MOST_BEFORE_MARK) settle(undefined, before);
    });
    stream.ended.then(
      () => before && settle(undefined, before),
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/**
 * Ends the shell and what runs in its session; what was put into the background to outlive it (nohup) stays.
 * @throws Failure TERMINAL_LEFT_RUNNING where that could not be done, or not be seen to be done
 */
export async function hangUp(connection: ClusterConnection, at: At, { stream, finder, shell }: OpenedShell): Promise<void> {
  if (!shell) {
    // Nothing is known of it but that it reads: what a person would press.
    await stream.write(Buffer.from('\u0003\u0004'));
    return;
  }
  const left = (cause: unknown) => new Failure('TERMINAL_LEFT_RUNNING', { pod: at.pod, program: shell.program }, cause);
  try {
    const { stdout, stderr } = await execInPod(connection, { ...at, command: hangUpCommand(finder, shell), signal: AbortSignal.timeout(HANG_UP_MS) });
    if (stdout.trim() !== '0') throw left(stderr.trim() || `${stdout.trim()} processes are left`);
  } catch (error) {
    if (error instanceof Failure && ['POD_GONE', 'POD_NOT_RUNNING', 'CONTAINER_NOT_FOUND', 'TERMINAL_LEFT_RUNNING'].includes(error.code)) {
      if (error.code === 'TERMINAL_LEFT_RUNNING') throw error;
      return; // with its container everything ended
    }
    throw left(error);
  }
}
