// How far a load is, summed over its nodes.
import type { NodeImageStore } from './node-image-store.ts';

export interface LoadProgress {
  /** Sent to all nodes together. */
  readonly sentBytes: number;
  /** What that will be: by Docker's size of the image, less what the nodes have; exact only at the end. */
  readonly totalBytes: number;
}

export interface LoadMeter {
  /** The node gets the image without what it has. */
  expect(store: NodeImageStore, layers: readonly string[], has: ReadonlyMap<string, number | undefined>): void;
  /** The node gets all of the image, once more. */
  expectWhole(store: NodeImageStore): void;
  /** A layer that the node has did not go to it; its size where that is known. */
  leftOut(store: NodeImageStore, layer: string, size: number | undefined): void;
  sent(store: NodeImageStore, count: number): void;
  sentTo(store: NodeImageStore): number;
}

interface Count { sent: number; total: number; readonly subtracted: Set<string> }

/** @param size Docker's size of the image, which its archive is a little longer than. */
export function createLoadMeter(size: number, onProgress: ((progress: LoadProgress) => void) | undefined): LoadMeter {
  const counts = new Map<NodeImageStore, Count>();
  const countOf = (store: NodeImageStore): Count => {
    const count = counts.get(store) ?? { sent: 0, total: size, subtracted: new Set() };
    counts.set(store, count);
    return count;
  };
  const subtract = (count: Count, layer: string, bytes: number) => {
    if (!count.subtracted.has(layer)) count.total = Math.max(0, count.total - bytes);
    count.subtracted.add(layer);
  };
  return {
    expect(store, layers, has) {
      const count = countOf(store);
      for (const layer of layers) {
        const held = has.get(layer);
        if (held !== undefined) subtract(count, layer, held);
      }
    },
    expectWhole(store) {
      const count = countOf(store);
      count.total = count.sent + size;
    },
    leftOut(store, layer, bytes) {
      if (bytes !== undefined) subtract(countOf(store), layer, bytes);
    },
    sent(store, bytes) {
      countOf(store).sent += bytes;
      if (!onProgress) return;
      let sentBytes = 0;
      let totalBytes = 0;
      for (const { sent, total } of counts.values()) {
        sentBytes += sent;
        totalBytes += Math.max(sent, total);
      }
      onProgress({ sentBytes, totalBytes });
    },
    sentTo: store => countOf(store).sent,
  };
}
