import { expect, test } from 'vitest';
import { imageSize } from './image-size.ts';

test.each([
  [0, '0 B'], [999, '999 B'], [1000, '1 kB'], [1234, '1.23 kB'], [72_800_000, '72.8 MB'], [105_489_000, '105 MB'], [1_420_000_000, '1.42 GB'], [5.1e15, '5100 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(imageSize(bytes)).toBe(text);
});
