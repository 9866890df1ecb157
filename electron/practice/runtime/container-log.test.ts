import { expect, it } from 'vitest';
import { createContainerLog } from './container-log.ts';

const at = new Date(0);
const never = new AbortController().signal;

it('makes lines of what comes in pieces, each stream for itself', () => {
  const log = createContainerLog();
  log.append('stdout', Buffer.from('one\ntw'), at);
  log.append('stderr', Buffer.from('bad\n'), at);
  log.append('stdout', Buffer.from('o\nrest'), at);
  log.end(at);
  expect(log.entries.map(({ stream, text, partial }) => [stream, text.toString(), partial ?? false])).toEqual([
    ['stdout', 'one', false],
    ['stderr', 'bad', false],
    ['stdout', 'two', false],
    ['stdout', 'rest', true],
  ]);
});

it('cuts a long line into pieces that say so', () => {
  const log = createContainerLog();
  log.append('stdout', Buffer.from(`${'x'.repeat(20_000)}\n`), at);
  expect(log.entries.map(({ text, partial }) => [text.length, partial ?? false])).toEqual([
    [16_384, true],
    [3616, false],
  ]);
});

it('forgets the oldest lines, and who follows goes on behind them', async () => {
  const log = createContainerLog();
  const line = Buffer.from(`${'x'.repeat(1000)}\n`);
  log.append('stdout', Buffer.from('first\n'), at);
  const reader = log.read({ follow: true }, never);
  expect((await reader.next()).value?.text.toString()).toBe('first');
  for (let count = 0; count < 3000; count += 1) log.append('stdout', line, at);
  expect(log.entries.length).toBeLessThan(1024);
  log.append('stdout', Buffer.from('last\n'), at);
  log.end(at);
  const rest: string[] = [];
  for await (const { text } of reader) rest.push(text.toString());
  expect(rest.at(-1)).toBe('last');
  expect(rest.length).toBe(log.entries.length);
});

it('stops to follow when it is told to', async () => {
  const log = createContainerLog();
  const stop = new AbortController();
  const next = log.read({ follow: true }, stop.signal).next();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});
