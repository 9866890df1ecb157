import { expect, test } from 'vitest';
import { readPort } from './new-forward.ts';

test.each([
  ['8080', 8080],
  [' 1 ', 1],
  ['65535', 65535],
  ['0', undefined],
  ['65536', undefined],
  ['', undefined],
  ['80a', undefined],
  ['-1', undefined],
  ['1e3', undefined],
])('%j is read as the port %s', (text, port) => {
  expect(readPort(text)).toBe(port);
});
