import { expect, test } from 'vitest';
import { markedPieces } from './marks.ts';

const pieces = [{ text: 'no data', look: '' }, { text: 'base, no DATABASE', look: 'fg-red' }];
const shown = (words: string) => markedPieces(pieces, words).map(({ text, isMark }) => (isMark ? `[${text}]` : text)).join('|');

test('the words are marked in any case, also where their colour changes', () => {
  expect(shown('')).toBe('no data|base, no DATABASE');
  expect(shown('database')).toBe('no |[data]|[base]|, no |[DATABASE]');
  expect(shown('no')).toBe('[no]| data|base, |[no]| DATABASE');
  expect(shown('absent')).toBe('no data|base, no DATABASE');
  expect(markedPieces([{ text: 'İx', look: '' }], 'x').some(({ isMark }) => isMark)).toBe(false);
});
