import { expect, test } from 'vitest';
import { parsePort } from './parse-port.ts';

test.each<[string, number | undefined]>([
  ['8080', 8080], [' 12345 ', 12345], ['0', 0], ['', 0], ['65535', 65535], ['65536', undefined],
  ['-1', undefined], ['80a', undefined], ['8080.5', undefined], ['1e3', undefined], ['http', undefined], ['123456', undefined],
])('"%s"', (text, expected) => expect(parsePort(text, 0)).toBe(expected));
