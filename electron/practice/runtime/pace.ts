// How programs of all containers share the one thread that they run on with the servers: a loop that never waits is made to.

/** So long it may run at a stretch. */
const stretch = 4;
let waiting = 0;
let lastPause = 0;

/** Returns at once while the stretch is not over, else after a while that grows with the number of those who wait. */
export async function breathe(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const now = performance.now();
  if (now - lastPause < stretch) return;
  waiting += 1;
  try {
    await new Promise((resolve) => {
      setTimeout(resolve, stretch * waiting);
    });
  } finally {
    waiting -= 1;
    lastPause = performance.now();
  }
  signal.throwIfAborted();
}
