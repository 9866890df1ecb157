import { expect, test } from 'vitest';
import type { Failure } from '../../../shared/contract/failures.ts';
import { exactly, openParts } from './parts.ts';

const { signal } = new AbortController();
const code = (asked: Promise<unknown>) => asked.then(() => 'done', (error: Failure) => error.code);

test('pieces come in order, and who gives them waits while many lie there', async () => {
  const parts = openParts();
  using upload = parts.open('one');
  let given = 0;
  const giving = (async () => { for (let at = 0; at < 20; at++) { await parts.give('one', Buffer.from([at])); given = at + 1; } })();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(given).toBe(4);
  const taken: number[] = [];
  for await (const piece of exactly(20, upload.chunks(signal))) taken.push(piece[0] ?? -1);
  await giving;
  expect(taken).toEqual([...Array(20).keys()]);
});

test('what nobody takes any more is refused, and so is more than was announced', async () => {
  const parts = openParts();
  expect(await code(parts.give('one', Buffer.from('x')))).toBe('UPLOAD_GONE');
  const upload = parts.open('one');
  const giving = [1, 2, 3, 4, 5].map(() => code(parts.give('one', Buffer.from('ab'))));
  expect(await code((async () => { for await (const _ of exactly(3, upload.chunks(signal))) void _; })())).toBe('REQUEST_INVALID');
  upload[Symbol.dispose]();
  await Promise.all(giving);
  expect(await code(parts.give('one', Buffer.from('x')))).toBe('UPLOAD_GONE');
});

test('an upload that is given up ends', async () => {
  const stop = new AbortController();
  using upload = openParts().open('one');
  const reading = upload.chunks(stop.signal).next();
  stop.abort('enough');
  await expect(reading).rejects.toBe('enough');
});
