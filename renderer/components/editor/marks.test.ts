import { expect, test } from 'vitest';
import { rangeOf } from './marks.ts';

test.each([
  ['      imagePullPolcy: Never', 'spec.containers[0].imagePullPolcy', 'imagePullPolcy'],
  ['    - image: x', 'spec.containers[0].image', 'image'],
  ['    - image: x ', 'spec.containers[0]', '- image: x'],
  ['  a: b', '', 'a: b'],
  ['', 'spec', ''],
])('%j at %j', (line, path, expected) => {
  const { from, to } = rangeOf(line, path);
  expect(line.slice(from, to)).toBe(expected);
});
