// What a program's descriptors lead to, and opening files of the container.
import { randomBytes } from 'node:crypto';
import { FileError, type FileTree, normal } from '../files.ts';
import { type Input, inputOf, type Output } from '../pipe.ts';

export interface Descriptors {
  readonly inputs: ReadonlyMap<number, Input>;
  readonly outputs: ReadonlyMap<number, Output>;
}

export const nowhere: Output = { write: () => Promise.resolve(), close: () => {} };

/** A file to read. @throws FileError */
export function openInput(files: FileTree, path: string, cwd: string, stdin?: Input): Input {
  const full = normal(path, cwd);
  if (full === '/dev/null') return inputOf();
  if (full === '/dev/stdin' && stdin !== undefined) return stdin;
  if (full === '/dev/zero') return endless((size) => Buffer.alloc(size));
  if (full === '/dev/urandom' || full === '/dev/random') return endless((size) => randomBytes(size));
  return inputOf(files.read(full));
}

function endless(make: (size: number) => Buffer): Input {
  return {
    // A turn of the event loop for each piece: whoever reads without end lets others run.
    read: (signal) =>
      new Promise((resolve, reject) => {
        setImmediate(() => (signal?.aborted ? reject(signal.reason as Error) : resolve(make(4096))));
      }),
    unread: () => {},
    cancel: () => {},
  };
}

/** A file to write; emptied first unless it is appended to. @throws FileError */
export function openOutput(files: FileTree, path: string, cwd: string, append: boolean, standard: { stdout?: Output | undefined; stderr?: Output | undefined } = {}): Output {
  const full = normal(path, cwd);
  if (full === '/dev/null') return nowhere;
  if (full === '/dev/stdout' || full === '/proc/self/fd/1') return standard.stdout ?? nowhere;
  if (full === '/dev/stderr' || full === '/proc/self/fd/2') return standard.stderr ?? nowhere;
  if (full.startsWith('/proc/') || full.startsWith('/sys/')) throw new FileError('EACCES', 'Permission denied');
  files.write(full, Buffer.alloc(0), { append });
  return {
    write: async (data, signal) => {
      signal?.throwIfAborted();
      files.write(full, typeof data === 'string' ? Buffer.from(data) : data, { append: true });
    },
    close: () => {},
  };
}
