// What a container wrote: lines in the order they came, the oldest forgotten first.
import type { ContainerLog, LogEntry } from './runtime.ts';

/** What is kept of one container. The real runtimes rotate files of megabytes; here all is in memory. */
const kept = 1024 * 1024;
/** A line is cut into entries of at most so many bytes, all but the last `partial` (Docker's copier, the CRI's log format). */
const longest = 16 * 1024;
/** What an entry costs beside its text. */
const overhead = 64;

export interface WritableLog extends ContainerLog {
  append(stream: 'stdout' | 'stderr', data: Buffer, time: Date): void;
  /** Writes out what has no line end and lets those who follow come to their end. */
  end(time: Date): void;
}

export function createContainerLog(): WritableLog {
  let entries: LogEntry[] = [];
  /** How many were forgotten: the number of the first entry that is kept. */
  let first = 0;
  let bytes = 0;
  let ended = false;
  const open = new Map<'stdout' | 'stderr', Buffer>();
  const waiting = new Set<() => void>();

  const add = (entry: LogEntry) => {
    entries.push(entry);
    bytes += entry.text.length + overhead;
    if (bytes <= kept) return;
    let forgotten = 0;
    // An eighth at once, so that moving the array is not paid for each line.
    while (bytes > (kept * 7) / 8) bytes -= entries[forgotten++]!.text.length + overhead;
    entries = entries.slice(forgotten);
    first += forgotten;
  };
  const wake = () => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };

  return {
    get entries() {
      return entries;
    },
    append(stream, data, time) {
      const before = open.get(stream);
      let rest = before === undefined ? data : Buffer.concat([before, data]);
      for (;;) {
        const end = rest.subarray(0, longest).indexOf(10);
        if (end === -1 && rest.length < longest) break;
        const length = end === -1 ? longest : end;
        // A copy: a slice would keep the whole chunk that the program wrote.
        add({ time, stream, text: Buffer.from(rest.subarray(0, length)), ...(end === -1 && { partial: true }) });
        rest = rest.subarray(end === -1 ? length : length + 1);
      }
      if (rest.length === 0) open.delete(stream);
      else open.set(stream, Buffer.from(rest));
      wake();
    },
    end(time) {
      for (const [stream, text] of open) add({ time, stream, text, partial: true });
      open.clear();
      ended = true;
      wake();
    },
    async *read({ follow }, signal) {
      let next = first;
      for (;;) {
        for (next = Math.max(next, first); next - first < entries.length; next = Math.max(next + 1, first)) yield entries[next - first]!;
        if (!follow || ended || signal.aborted) return;
        await new Promise<void>((resolve) => {
          const done = () => {
            signal.removeEventListener('abort', done);
            waiting.delete(done);
            resolve();
          };
          waiting.add(done);
          signal.addEventListener('abort', done, { once: true });
        });
      }
    },
  };
}
