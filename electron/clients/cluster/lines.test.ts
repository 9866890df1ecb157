import { expect, test } from 'vitest';
import { lineBatches } from './lines.ts';

test.each([
  ['a line over several chunks', ['one\ntw', 'o', '\nth', 'ree\nfour\n'], [['one'], ['two'], ['three', 'four']]],
  ['an unfinished last line', ['one\n', 'tw', 'o'], [['one'], ['two']]],
  ['empty lines', ['\n\n', 'a\n'], [['', ''], ['a']]],
  ['nothing', [], []],
])('%s', async (_, chunks, expected) => {
  expect(await Array.fromAsync(lineBatches(bytesOf(chunks.map((chunk) => Buffer.from(chunk)))))).toEqual(expected);
});

test('a character cut in the middle is put together again', async () => {
  const bytes = [...Buffer.from('한국\n')].map((byte) => Buffer.from([byte]));
  expect(await Array.fromAsync(lineBatches(bytesOf(bytes)))).toEqual([['한국']]);
});

async function* bytesOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
