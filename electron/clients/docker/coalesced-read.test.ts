import { expect, test } from 'vitest';
import { coalescedRead } from './coalesced-read.ts';

/** A read that the test ends itself. */
function controlled() {
  const reads: PromiseWithResolvers<void>[] = [];
  const started: PromiseWithResolvers<void>[] = [];
  const nth = (index: number) => (started[index] ??= Promise.withResolvers<void>());
  return {
    count: () => reads.length,
    read: () => {
      const pending = Promise.withResolvers<void>();
      reads.push(pending);
      nth(reads.length - 1).resolve();
      return pending.promise;
    },
    started: (index: number) => nth(index).promise,
    end: (index: number) => reads[index]!.resolve(),
    fail: (index: number, error: Error) => reads[index]!.reject(error),
  };
}

test('many changes are one read', async () => {
  const source = controlled();
  using reading = coalescedRead(source.read, 5, () => {});
  for (let i = 0; i < 100; i++) reading.changed();
  await source.started(0);
  source.end(0);
  expect(source.count()).toBe(1);
});

test('who asks during a read gets one that began afterwards, together with all who asked', async () => {
  const source = controlled();
  using reading = coalescedRead(source.read, 5, () => {});
  const first = reading.now();
  const [second, third] = [reading.now(), reading.now()];
  expect(source.count()).toBe(1);
  source.end(0);
  await first;
  await source.started(1);
  source.end(1);
  await Promise.all([second, third]);
  expect(source.count()).toBe(2);
});

test('an error goes to those who wait, and to onError where nobody does', async () => {
  const source = controlled();
  const told = Promise.withResolvers<unknown>();
  using reading = coalescedRead(source.read, 1, told.resolve);
  const asked = reading.now();
  source.fail(0, new Error('first'));
  await expect(asked).rejects.toThrow('first');
  reading.changed();
  await source.started(1);
  source.fail(1, new Error('second'));
  expect(await told.promise).toEqual(new Error('second'));
});

test('a read that failed and that nobody waits for is read again until it succeeds, and then no more', async () => {
  const source = controlled();
  using reading = coalescedRead(source.read, 1, () => {});
  reading.changed();
  for (const at of [0, 1, 2]) {
    await source.started(at);
    source.fail(at, new Error('busy'));
  }
  await source.started(3);
  source.end(3);
  const last = reading.now();
  await source.started(4);
  source.end(4);
  await last;
  expect(source.count()).toBe(5);
});

test('closed, it reads no more', async () => {
  const source = controlled();
  const reading = coalescedRead(source.read, 1, () => {});
  reading.changed();
  reading[Symbol.dispose]();
  reading.changed();
  await reading.now();
  expect(source.count()).toBe(0);
});
