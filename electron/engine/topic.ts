// One value that many watch: each watcher gets the present value first, then the newest whenever it changed, at most once a frame.

/** At most one message a frame reaches a screen: 60 Hz. */
const FRAME_MS = 16;

export interface Topic<Value> {
  readonly value: Value;
  /** Replaces the value and tells the watchers; the same value again tells nobody. */
  set(value: Value): void;
  /** Called at once with each new value, from inside the engine. Gives what ends it. */
  subscribe(listener: (value: Value) => void): () => void;
  /** The present value, then the newest after each change, until `signal` aborts. A slow watcher skips values, never queues them. */
  watch(signal: AbortSignal): AsyncGenerator<Value, void, void>;
}

/** @param initial what a watcher gets before the first `set`. */
export function createTopic<Value>(initial: Value): Topic<Value> {
  let value = initial;
  const listeners = new Set<(value: Value) => void>();
  const topic: Topic<Value> = {
    get value() {
      return value;
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener(value);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async *watch(signal) {
      let changed = true;
      let wake: () => void = () => {};
      const stop = topic.subscribe(() => {
        changed = true;
        wake();
      });
      const onAbort = () => wake();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        while (!signal.aborted) {
          if (!changed) await new Promise<void>((resolve) => (wake = resolve));
          if (signal.aborted) return;
          changed = false;
          yield value;
          await frame();
        }
      } finally {
        stop();
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
  return topic;
}

/** Waits until `topic` has a value that `accept` takes. Rejects with the signal's reason. */
export async function waitFor<Value, Accepted extends Value>(
  topic: Topic<Value>,
  accept: (value: Value) => value is Accepted,
  signal: AbortSignal,
): Promise<Accepted>;
export async function waitFor<Value>(topic: Topic<Value>, accept: (value: Value) => boolean, signal: AbortSignal): Promise<Value>;
export async function waitFor<Value>(topic: Topic<Value>, accept: (value: Value) => boolean, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  if (accept(topic.value)) return topic.value;
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      stop();
      reject(signal.reason);
    };
    const stop = topic.subscribe((value) => {
      if (!accept(value)) return;
      stop();
      signal.removeEventListener('abort', onAbort);
      resolve(value);
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

const frame = () => new Promise<void>((resolve) => setTimeout(resolve, FRAME_MS));
