import { expect, test } from 'vitest';
import { createTopic, waitFor } from './topic.ts';

test('a watcher gets the present value, then only the newest of those that came while it was busy', async () => {
  const topic = createTopic(1);
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const value of topic.watch(stop.signal)) {
    seen.push(value);
    if (value === 1) for (const next of [2, 3, 4]) topic.set(next);
    if (value === 4) stop.abort();
  }
  expect(seen).toEqual([1, 4]);
});

test('aborting ends a watch that waits', async () => {
  const topic = createTopic('a');
  const stop = new AbortController();
  const watch = topic.watch(stop.signal);
  expect(await watch.next()).toEqual({ done: false, value: 'a' });
  const next = watch.next();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test('waitFor takes the present value, a later one, or ends with the reason of the signal', async () => {
  const topic = createTopic(5);
  expect(await waitFor(topic, (value) => value === 5, AbortSignal.timeout(10_000))).toBe(5);
  const later = waitFor(topic, (value) => value > 6, AbortSignal.timeout(10_000));
  topic.set(6);
  topic.set(7);
  expect(await later).toBe(7);
  const stop = new AbortController();
  const never = waitFor(topic, (value) => value < 0, stop.signal);
  stop.abort(new Error('no longer'));
  await expect(never).rejects.toThrow('no longer');
});
