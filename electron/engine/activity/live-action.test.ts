import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createActivity } from './activity.ts';
import { runLive, type LiveAction } from './live-action.ts';

const title = { key: 'activity.http', params: {} };
const signal = new AbortController().signal;
type Run = LiveAction<{ at: number }>['run'];
const read = async (run: Run, until = signal) => {
  const seen: number[] = [];
  const failure = await (async () => {
    for await (const { at } of runLive(createActivity(), { title, commands: [], run }, until)) seen.push(at);
  })().catch((error: unknown) => error);
  return { seen, failure };
};

test('the last state is always given, and a failure comes after it', async () => {
  expect(await read(async (show) => {
    for (let at = 1; at <= 100; at += 1) show({ at });
  })).toMatchObject({ seen: [100], failure: undefined });
  const broken = await read(async (show) => {
    show({ at: 1 });
    await sleep(40);
    show({ at: 2 });
    throw new Error('broken');
  });
  expect(broken).toMatchObject({ seen: [1, 2], failure: { message: 'broken' } });
  expect(await read(async () => {})).toEqual({ seen: [], failure: undefined });
});

test('it ends with its reader, who waits until it has', async () => {
  let isOver = false;
  const run: Run = async (show, _, own) => {
    show({ at: 1 });
    await sleep(60_000, undefined, { signal: own }).catch(() => {});
    await sleep(20);
    isOver = true;
    own.throwIfAborted();
  };
  for await (const _ of runLive(createActivity(), { title, commands: [], run }, signal)) break;
  expect(isOver).toBe(true);

  isOver = false;
  const aborting = new AbortController();
  setTimeout(() => aborting.abort(), 30);
  expect((await read(run, aborting.signal)).seen).toEqual([1]);
  expect(isOver).toBe(true);
});
