import { expect, it } from 'vitest';
import { canonicalQuantity } from './canonical-quantity.ts';

it.each([
  [0.5, '500m'],
  ['1000m', '1'],
  [1, '1'],
  ['1.5', '1500m'],
  ['0.0001', '1m'],
  ['64m', '64m'],
  ['64Mi', '64Mi'],
  ['1024Mi', '1Gi'],
  ['0.5Gi', '512Mi'],
  ['512Ki', '512Ki'],
  ['1023', '1023'],
  ['0.5Ki', '512'],
  ['1000', '1k'],
  ['64000000', '64M'],
  ['1e3', '1e3'],
  ['12e6', '12e6'],
  ['0', '0'],
  ['-1', '-1'],
])('%s is written %s', (quantity, text) => {
  expect(canonicalQuantity(quantity)).toBe(text);
});
