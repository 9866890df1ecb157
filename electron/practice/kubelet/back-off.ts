// The back-off of restarts and pulls: 10 s, doubled each time up to 300 s, forgotten after twice that without use
// (client-go, util/flowcontrol/backoff.go). Counted in the cluster's own milliseconds.
import type { Clock } from '../clock.ts';

const FIRST = 10_000;
const LONGEST = 300_000;

export interface BackOff {
  /** Milliseconds that now have to pass after an event; 0 when nothing is remembered. */
  delay(key: string): number;
  /** Whether less than the delay has passed since the event. @param since of clock.elapsed(); without it, since the last `next`. */
  isIn(key: string, since?: number): boolean;
  /** Another failure: the delay begins, or doubles. @param at when it happened, of clock.elapsed(). */
  next(key: string, at: number): void;
  /** Forgets what begins so: a pod that is gone. */
  forget(prefix: string): void;
}

export function createBackOff(clock: Clock): BackOff {
  const entries = new Map<string, { delay: number; updated: number }>();
  const current = (key: string, at: number) => {
    const entry = entries.get(key);
    return entry && at - entry.updated <= 2 * LONGEST ? entry : undefined;
  };
  return {
    delay: (key) => entries.get(key)?.delay ?? 0,
    isIn(key, since) {
      const now = clock.elapsed();
      const entry = current(key, since ?? now);
      return entry !== undefined && now - (since ?? entry.updated) < entry.delay;
    },
    next(key, at) {
      const entry = current(key, at);
      entries.set(key, { delay: entry ? Math.min(2 * entry.delay, LONGEST) : FIRST, updated: clock.elapsed() });
    },
    forget(prefix) {
      for (const key of entries.keys()) if (key.startsWith(prefix)) entries.delete(key);
    },
  };
}
