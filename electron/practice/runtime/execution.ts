// A program's streams as Node has them, for the servers that pass them on: what nobody reads makes the program wait.
import { Readable, Writable } from 'node:stream';

import { createPipe, inputOf, type Output } from './pipe.ts';
import type { Machine, Process, SpawnOptions } from './program.ts';
import type { Execution } from './runtime.ts';
import { createTerminal } from './terminal.ts';

export interface ReadableOutput {
  readonly output: Output;
  readonly readable: Readable;
}

/** A stream of what is written to `output`. Once nobody can read it any more, what comes is dropped: a program does not end for that. */
export function readableOutput(): ReadableOutput {
  let drained: (() => void) | undefined;
  const readable = new Readable({
    highWaterMark: 64 * 1024,
    read: () => drained?.(),
    destroy: (error, done) => {
      drained?.();
      done(error);
    },
  });
  readable.on('error', () => {});
  const output: Output = {
    async write(data, signal) {
      signal?.throwIfAborted();
      if (data.length === 0 || readable.destroyed || readable.readableEnded) return;
      if (readable.push(data)) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          drained = undefined;
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const before = drained;
        drained = () => {
          before?.();
          done();
        };
        signal?.addEventListener('abort', done, { once: true });
      });
    },
    close: () => {
      if (!readable.destroyed && !readable.readableEnded) readable.push(null);
    },
  };
  return { output, readable };
}

/** A stream that writes to `output`; its end closes that. */
export function writableTo(output: Output): Writable {
  const stream = new Writable({
    highWaterMark: 16 * 1024,
    // Whether the program still reads is not the writer's trouble.
    write: (chunk: Buffer, _encoding, done) => void output.write(chunk).then(() => done(), () => done()),
    final: (done) => {
      output.close();
      done();
    },
    destroy: (error, done) => {
      output.close();
      done(error);
    },
  });
  stream.on('error', () => {});
  return stream;
}

export interface ExecutionOptions extends Pick<SpawnOptions, 'argv' | 'env' | 'cwd' | 'tty' | 'program'> {
  /** Without it the program reads the end of its input at once. */
  readonly input: boolean;
}

/** Runs a program in the machine. @throws ProgramMissing */
export function execute(machine: Machine, { input, ...options }: ExecutionOptions): Execution & { readonly process: Process } {
  const stdin = createPipe();
  const stdout = readableOutput();
  const stderr = readableOutput();
  // Ctrl-C cannot come before the program has started.
  const running: { process?: Process } = {};
  const terminal = options.tty ? createTerminal({ output: stdout.output, interrupt: () => interrupt(machine, running.process) }) : undefined;
  const started = machine.spawn({
    ...options,
    parent: 0,
    stdin: !input ? inputOf() : (terminal?.input ?? stdin.input),
    stdout: terminal?.programOutput ?? stdout.output,
    stderr: terminal?.programOutput ?? stderr.output,
  });
  running.process = started;
  if (options.tty) stderr.output.close();
  const exit = started.exit.then((code) => {
    stdout.output.close();
    stderr.output.close();
    stdin.input.cancel();
    terminal?.input.cancel();
    return code;
  });
  return {
    stdin: writableTo(terminal?.keyboard ?? stdin.output),
    stdout: stdout.readable,
    stderr: stderr.readable,
    resize: (columns, rows) => terminal?.resize(columns, rows),
    kill: () => started.deliver('KILL'),
    exit,
    process: started,
  };
}

/** Ctrl-C goes to all that run in the terminal, as to a foreground process group. */
export function interrupt(machine: Machine, leader: Process | undefined): void {
  if (leader === undefined) return;
  for (const one of [...machine.processes.values()]) if (one.session === leader.session) one.deliver('INT');
}

/** Stands for a program that could not be started: it says so in its output and has ended. */
export function saying(text: string, exitCode: number): Execution {
  return {
    stdin: writableTo({ write: () => Promise.resolve(), close: () => {} }),
    stdout: Readable.from([Buffer.from(`${text}\r\n`)], { objectMode: false }),
    stderr: Readable.from([]),
    resize: () => {},
    kill: () => {},
    exit: Promise.resolve(exitCode),
  };
}
