// Docker's framing alone; commands run in exec.cluster.test.ts.
import { expect, test } from 'vitest';
import { frames } from './exec.ts';

function frame(stream: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}
async function* bytes(...chunks: readonly Buffer[]): AsyncGenerator<Buffer, void> { yield* chunks; }

test('frames come whole however the bytes are cut', async () => {
  const whole = Buffer.concat([frame(1, 'größe'), frame(2, ''), frame(2, 'error\n'), frame(1, 'x'.repeat(300))]);
  const expected = [[1, 'größe'], [2, ''], [2, 'error\n'], [1, 'x'.repeat(300)]];
  const read = async (...chunks: readonly Buffer[]) =>
    (await Array.fromAsync(frames(bytes(...chunks)))).map(({ stream, payload }) => [stream, payload.toString()]);
  for (let cut = 0; cut <= whole.length; cut++) expect(await read(whole.subarray(0, cut), whole.subarray(cut))).toEqual(expected);
  expect(await read(...[...whole].map(byte => Buffer.of(byte)))).toEqual(expected);
});
