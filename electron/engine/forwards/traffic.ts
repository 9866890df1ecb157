// How many bytes passed in each of the last seconds.

export interface Traffic {
  /** One number a second, the oldest first; the last one is the running second. */
  read(): number[];
  add(bytes: number): void;
  /** Whether all of it is 0: then nothing changes as time passes. */
  isQuiet(): boolean;
}

/** @param now milliseconds, never going back */
export function createTraffic(seconds: number, now: () => number = () => performance.now()): Traffic {
  const buckets = Array.from({ length: seconds }, () => 0);
  let newest = Math.floor(now() / 1000);
  const at = (second: number) => ((second % seconds) + seconds) % seconds;
  const advance = () => {
    const second = Math.floor(now() / 1000);
    for (let missed = Math.max(newest + 1, second - seconds + 1); missed <= second; missed += 1) buckets[at(missed)] = 0;
    newest = second;
  };
  return {
    read() {
      advance();
      return Array.from({ length: seconds }, (_, index) => buckets[at(newest - seconds + 1 + index)]!);
    },
    add(bytes) {
      advance();
      buckets[at(newest)]! += bytes;
    },
    isQuiet() {
      advance();
      return buckets.every((bytes) => bytes === 0);
    },
  };
}
