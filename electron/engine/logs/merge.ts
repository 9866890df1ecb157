// The lines of several sources in the order of their time. Each source's own lines keep their order.
import type { LogEntry } from '../../clients/cluster/log-lines.ts';
import type { Slices } from './slices.ts';

/** A line of another source may be on its way for so long. */
const WINDOW_MS = 300;
/** A source that is still reading what was written before keeps the others waiting for no longer. */
const MOST_WAIT_MS = 5_000;
/** Of one source, before it is told to wait. */
const MOST_QUEUED = 1024 * 1024;
/** An entry is more than its bytes. */
const ENTRY_BYTES = 64;

export interface MergedSource {
  /** Gives what resolves when there is room for more, where there is none. */
  push(entries: readonly LogEntry[]): Promise<void> | undefined;
  /** All that was written before it was opened has been pushed. */
  caughtUp(): void;
  /** No more comes. */
  close(): void;
  /** Resolves when all that was pushed has been given. */
  drained(): Promise<void>;
}

export interface Merge {
  open(source: number): MergedSource;
  /** Gives what is due, for one slice at most. @returns milliseconds until more may be due: 0 for at once, Infinity for when something comes. */
  release(slices: Slices): number;
  /** Whether a source still reads what was written before, or some of that was not given yet. */
  readonly isReading: boolean;
}

interface Queue {
  readonly source: number;
  readonly batches: { readonly entries: readonly LogEntry[]; readonly came: number }[];
  /** In the first batch. */
  at: number;
  bytes: number;
  isBehind: boolean;
  /** Entries that were pushed, and that were given. */
  pushed: number;
  given: number;
  /** How many were pushed when all that was written before had been; undefined until then. */
  before: number | undefined;
  readonly openedAt: number;
  isClosed: boolean;
  waiting: (() => void)[];
  readonly drained: (() => void)[];
}

export function createMerge(add: (entry: LogEntry, source: number) => void, wake: () => void, now: () => number = () => performance.now()): Merge {
  let queues: Queue[] = [];
  const headOf = (queue: Queue): LogEntry | undefined => queue.batches[0]?.entries[queue.at];
  const take = (queue: Queue): LogEntry => {
    const [batch] = queue.batches;
    const entry = batch!.entries[queue.at]!;
    queue.at += 1;
    queue.given += 1;
    queue.bytes -= entry.length + ENTRY_BYTES;
    if (queue.at === batch!.entries.length) {
      queue.batches.shift();
      queue.at = 0;
      if (queue.batches.length === 0) for (const go of queue.drained.splice(0)) go();
      if (queue.waiting.length > 0 && queue.bytes < MOST_QUEUED) for (const go of queue.waiting.splice(0)) go();
    }
    return entry;
  };
  return {
    open(source) {
      const queue: Queue = { source, batches: [], at: 0, bytes: 0, isBehind: true, pushed: 0, given: 0, before: undefined, openedAt: now(), isClosed: false, waiting: [], drained: [] };
      queues.push(queue);
      return {
        push(entries) {
          if (entries.length === 0) return undefined;
          queue.batches.push({ entries, came: now() });
          queue.pushed += entries.length;
          for (const { length } of entries) queue.bytes += length + ENTRY_BYTES;
          wake();
          return queue.bytes > MOST_QUEUED ? new Promise<void>((resolve) => queue.waiting.push(resolve)) : undefined;
        },
        caughtUp() {
          queue.before ??= queue.pushed;
          queue.isBehind = false;
          wake();
        },
        close() {
          queue.isClosed = true;
          queue.before ??= queue.pushed;
          queue.isBehind = false;
          wake();
        },
        drained: () => (queue.batches.length === 0 ? Promise.resolve() : new Promise<void>((resolve) => queue.drained.push(resolve))),
      };
    },
    release(slices) {
      const time = now();
      while (!slices.isOver) {
        queues = queues.filter((queue) => !queue.isClosed || queue.batches.length > 0);
        // What was written before is put in order whole: no line is given while an older one may be coming.
        let wait = Infinity;
        for (const queue of queues) {
          if (queue.isBehind && queue.batches.length === 0 && queues.length > 1) wait = Math.min(wait, queue.openedAt + MOST_WAIT_MS - time);
          if (time >= queue.openedAt + MOST_WAIT_MS) queue.isBehind = false;
        }
        if (wait > 0 && wait < Infinity) return wait;
        const [oldest, next] = twoOldest(queues, headOf);
        if (!oldest) return Infinity;
        const isFull = queues.some(({ bytes }) => bytes > MOST_QUEUED);
        const isReading = queues.some(({ isBehind }) => isBehind);
        const mayWait = queues.length > 1 && !isFull && !isReading;
        const until = next && headOf(next);
        // As many of this one as come before those of all others.
        for (;;) {
          const head = headOf(oldest);
          if (!head || (until && isAfter(head, until)) || slices.isOver) break;
          if (mayWait) {
            const due = oldest.batches[0]!.came + WINDOW_MS - time;
            if (due > 0) return due;
          }
          add(take(oldest), oldest.source);
          // Another one of those that are read may be empty now, and then has to be waited for.
          if (oldest.batches.length === 0 || (isFull && oldest.bytes < MOST_QUEUED)) break;
        }
      }
      return 0;
    },
    get isReading() { return queues.some(({ before, given }) => before === undefined || given < before); },
  };
}

function twoOldest(queues: readonly Queue[], headOf: (queue: Queue) => LogEntry | undefined): readonly [Queue | undefined, Queue | undefined] {
  let first: Queue | undefined;
  let second: Queue | undefined;
  for (const queue of queues) {
    const head = headOf(queue);
    if (!head) continue;
    if (!first || isAfter(headOf(first)!, head)) [first, second] = [queue, first];
    else if (!second || isAfter(headOf(second)!, head)) second = queue;
  }
  return [first, second];
}

/** One without a time comes where it is. */
function isAfter(one: LogEntry, other: LogEntry): boolean {
  return one.seconds > other.seconds || (one.seconds === other.seconds && one.nanos > other.nanos);
}
