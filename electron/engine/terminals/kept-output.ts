// What a program wrote: as much as is kept of it, and who reads it. A reader says how far it has drawn, and what it has not drawn is bounded; so is
// what waits here for the slowest one, by holding the source.

/** Kept for a screen that comes, or comes again. */
export const KEPT_BYTES = 256 * 1024;
/** A reader that has more than this undrawn gets no more, until it has at most the other. */
export const MOST_UNDRAWN = 256 * 1024;
export const GO_ON_UNDRAWN = 64 * 1024;
/** Of one message. */
const MOST_MESSAGE = 64 * 1024;
/** What waits here for the slowest reader, before the source is held and until it goes on: it is all in the way of what the program writes next. */
const HOLD_WAITING = 64 * 1024;
const GO_ON_WAITING = 16 * 1024;
/** What is less than a whole message waits this long for more, counted from the last message: nothing waits after a pause, and a flood never does. */
const GATHER_MS = 8;

export interface OutputPiece {
  /** The bytes before `data`. */
  readonly from: number;
  readonly data: Buffer;
}

export interface KeptOutput {
  /** Takes a copy. */
  add(bytes: Uint8Array): void;
  /** Nothing more comes. */
  end(): void;
  /** What is kept, then what comes, in order and without a gap, until the end. */
  read(name: string, signal: AbortSignal): AsyncGenerator<OutputPiece, void, void>;
  /** The reader of that name has drawn all bytes before `upTo`. Of several with one name the fastest counts. */
  acknowledge(name: string, upTo: number): void;
}

interface Reader {
  readonly name: string;
  sent: number;
  drawn: number;
  isHeld: boolean;
  wake: () => void;
}

/** @param hold called with true when the source has to wait, and with false when it may go on */
export function keepOutput(hold: (isHeld: boolean) => void): KeptOutput {
  let ring = Buffer.alloc(16 * 1024);
  let start = 0;
  let total = 0;
  let isEnded = false;
  let isHeld = false;
  const readers = new Set<Reader>();

  /** The place in the ring; its size is a power of two. */
  const at = (offset: number) => offset % ring.length;
  const copyOut = (from: number, to: number): Buffer => {
    const piece = Buffer.allocUnsafe(to - from);
    const cut = Math.min(to - from, ring.length - at(from));
    ring.copy(piece, 0, at(from), at(from) + cut);
    ring.copy(piece, cut, 0, to - from - cut);
    return piece;
  };
  const put = (bytes: Uint8Array, offset: number) => {
    const cut = Math.min(bytes.length, ring.length - at(offset));
    ring.set(bytes.subarray(0, cut), at(offset));
    ring.set(bytes.subarray(cut), 0);
  };
  const makeRoom = (length: number) => {
    // What a reader has not been given is never dropped; it is bounded, since the source is held.
    const needed = Math.min(total, ...[...readers].map(({ sent }) => sent));
    start = Math.max(start, Math.min(needed, total + length - KEPT_BYTES));
    let size = ring.length;
    while (size < total + length - start) size *= 2;
    if (size === ring.length) return;
    const kept = copyOut(start, total);
    ring = Buffer.alloc(size);
    put(kept, start);
  };
  const weigh = () => {
    const waiting = total - Math.min(total, ...[...readers].map(({ sent }) => sent));
    const next = isHeld ? waiting > GO_ON_WAITING : waiting >= HOLD_WAITING;
    if (next === isHeld) return;
    isHeld = next;
    hold(isHeld);
  };

  return {
    add(bytes) {
      // A piece that is larger than all that is kept, and that nobody reads: its end.
      const skipped = readers.size === 0 ? Math.max(0, bytes.length - KEPT_BYTES) : 0;
      total += skipped;
      if (skipped > 0) start = total;
      const fresh = bytes.subarray(skipped);
      makeRoom(fresh.length);
      put(fresh, total);
      total += fresh.length;
      for (const reader of readers) reader.wake();
      weigh();
    },
    end() {
      isEnded = true;
      for (const reader of readers) reader.wake();
    },
    async *read(name, signal) {
      const reader: Reader = { name, sent: start, drawn: start, isHeld: false, wake: () => {} };
      readers.add(reader);
      weigh();
      let lastAt = -Infinity;
      const wake = () => reader.wake();
      signal.addEventListener('abort', wake, { once: true });
      try {
        while (!signal.aborted) {
          const waiting = total - reader.sent;
          if (waiting === 0 && isEnded) return;
          if (waiting === 0 || reader.isHeld) {
            await new Promise<void>((resolve) => (reader.wake = resolve));
            continue;
          }
          const rest = waiting >= MOST_MESSAGE || isEnded ? 0 : GATHER_MS - (performance.now() - lastAt);
          if (rest > 0) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, rest);
              reader.wake = () => {
                if (total - reader.sent < MOST_MESSAGE && !isEnded && !signal.aborted) return;
                clearTimeout(timer);
                resolve();
              };
            });
            continue;
          }
          const from = reader.sent;
          const data = copyOut(from, Math.min(total, from + MOST_MESSAGE));
          reader.sent += data.length;
          reader.isHeld = reader.sent - reader.drawn > MOST_UNDRAWN;
          lastAt = performance.now();
          weigh();
          yield { from, data };
        }
      } finally {
        signal.removeEventListener('abort', wake);
        readers.delete(reader);
        weigh();
      }
    },
    acknowledge(name, upTo) {
      for (const reader of readers) {
        if (reader.name !== name || upTo <= reader.drawn) continue;
        reader.drawn = Math.min(upTo, reader.sent);
        if (!reader.isHeld || reader.sent - reader.drawn > GO_ON_UNDRAWN) continue;
        reader.isHeld = false;
        reader.wake();
      }
    },
  };
}
