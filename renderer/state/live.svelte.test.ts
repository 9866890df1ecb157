import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { folded, live } from './live.svelte.ts';

/** A watched subject that the test drives: what was asked, what is told, and whether the reader went away. */
function subject<Event>() {
  const asked: unknown[] = [];
  const signals: AbortSignal[] = [];
  let waiting = Promise.withResolvers<void>();
  const told: (Event | Error)[] = [];
  return {
    asked,
    signals,
    tell(event: Event | Error) {
      told.push(event);
      waiting.resolve();
      waiting = Promise.withResolvers();
    },
    async watch(input: unknown, { signal }: { signal: AbortSignal }) {
      asked.push(input);
      signals.push(signal);
      return (async function* () {
        while (!signal.aborted) {
          const next = told.shift();
          if (next instanceof Error) throw next;
          if (next !== undefined) yield next;
          else await waiting.promise;
        }
      })();
    },
  };
}
/** Lets the streams' promises run; nothing here waits on a clock. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('subscribes with its first reader and aborts after the last', async () => {
  const source = subject<string>();
  const watched = live(source.watch, { namespace: 'default' });
  await settle();
  expect(source.asked).toEqual([]);

  const seen: (string | undefined)[] = [];
  const stop = $effect.root(() => {
    $effect(() => void seen.push(watched.latest));
  });
  flushSync();
  await settle();
  source.tell('first');
  await settle();
  flushSync();
  source.tell('second');
  await settle();
  flushSync();
  expect({ asked: source.asked, seen }).toEqual({ asked: [{ namespace: 'default' }], seen: [undefined, 'first', 'second'] });

  stop();
  await settle();
  expect(source.signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test('two readers share one subscription', async () => {
  const source = subject<string>();
  const watched = live(source.watch, undefined);
  const stop = $effect.root(() => {
    $effect(() => void watched.latest);
    $effect(() => void watched.failure);
  });
  flushSync();
  await settle();
  expect(source.asked).toHaveLength(1);
  stop();
});

test('another parameter is another subscription, and the old one ends', async () => {
  const source = subject<string>();
  let namespace = $state('a');
  const stop = $effect.root(() => {
    const watched = $derived(live(source.watch, namespace));
    $effect(() => void watched.latest);
  });
  flushSync();
  await settle();
  namespace = 'b';
  flushSync();
  await settle();
  expect({ asked: source.asked, aborted: source.signals.map(({ aborted }) => aborted) }).toEqual({ asked: ['a', 'b'], aborted: [true, false] });
  stop();
});

test('a failure keeps what is known, and retry begins from nothing', async () => {
  const source = subject<number>();
  const watched = folded<undefined, number, number[]>(source.watch, undefined, (before = [], event) => [...before, event]);
  const stop = $effect.root(() => {
    $effect(() => void [watched.latest, watched.failure]);
  });
  flushSync();
  await settle();
  source.tell(1);
  await settle();
  source.tell(2);
  await settle();
  source.tell(new Error('broken pipe'));
  await settle();
  expect([watched.latest, watched.failure]).toEqual([[1, 2], { code: 'UNEXPECTED', params: {}, cause: 'broken pipe' }]);

  watched.retry();
  await settle();
  source.tell(3);
  await settle();
  expect([watched.latest, watched.failure]).toEqual([[3], undefined]);
  stop();
});
