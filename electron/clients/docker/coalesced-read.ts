// Many changes, few reads: events come in bursts (a build tags, untags and deletes), and one read after them is enough.

export interface CoalescedRead extends Disposable {
  /** Something changed: read soon, once for all changes of the next `delay` milliseconds. */
  changed(): void;
  /** Read now; resolves when a read that began after this call has ended. Rejects with the read's error. */
  now(): Promise<void>;
}

/** A read that failed is tried again after `delay`, then after twice as long each time, up to this. */
const MOST_MS = 10_000;

/**
 * A read that a change asked for and that failed is read again until one succeeds: what changed is not forgotten until the next change.
 * @param read must take care of its result itself; two reads never run at once.
 * @param onError what a read that nobody waits for failed with.
 */
export function coalescedRead(read: () => Promise<void>, delay: number, onError: (error: unknown) => void): CoalescedRead {
  let pause = delay;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let closed = false;

  function now(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (closed) return Promise.resolve();
    if (!running) {
      running = read().finally(() => { running = undefined; });
      return running;
    }
    // The read that runs may have begun before the change: one more follows it, and all who come meanwhile share that one.
    next ??= running.catch(() => {}).then(() => { next = undefined; return now(); });
    return next;
  }

  function soon(after: number): void {
    if (closed) return;
    timer ??= setTimeout(() => {
      now().then(() => { pause = delay; }, (error: unknown) => {
        onError(error);
        pause = Math.min(pause * 2, MOST_MS);
        soon(pause);
      });
    }, after);
  }

  return {
    now,
    changed: () => soon(delay),
    [Symbol.dispose]() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
