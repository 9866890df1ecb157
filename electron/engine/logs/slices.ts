// Long work in short slices: the engine answers others in between.

/** A slice of work is so long, about: what waits is kept waiting no longer. */
const SLICE_MS = 6;

export interface Slices {
  /** Whether the slice is used up. */
  readonly isOver: boolean;
  /** Lets all else run that waits, and begins another slice. */
  next(): Promise<void>;
}

export function startSlices(): Slices {
  let end = performance.now() + SLICE_MS;
  return {
    get isOver() {
      return performance.now() >= end;
    },
    async next() {
      await new Promise<void>((resolve) => setImmediate(resolve));
      end = performance.now() + SLICE_MS;
    },
  };
}
