import { expect, test } from 'vitest';
import { textOf } from './view-file.ts';

const korean = Buffer.from('한국어');
test.each<[string, Uint8Array, boolean, string | undefined]>([
  ['text', korean, false, '한국어'], ['nothing', Buffer.alloc(0), false, ''], ['a letter cut by the limit', korean.subarray(0, 8), true, '한국'], ['a letter cut by the file', korean.subarray(0, 8), false, undefined],
  ['a NUL', Buffer.from('a\0b'), false, undefined], ['no UTF-8', Buffer.from([0xff, 0xfe, 0x41]), false, undefined],
])('%s', (_, bytes, isCut, text) => {
  expect(textOf(bytes, isCut)).toBe(text);
});
