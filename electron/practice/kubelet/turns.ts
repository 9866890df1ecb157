// Lets many workers take turns: a few begin in each round of the event loop, so that the servers in this process answer in between even when
// thousands of pods are made at once.

const EACH_ROUND = 10;

/** @returns what queues a call. Calls begin in their order. */
export function createTurns(): (call: () => void) => void {
  let queue: (() => void)[] = [];
  let next = 0;
  function round(): void {
    for (const end = Math.min(next + EACH_ROUND, queue.length); next < end; next += 1) queue[next]?.();
    if (next < queue.length) {
      setImmediate(round);
    } else {
      queue = [];
      next = 0;
    }
  }
  return (call) => {
    if (queue.push(call) === 1) setImmediate(round);
  };
}
