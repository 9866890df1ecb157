import { expect, test } from 'vitest';
import { letterOf } from './shortcut.ts';

const none = { repeat: false, isComposing: false, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
test.each<[string, string, Partial<typeof none>, string | undefined]>([
  ['d', 'KeyD', {}, 'd'],
  ['D', 'KeyD', {}, 'd'],
  ['ㅇ', 'KeyD', {}, 'd'],
  ['Process', 'KeyF', {}, 'f'],
  ['e', 'KeyD', {}, 'e'],
  ['.', 'KeyV', {}, undefined],
  ['Enter', 'Enter', {}, undefined],
  ['d', 'KeyD', { repeat: true }, undefined],
  ['d', 'KeyD', { ctrlKey: true }, undefined],
  ['d', 'KeyD', { altKey: true }, undefined],
  ['d', 'KeyD', { metaKey: true }, undefined],
  ['D', 'KeyD', { shiftKey: true }, undefined],
  ['ㅇ', 'KeyD', { isComposing: true }, undefined],
])('%s at %s with %j is %s', (key, code, more, expected) => expect(letterOf({ ...none, key, code, ...more })).toBe(expected));
