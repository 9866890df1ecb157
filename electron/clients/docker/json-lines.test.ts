import { expect, test } from 'vitest';
import { jsonLines, textLines } from './json-lines.ts';

async function* bytes(...chunks: readonly (string | Buffer)[]): AsyncGenerator<Buffer, void> {
  for (const chunk of chunks) yield Buffer.from(chunk as string);
}
const collect = (...chunks: readonly (string | Buffer)[]) => Array.fromAsync(jsonLines(bytes(...chunks)));

test('values come whole however the bytes are cut, characters of several bytes too', async () => {
  const text = '{"stream":"größe 完了 🎉\\n"}\r\n\n{"aux":{"ID":"sha256:1"}}\n{"last":true}';
  const expected = [{ stream: 'größe 完了 🎉\n' }, { aux: { ID: 'sha256:1' } }, { last: true }];
  const whole = Buffer.from(text);
  for (let cut = 0; cut <= whole.length; cut++) expect(await collect(whole.subarray(0, cut), whole.subarray(cut))).toEqual(expected);
  expect(await collect(...[...whole].map(byte => Buffer.of(byte)))).toEqual(expected);
});

test('what is not JSON is an error, not silence', async () => {
  await expect(collect('{"a":1}\nproxy error\n')).rejects.toThrow(SyntaxError);
});

test('text lines keep their blanks and lose their ends', async () => {
  expect(await Array.fromAsync(textLines(bytes('  a \r', '\n\n b')))).toEqual(['  a ', ' b']);
});
