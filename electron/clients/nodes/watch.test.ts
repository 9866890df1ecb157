// A store in memory: the loop of reads and events alone. Real stores: nodes.cluster.test.ts.
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import type { NodeImages } from '../../../shared/diagnosis/world.ts';
import type { NodeImageStore } from './node-image-store.ts';
import { findNodeImage } from './node-image-store.ts';
import { watchNodeImages } from './watch.ts';

const soon = { timeout: 8_000, interval: 10 };

function memoryStore(events: boolean, readEveryMs?: number) {
  const memory = { names: ['a:1'], broken: false, reads: 0, changed: () => {}, ended: () => {} };
  const list = async (): Promise<NodeImages> => {
    memory.reads++;
    if (memory.broken) throw new Failure('NODE_STORE_UNREACHABLE', { node: 'n' }, 'gone');
    return { node: 'n', source: 'ctr', complete: true, readAt: new Date().toISOString(), images: memory.names.map(name => ({ id: name, names: [name], size: 1 })) };
  };
  const store: NodeImageStore = {
    node: 'n', kind: 'kind', architecture: 'amd64', list, loadCommand: () => undefined, ...(readEveryMs !== undefined && { readEveryMs }),
    identify: async reference => findNodeImage(await list(), reference),
    ...(events && {
      async watch(signal, onChange) {
        memory.changed = onChange;
        await Promise.race([once(signal, 'abort'), new Promise<void>(resolve => { memory.ended = resolve; })]);
      },
    }),
  };
  return { memory, store };
}

function watched(store: NodeImageStore) {
  const told: unknown[] = [];
  const watch = watchNodeImages(store, {
    onImages: images => told.push(images.images.map(({ id }) => id)),
    onFailure: failure => told.push(failure.code),
  });
  return { told, watch };
}

test('with events, it reads at each of them and never tells the same twice', async () => {
  const { memory, store } = memoryStore(true);
  const { told, watch } = watched(store);
  await using _ = watch;
  await vi.waitFor(() => expect(told).toEqual([['a:1']]), soon);
  memory.changed();
  await vi.waitFor(() => expect(memory.reads).toBe(2), soon);
  memory.names = ['a:1', 'b:1'];
  for (let i = 0; i < 20; i++) memory.changed();
  await vi.waitFor(() => expect(told).toEqual([['a:1'], ['a:1', 'b:1']]), soon);
  expect(memory.reads).toBe(3);
});

test('refresh reads at once and gives the list; a failure is told once, and so is the way back', async () => {
  const { memory, store } = memoryStore(true);
  const { told, watch } = watched(store);
  await using _ = watch;
  expect((await watch.refresh())?.images.map(({ id }) => id)).toEqual(['a:1']);
  memory.broken = true;
  expect(await watch.refresh()).toBeUndefined();
  expect(await watch.refresh()).toBeUndefined();
  memory.broken = false;
  await watch.refresh();
  expect(told).toEqual([['a:1'], 'NODE_STORE_UNREACHABLE', ['a:1']]);
});

test('events that end are asked for again, and the list is read again', async () => {
  const { memory, store } = memoryStore(true);
  const { told, watch } = watched(store);
  await using _ = watch;
  await vi.waitFor(() => expect(told).toEqual([['a:1']]), soon);
  memory.names = ['b:1'];
  memory.ended();
  await vi.waitFor(() => expect(told).toEqual([['a:1'], ['b:1']]), soon);
});

test('without events it is read again and again, and not after it is closed', async () => {
  const { memory, store } = memoryStore(false);
  const { told, watch } = watched(store);
  await vi.waitFor(() => expect(told).toEqual([['a:1']]), soon);
  memory.names = ['c:1'];
  await vi.waitFor(() => expect(told).toEqual([['a:1'], ['c:1']]), soon);
  await watch[Symbol.asyncDispose]();
  const reads = memory.reads;
  await watch.refresh();
  expect(memory.reads).toBe(reads);
});

test('a store that says how often it is worth reading is read so often, and at once when asked', async () => {
  const hourly = memoryStore(false, 3_600_000);
  const often = memoryStore(false, 5);
  const { told, watch } = watched(hourly.store);
  await using _ = watch;
  await using other = watched(often.store).watch;
  await vi.waitFor(() => expect(often.memory.reads).toBeGreaterThan(10), soon);
  expect(hourly.memory.reads).toBe(1);
  hourly.memory.names = ['d:1'];
  await watch.refresh();
  expect(told).toEqual([['a:1'], ['d:1']]);
  await other.refresh();
});
