import { expect, test } from 'vitest';
import { GO_ON_UNDRAWN, KEPT_BYTES, MOST_UNDRAWN, keepOutput, type KeptOutput } from './kept-output.ts';

const soon = (ms = 30) => new Promise((resolve) => setTimeout(resolve, ms));
const numbered = (from: number, length: number) => Uint8Array.from({ length }, (_, index) => (from + index) % 251);

/** Reads in the background; `acknowledges` as a screen that draws at once. */
function readerOf(output: KeptOutput, name = 'a', acknowledges = true) {
  const leave = new AbortController();
  const got: Buffer[] = [];
  let first: number | undefined;
  const done = (async () => {
    for await (const { from, data } of output.read(name, leave.signal)) {
      first ??= from;
      got.push(data);
      if (acknowledges) output.acknowledge(name, from + data.length);
    }
  })();
  return { leave, done, get first() { return first; }, get bytes() { return Buffer.concat(got); }, get pieces() { return got.length; } };
}

test('what was written before a screen comes is given first, then what comes, without a gap', async () => {
  const output = keepOutput(() => {});
  output.add(numbered(0, 1_000));
  const reader = readerOf(output);
  await soon();
  output.add(numbered(1_000, 500));
  output.end();
  await reader.done;
  expect(reader.first).toBe(0);
  expect(reader.bytes.equals(Buffer.from(numbered(0, 1_500)))).toBe(true);
});

test('with nobody who reads, the program goes on and the newest 256 KiB are kept', async () => {
  const held: boolean[] = [];
  const output = keepOutput((isHeld) => held.push(isHeld));
  for (let at = 0; at < 1_000_000; at += 10_000) output.add(numbered(at, 10_000));
  expect(held).toEqual([]);
  const reader = readerOf(output);
  output.end();
  await reader.done;
  expect(reader.bytes.length).toBeLessThanOrEqual(KEPT_BYTES);
  expect(reader.bytes.length).toBeGreaterThan(KEPT_BYTES - 10_001);
  expect(reader.bytes.equals(Buffer.from(numbered(reader.first!, 1_000_000 - reader.first!)))).toBe(true);
});

test('a screen that does not draw holds the program, and lets it go on when it has drawn', async () => {
  let isHeld = false;
  const output = keepOutput((next) => (isHeld = next));
  const reader = readerOf(output, 'slow', false);
  let written = 0;
  for (let rounds = 0; rounds < 200; rounds += 1) {
    if (!isHeld) {
      output.add(numbered(written, 8_192));
      written += 8_192;
    }
    await soon(0);
  }
  await soon();
  expect(isHeld).toBe(true);
  expect(reader.bytes.length).toBeLessThanOrEqual(MOST_UNDRAWN + 64 * 1024);
  expect(written - reader.bytes.length).toBeLessThanOrEqual(64 * 1024 + 8_192);
  output.acknowledge('slow', reader.bytes.length - GO_ON_UNDRAWN);
  await soon();
  expect(isHeld).toBe(false);
  output.end();
  await reader.done;
  expect(reader.bytes.equals(Buffer.from(numbered(0, written)))).toBe(true);
});

test('two screens have all of it, and the one that leaves holds nobody', async () => {
  let isHeld = false;
  const output = keepOutput((next) => (isHeld = next));
  const fast = readerOf(output, 'fast');
  const slow = readerOf(output, 'slow', false);
  for (let at = 0; at < 60 && !isHeld; at += 1) {
    output.add(numbered(at * 8_192, 8_192));
    await soon(1);
  }
  await soon(50);
  expect(isHeld).toBe(true);
  slow.leave.abort();
  await slow.done;
  expect(isHeld).toBe(false);
  output.end();
  await fast.done;
  expect(fast.bytes.subarray(0, slow.bytes.length).equals(slow.bytes)).toBe(true);
});

test('a flood comes in few messages', async () => {
  const output = keepOutput(() => {});
  const reader = readerOf(output);
  await soon();
  for (let at = 0; at < 400; at += 1) output.add(numbered(at, 100));
  output.end();
  await reader.done;
  expect(reader.bytes.length).toBe(40_000);
  expect(reader.pieces).toBeLessThan(5);
});
