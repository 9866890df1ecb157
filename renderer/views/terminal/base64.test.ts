import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

test('every byte comes back, however many there are', () => {
  for (const length of [0, 1, 2, 3, 255, 8_192, 8_193, 70_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(Buffer.from(fromBase64(toBase64(bytes))).equals(bytes)).toBe(true);
  }
});
