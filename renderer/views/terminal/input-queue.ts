// What is typed, in its order: one call at a time, and what comes meanwhile goes together in the next one.

export interface InputQueue {
  push(bytes: Uint8Array): void;
}

/** Of one call; a paste of megabytes goes in pieces, so that Ctrl-C is not behind all of it in one message. */
const MOST_BYTES = 64 * 1024;

/**
 * @param send resolves when there is room for more
 * @param failed called with what went wrong; what was waiting is dropped then, since it was meant for the moment in which it was typed
 */
export function openInputQueue(send: (bytes: Uint8Array) => Promise<unknown>, failed: (error: unknown) => void): InputQueue {
  let waiting: Uint8Array[] = [];
  let isSending = false;

  const run = async () => {
    isSending = true;
    try {
      while (waiting.length > 0) {
        const { piece, rest } = nextPiece(waiting);
        waiting = rest;
        await send(piece);
      }
    } catch (error) {
      waiting = [];
      failed(error);
    } finally {
      isSending = false;
    }
  };
  return {
    push(bytes) {
      if (bytes.length === 0) return;
      waiting.push(bytes);
      if (!isSending) void run();
    },
  };
}

function nextPiece(waiting: readonly Uint8Array[]): { readonly piece: Uint8Array; readonly rest: Uint8Array[] } {
  const all = new Uint8Array(waiting.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const bytes of waiting) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return { piece: all.subarray(0, MOST_BYTES), rest: all.length > MOST_BYTES ? [all.subarray(MOST_BYTES)] : [] };
}
