// Backpressure for what is written by hand.
import type { Writable } from 'node:stream';

/** Resolves when there is room for more, or nobody to write to. */
export function roomIn(output: Writable): Promise<void> {
  if (output.destroyed || !output.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      output.off('drain', done).off('close', done).off('error', done);
      resolve();
    };
    output.on('drain', done).on('close', done).on('error', done);
  });
}

/** Writes and waits for room; false when nobody takes it any more. */
export async function writeTo(output: Writable, chunk: Uint8Array): Promise<boolean> {
  if (output.destroyed || output.writableEnded) return false;
  if (!output.write(chunk)) await roomIn(output);
  return !output.destroyed;
}
