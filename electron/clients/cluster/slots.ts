/** Lets at most `count` things happen at once; the others wait in order. `take` gives what frees the slot, and rejects with the signal's reason. */
export function createSlots(count: number): { take(signal: AbortSignal): Promise<() => void> } {
  let free = count;
  const waiting: (() => void)[] = [];
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else {
        await new Promise<void>((resolve, reject) => {
          const enter = () => { signal.removeEventListener('abort', leave); resolve(); };
          const leave = () => { waiting.splice(waiting.indexOf(enter), 1); reject(signal.reason); };
          waiting.push(enter);
          signal.addEventListener('abort', leave, { once: true });
        });
      }
      let taken = true;
      return () => { if (taken) { taken = false; release(); } };
    },
  };
}
