import { expect, test } from 'vitest';
import { rowAfter } from './row-move.ts';

test.each<[string, number, number | undefined]>([
  ['ArrowDown', 0, 1], ['ArrowDown', 2, 2], ['ArrowUp', 2, 1], ['ArrowUp', 0, 0], ['Home', 2, 0], ['End', 0, 2], ['Enter', 1, undefined], ['toString', 1, undefined],
])('%s on row %i of three', (key, at, to) => expect(rowAfter(key, at, 3)).toBe(to));
