import { expect, test } from 'vitest';
import { foundIn, MOST_FOUND, nextPlace, piecesOf, placeIn } from './found-in.ts';

test.each([
  ['Hello hello', 'HELLO', [0, 6]],
  ['aaaa', 'aa', [0, 2]],
  ['a.b a+b', 'a.b', [0]],
  ['(x) [y]', '(x', [0]],
  ['파드와 파드', '파드', [0, 4]],
  ['İstanbul k', 'K', [9]],
  ['abc', '', []],
  ['abc', 'd', []],
])('in %j the text %j is found at %j', (text, needle, places) => {
  expect(foundIn(text, needle)).toEqual(places);
});

test('no more than so many are looked for', () => {
  expect(foundIn('a'.repeat(MOST_FOUND + 5), 'a')).toHaveLength(MOST_FOUND);
});

test.each([[3, 0, 1, 1], [3, 2, 1, 0], [3, 0, -1, 2], [0, 0, 1, 0]] as const)('of %i places the one after %i by %i is %i', (count, current, step, next) => {
  expect(nextPlace(count, current, step)).toBe(next);
});

test.each([0, 1, 199, 200, 201, 450])('a text of %i line breaks is whole again when its pieces are joined, and every place is found in them', (breaks) => {
  const text = Array.from({ length: breaks + 1 }, (_, line) => `line ${line}`).join('\n');
  const pieces = piecesOf(text);
  expect(pieces).toHaveLength(Math.ceil((breaks + 1) / 200));
  expect(pieces.map((piece) => piece.text).join('\n')).toBe(text);
  for (const at of foundIn(text, 'line')) {
    const { piece, offset } = placeIn(pieces, at);
    expect(pieces[piece]?.text.slice(offset, offset + 4)).toBe('line');
  }
});

test('a very long line is cut into pieces, but no letter is', () => {
  const text = `a\n${'😀'.repeat(30_000)}\nb\n`;
  const pieces = piecesOf(text);
  expect(pieces.map(({ text: piece }) => piece.length)).toEqual([1, 20_000, 20_000, 20_000, 2]);
  expect(pieces.map(({ text: piece }) => piece.isWellFormed())).not.toContain(false);
  expect(placeIn(pieces, 2 + 20_001)).toEqual({ piece: 2, offset: 1 });
});

test.each([['', 0], ['a', 1], ['a\n', 1], ['\n', 1], ['a\n'.repeat(200), 1]])('%j is drawn in %i pieces', (text, count) => {
  expect(piecesOf(text)).toHaveLength(count);
});
