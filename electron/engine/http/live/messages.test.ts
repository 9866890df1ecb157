import { expect, test } from 'vitest';
import { createMessages } from './messages.ts';

const at = new Date('2026-01-02T03:04:05Z');
const fromPod = { from: 'pod', kind: 'text' } as const;

test('both ways are counted, and numbered together', () => {
  const messages = createMessages(() => at);
  messages.add(fromPod, Buffer.from('안녕'));
  messages.add({ from: 'me', kind: 'text' }, Buffer.from('hi'));
  messages.add({ from: 'pod', kind: 'binary' }, Buffer.from([0, 255]));
  const { messages: kept, ...counts } = messages.shown();
  expect(counts).toEqual({ received: 2, sent: 1, bytesIn: 8, bytesOut: 2 });
  expect(kept.map(({ number, text }) => [number, text])).toEqual([[1, '안녕'], [2, 'hi'], [3, 'AP8=']]);
  expect(kept[0]).toMatchObject({ at: at.toISOString(), bytes: 6, isCut: false });
});

test('a long message is cut between two letters', () => {
  const messages = createMessages();
  messages.add(fromPod, Buffer.from('한'.repeat(10_000)));
  const [{ text, isCut, bytes } = { text: '', isCut: false, bytes: 0 }] = messages.shown().messages;
  expect([isCut, bytes, text]).toEqual([true, 30_000, '한'.repeat(Math.floor((16 * 1024) / 3))]);
});

test('the newest are kept: so many, and of so many letters together', () => {
  const many = createMessages();
  for (let i = 1; i <= 600; i += 1) many.add(fromPod, Buffer.from(String(i)));
  expect(many.shown().messages.map(({ text }) => text)).toEqual(Array.from({ length: 500 }, (_, i) => String(i + 101)));
  const long = createMessages();
  for (let i = 0; i < 100; i += 1) long.add(fromPod, Buffer.alloc(16 * 1024, 'x'));
  expect([long.shown().messages.length, long.shown().received]).toEqual([16, 100]);
});
