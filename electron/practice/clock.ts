// Time of the practice cluster. What it writes down is the real time; what it waits for is divided by the speed, so that a learner need not
// sit through a back-off of five minutes.

export interface Clock {
  /** 1 is real time; 10 waits a tenth as long. */
  readonly speed: number;
  now(): Date;
  /** Milliseconds of a monotonic clock, multiplied by the speed: for what is counted in the cluster's own seconds (back-off, probes). */
  elapsed(): number;
  /** Calls back after so many of the cluster's milliseconds. Returns what cancels it. Never keeps the process alive. */
  after(milliseconds: number, call: () => void): () => void;
  /** Resolves after so many of the cluster's milliseconds; rejects with the signal's reason when that aborts first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** @param speed at least 1. */
export function realClock(speed = 1): Clock {
  const after = (milliseconds: number, call: () => void): (() => void) => {
    const timer = setTimeout(call, Math.max(0, milliseconds / speed));
    timer.unref();
    return () => clearTimeout(timer);
  };
  return {
    speed,
    now: () => new Date(),
    elapsed: () => performance.now() * speed,
    after,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const abort = () => {
          cancel();
          reject(signal?.reason as Error);
        };
        const cancel = after(milliseconds, () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        signal?.addEventListener('abort', abort, { once: true });
      }),
  };
}

/** As the API writes times in metadata and status: RFC 3339, whole seconds, Z (metav1.Time). */
export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** As it writes event times and leases (metav1.MicroTime). */
export const microTimestamp = (date: Date): string => date.toISOString().replace('Z', '000Z');
