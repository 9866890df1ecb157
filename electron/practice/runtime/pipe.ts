// What programs inside a container read from and write to. A pipe holds a fixed number of bytes; who writes more waits until they are read.

export interface Input {
  /** The next bytes; undefined at the end. Rejects with the signal's reason when that aborts first. */
  read(signal?: AbortSignal): Promise<Buffer | undefined>;
  /** Puts back what was read too far. */
  unread(chunk: Buffer): void;
  /** Nobody reads any more: who writes gets BrokenPipe. */
  cancel(): void;
}

export interface Output {
  /** Resolves once it is taken; rejects with BrokenPipe when nobody can read it any more, or with the signal's reason. */
  write(data: string | Buffer, signal?: AbortSignal): Promise<void>;
  /** No more comes. */
  close(): void;
}

/** As EPIPE: ends a program as SIGPIPE does. */
export class BrokenPipe extends Error {
  override readonly message = 'Broken pipe';
}

const capacity = 64 * 1024;

/** A pipe with one reader. */
export function createPipe(): { input: Input; output: Output } {
  let chunks: Buffer[] = [];
  let size = 0;
  let ended = false;
  let cancelled = false;
  const readers = new Set<() => void>();
  const writers = new Set<() => void>();

  const wake = (waiting: Set<() => void>) => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };

  const input: Input = {
    async read(signal) {
      while (chunks.length === 0 && !ended && !cancelled) await wait(readers, signal);
      signal?.throwIfAborted();
      if (chunks.length === 0) return undefined;
      const chunk = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      chunks = [];
      size = 0;
      wake(writers);
      return chunk;
    },
    unread(chunk) {
      if (chunk.length === 0) return;
      chunks.unshift(chunk);
      size += chunk.length;
      wake(readers);
    },
    cancel() {
      cancelled = true;
      chunks = [];
      size = 0;
      wake(writers);
      wake(readers);
    },
  };

  const output: Output = {
    async write(data, signal) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      while (size >= capacity && !cancelled && !ended) await wait(writers, signal);
      signal?.throwIfAborted();
      if (cancelled || ended) throw new BrokenPipe();
      if (bytes.length === 0) return;
      chunks.push(bytes);
      size += bytes.length;
      wake(readers);
    },
    close() {
      ended = true;
      wake(readers);
      wake(writers);
    },
  };
  return { input, output };
}

function wait(waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const abort = () => {
      waiting.delete(done);
      reject(signal?.reason as Error);
    };
    const done = () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    };
    waiting.add(done);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Input that is at its end, or has these bytes and then its end. */
export function inputOf(content: Buffer | string = ''): Input {
  let rest: Buffer | undefined = Buffer.from(content);
  return {
    read: () => {
      const chunk = rest;
      rest = undefined;
      return Promise.resolve(chunk === undefined || chunk.length === 0 ? undefined : chunk);
    },
    unread(chunk) {
      rest = rest === undefined ? chunk : Buffer.concat([chunk, rest]);
    },
    cancel() {
      rest = undefined;
    },
  };
}

/** One line without its end; undefined at the end of the input. Reads no further than the line. */
export async function readLine(input: Input, signal?: AbortSignal, longest = 1024 * 1024): Promise<{ text: string; ended: boolean } | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = await input.read(signal);
    if (chunk === undefined) return size === 0 ? undefined : { text: Buffer.concat(parts).toString(), ended: false };
    const end = chunk.indexOf(10);
    if (end !== -1) {
      parts.push(chunk.subarray(0, end));
      input.unread(chunk.subarray(end + 1));
      return { text: Buffer.concat(parts).toString(), ended: true };
    }
    parts.push(chunk);
    size += chunk.length;
    if (size > longest) return { text: Buffer.concat(parts).toString(), ended: false };
  }
}
