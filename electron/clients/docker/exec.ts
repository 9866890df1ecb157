// Runs a command inside a container of the host's Docker, with its standard input as a stream (Engine API: Exec).
import { once } from 'node:events';
import type { Duplex, Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import { dockerFailure } from './docker-failure.ts';

export interface ExecOptions {
  /** Sent with backpressure; its end is the command's end of input. */
  readonly stdin?: Readable;
  /** Closes the connection; the command itself goes on unless `killOnAbort` (Docker has no call that stops one). */
  readonly signal?: AbortSignal;
  /**
   * Runs the command under `sh`, which says its process ID first, so that an abort can end it: its input ends, so that it may clean up behind
   * itself, and if that does not end it (or it has none), this command is run with the process ID as last argument; `true`: `kill -9`.
   */
  readonly killOnAbort?: true | readonly string[];
  /** Bytes kept of each of stdout and stderr; the rest is read and dropped. Default 16 MB. */
  readonly outputLimit?: number;
  /** Gets stdout as it comes, instead of keeping it. */
  onStdout?(chunk: Buffer): void;
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** The output was longer than `outputLimit`. */
  readonly truncated: boolean;
}

/** How long a command whose input was ended may take to end. */
const CLEAN_UP_MS = 400;
/** A container that does not answer is left to itself. */
const KILL_MS = 5000;

/**
 * Resolves when the command has ended, whatever its exit code. Throws the error of `stdin`, the signal's reason, or as dockerFailure says
 * (DOCKER_ERROR 404 without such a container, 409 when it does not run).
 */
export async function execInContainer(docker: Dockerode, container: string, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const { stdin, signal, outputLimit = 16 * 1024 * 1024 } = options;
  signal?.throwIfAborted();
  stdin?.on('error', () => {}); // told by send(); after a command that stops reading, nobody else listens
  let pid: string | undefined;
  let hasEnded = false;
  const stderr = keeper(outputLimit);
  const stdout = keeper(outputLimit);
  try {
    const exec = await docker.getContainer(container).exec({
      Cmd: options.killOnAbort ? ['sh', '-c', 'echo $$ >&2; exec "$@"', 'sh', ...command] : [...command],
      AttachStdin: stdin !== undefined, AttachStdout: true, AttachStderr: true, Tty: false, ...(signal && { abortSignal: signal }),
    });
    // Hijacked, dockerode gives the raw socket: it has backpressure and can end one way, its own HttpDuplex has neither.
    const starting = new AbortController(); // the signal itself would close the socket later, too
    const stopStarting = () => starting.abort(signal!.reason);
    signal?.addEventListener('abort', stopStarting);
    if (signal?.aborted) stopStarting();
    const socket = await exec.start({ hijack: true, stdin: stdin !== undefined, Tty: false, abortSignal: starting.signal })
      .finally(() => signal?.removeEventListener('abort', stopStarting));
    let sendError: unknown;
    const close = () => socket.destroy(signal!.reason instanceof Error ? signal!.reason : new Error('aborted'));
    const abort = () => {
      if (!options.killOnAbort || !stdin) return close();
      stdin.destroy();
      socket.end();
      setTimeout(close, CLEAN_UP_MS).unref();
    };
    signal?.addEventListener('abort', abort);
    try {
      if (signal?.aborted) abort();
      const sending = stdin ? send(stdin, socket).catch((error: unknown) => {
        if (signal?.aborted) return;
        sendError = error;
        socket.destroy();
      }) : undefined;
      for await (const { stream, payload } of frames(socket)) {
        if (stream === 1 && options.onStdout) options.onStdout(payload);
        else if (stream === 1) stdout.add(payload);
        else if (options.killOnAbort && pid === undefined) {
          const lineEnd = payload.indexOf(10);
          pid = payload.subarray(0, lineEnd).toString();
          stderr.add(payload.subarray(lineEnd + 1));
        } else stderr.add(payload);
      }
      hasEnded = true;
      stdin?.destroy(); // the command may end before it has read everything
      await sending;
    } catch (error) {
      throw sendError ?? error;
    } finally {
      signal?.removeEventListener('abort', abort);
      socket.destroy();
    }
    if (sendError) throw sendError;
    return { stdout: stdout.text(), stderr: stderr.text(), exitCode: await exitCode(exec, signal), truncated: stdout.full() || stderr.full() };
  } catch (error) {
    stdin?.destroy();
    if (signal?.aborted && options.killOnAbort && pid && !hasEnded) {
      const kill = options.killOnAbort === true ? ['sh', '-c', 'kill -9 "$0"'] : options.killOnAbort;
      await execInContainer(docker, container, [...kill, pid], { signal: AbortSignal.timeout(KILL_MS) }).catch(() => {}); // it may have ended by itself
    }
    signal?.throwIfAborted();
    throw dockerFailure(docker, error);
  }
}

const READ_AHEAD = 1024 * 1024;

/** Copies all of `source` and ends the socket's one direction. Rejects with the source's error only: a command that stops reading is no error. */
async function send(source: Readable, socket: Duplex): Promise<void> {
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  socket.on('error', () => gone.abort());
  try {
    for await (const chunk of source) {
      if (socket.destroyed || socket.writableEnded) return;
      if (!socket.write(chunk) && socket.writableLength > READ_AHEAD) await once(socket, 'drain', { signal: gone.signal });
    }
    socket.end();
  } catch (error) {
    if (!gone.signal.aborted && !socket.destroyed && !socket.readableEnded) throw error;
  }
}

/** Docker's framing of a stream without a terminal: stream number, three zeros, length (big-endian), payload (Engine API: ContainerAttach). */
export async function* frames(stream: AsyncIterable<Buffer>): AsyncGenerator<{ stream: number; payload: Buffer }, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 8) {
      const end = 8 + rest.readUInt32BE(4);
      if (rest.length < end) break;
      yield { stream: rest[0]!, payload: rest.subarray(8, end) };
      rest = rest.subarray(end);
    }
  }
}

function keeper(limit: number) {
  const chunks: Buffer[] = [];
  let length = 0;
  let dropped = false;
  return {
    add(chunk: Buffer): void {
      const room = limit - length;
      if (chunk.length > room) dropped = true;
      if (room <= 0) return;
      chunks.push(chunk.subarray(0, room));
      length += Math.min(chunk.length, room);
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
    full: () => dropped,
  };
}

/** The output may end a moment before Docker has noted the exit; there is no event for one exec that could not be missed, so ask again. */
export async function exitCode(exec: Dockerode.Exec, signal: AbortSignal | undefined): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { Running, ExitCode } = await exec.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    await delay(20, undefined, { signal });
  }
  throw new Error('Docker does not say how the command ended');
}
