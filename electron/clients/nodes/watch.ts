// A node's image list while somebody looks at it.
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../../shared/contract/failures.ts';
import type { NodeImages } from '../../../shared/diagnosis/world.ts';
import { coalescedRead } from '../docker/coalesced-read.ts';
import type { NodeImageStore } from './node-image-store.ts';

export interface NodeImageWatch extends AsyncDisposable {
  /** Reads now; undefined when it could not (onFailure says why). */
  refresh(): Promise<NodeImages | undefined>;
}

export interface WatchNodeImagesOptions {
  readonly signal?: AbortSignal;
  /** First once read, then at each change. */
  onImages(images: NodeImages): void;
  /** At most once for the same failure in a row. */
  onFailure?(failure: Failure): void;
}

const SETTLE = 100;
const PAUSE = 3_000;
const LONGEST_PAUSE = 12_000;

/**
 * Reads the list, and again at each event of the store (Docker, and dockerd and containerd inside a node, have them). Without events, and only
 * while this is open: node.status is looked at every 3 s, which asks nobody (the node's watch keeps it in memory; it changes every 10 s at most,
 * diagnosis 2.10), another store as often as it says. One whose events end at once is read 3 s later, then 6 s, then every 12 s.
 */
export function watchNodeImages(store: NodeImageStore, { signal: outer, onImages, onFailure }: WatchNodeImagesOptions): NodeImageWatch {
  const closer = new AbortController();
  const signal = outer ? AbortSignal.any([outer, closer.signal]) : closer.signal;
  let last: NodeImages | undefined;
  let told = '';

  const reading = coalescedRead(async () => {
    try {
      const images = await store.list(signal);
      signal.throwIfAborted();
      last = images;
      const what = JSON.stringify({ ...images, readAt: '' });
      if (what !== told) {
        told = what;
        onImages(images);
      }
    } catch (error) {
      if (signal.aborted) return;
      last = undefined;
      const failure = error instanceof Failure ? error : new Failure('NODE_STORE_UNREACHABLE', { node: store.node }, error);
      const what = JSON.stringify(failure.toData());
      if (what !== told) {
        told = what;
        onFailure?.(failure);
      }
    }
  }, SETTLE, () => {});

  async function run(): Promise<void> {
    let pause = PAUSE;
    while (!signal.aborted) {
      const began = performance.now();
      // The events are asked for first: what changes while the list is read is an event.
      const events = store.watch?.(signal, () => reading.changed()).catch(() => {});
      await reading.now();
      await events;
      if (performance.now() - began > LONGEST_PAUSE) pause = PAUSE;
      await delay(store.readEveryMs ?? pause, undefined, { signal }).catch(() => {});
      if (store.watch) pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }

  const running = run();
  return {
    async refresh() {
      await reading.now();
      return last;
    },
    async [Symbol.asyncDispose]() {
      closer.abort();
      reading[Symbol.dispose]();
      await running;
    },
  };
}
