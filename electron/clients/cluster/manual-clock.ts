// For tests: a clock that stands still until it is told to go on.
import type { Clock } from './clock.ts';

export interface ManualClock extends Clock {
  /** Moves on; who sleeps until then wakes. */
  advance(milliseconds: number): void;
  /** Resolves as soon as somebody sleeps for that long. */
  asleep(milliseconds: number): Promise<void>;
}

export function manualClock(start = 0): ManualClock {
  let now = start;
  const sleepers = new Set<{ readonly length: number; readonly until: number; wake(): void }>();
  const waiting = new Set<{ readonly length: number; found(): void }>();
  return {
    now: () => now,
    sleep: (milliseconds, signal) => new Promise((resolve) => {
      if (signal.aborted || milliseconds <= 0) return resolve();
      const sleeper = { length: milliseconds, until: now + milliseconds, wake: () => { sleepers.delete(sleeper); resolve(); } };
      sleepers.add(sleeper);
      signal.addEventListener('abort', sleeper.wake, { once: true });
      for (const one of waiting) if (one.length === milliseconds) { waiting.delete(one); one.found(); }
    }),
    advance(milliseconds) {
      now += milliseconds;
      for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake();
    },
    asleep: (milliseconds) => new Promise((resolve) => {
      if ([...sleepers].some((sleeper) => sleeper.length === milliseconds)) return resolve();
      waiting.add({ length: milliseconds, found: resolve });
    }),
  };
}
