import { expect, test } from 'vitest';
import { fromWholeLine, isReport, piecesOf } from './replay.ts';

const bytes = Uint8Array.of(1, 2, 3, 4);
test.each<[string, number, ReturnType<typeof piecesOf>]>([
  ['none was seen', 0, [{ bytes, wasSeen: false, upTo: 14 }]],
  ['less than what is kept was seen', 10, [{ bytes, wasSeen: false, upTo: 14 }]],
  ['some were seen', 13, [{ bytes: Uint8Array.of(1, 2, 3), wasSeen: true, upTo: 13 }, { bytes: Uint8Array.of(4), wasSeen: false, upTo: 14 }]],
  ['all were seen', 14, [{ bytes, wasSeen: true, upTo: 14 }]],
  ['more than these were seen', 99, [{ bytes, wasSeen: true, upTo: 14 }]],
])('from byte 10, %s', (_, seen, expected) => expect(piecesOf(10, bytes, seen)).toEqual(expected));

test.each([['\u001b[?1;2c', true], ['\u001b[5;1R', true], ['\u001b', false], ['l', false], ['안녕', false]])('%j is a report: %s', (data, expected) => expect(isReport(data)).toBe(expected));

const encode = (text: string) => new TextEncoder().encode(text);
test('what is kept begins with a whole line, where there is one', () => {
  expect(fromWholeLine(encode('5;31mred\r\n/ # ls\r\n'))).toEqual(encode('/ # ls\r\n'));
  expect(fromWholeLine(encode('no end'))).toEqual(encode('no end'));
});
