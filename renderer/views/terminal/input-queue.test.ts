import { expect, test } from 'vitest';
import { openInputQueue } from './input-queue.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (piece: Uint8Array) => new TextDecoder().decode(piece);
const soon = () => new Promise((resolve) => setTimeout(resolve, 0));

test('keeps the order, and sends together what comes while one call is on its way', async () => {
  const sent: string[] = [];
  let done: () => void = () => {};
  const queue = openInputQueue((piece) => {
    sent.push(text(piece));
    return new Promise<void>((resolve) => (done = resolve));
  }, () => {});
  queue.push(bytes('a'));
  queue.push(bytes('b'));
  queue.push(bytes('한'));
  expect(sent).toEqual(['a']);
  done();
  await soon();
  expect(sent).toEqual(['a', 'b한']);
});

test('a large paste goes in pieces of 64 KiB and arrives whole', async () => {
  const sent: Uint8Array[] = [];
  const queue = openInputQueue((piece) => {
    sent.push(piece.slice());
    return Promise.resolve();
  }, () => {});
  const all = Uint8Array.from({ length: 150_000 }, (_, index) => index % 251);
  queue.push(all);
  await soon();
  expect(sent.map(({ length }) => length)).toEqual([65_536, 65_536, 18_928]);
  expect(Buffer.concat(sent).equals(all)).toBe(true);
});

test('what waited behind a failure is dropped, and what is typed after it goes', async () => {
  const sent: string[] = [];
  const failures: unknown[] = [];
  const queue = openInputQueue(async (piece) => {
    sent.push(text(piece));
    await soon();
    if (sent.length === 1) throw new Error('locked');
  }, (error) => failures.push(error));
  queue.push(bytes('a'));
  queue.push(bytes('b'));
  await soon();
  await soon();
  expect(failures).toHaveLength(1);
  queue.push(bytes('c'));
  await soon();
  expect(sent).toEqual(['a', 'c']);
});
