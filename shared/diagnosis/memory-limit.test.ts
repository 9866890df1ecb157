import { expect, test } from 'vitest';
import { doubled } from './memory-limit.ts';

const GI = 2 ** 30;

test.each([
  ['32Mi', undefined, '64Mi'], ['64Mi', undefined, '128Mi'], ['512Mi', undefined, '1Gi'], ['768Mi', undefined, '1536Mi'], ['1Gi', undefined, '2Gi'], ['100M', undefined, '200M'], ['1G', undefined, '2G'],
  // Bytes, thousandths, and limits too small to be doubled only.
  ['33554432', undefined, '64Mi'], ['64000m', undefined, '32Mi'], ['1Mi', undefined, '32Mi'], ['10M', undefined, '32Mi'], ['1.5Gi', undefined, '3Gi'], ['100000Ki', undefined, '208Mi'],
  // Never more than half of the node.
  ['1Gi', 8 * GI, '2Gi'], ['2Gi', 8 * GI, '4Gi'], ['3Gi', 8 * GI, '4Gi'], ['3.5Gi', 8 * GI, undefined], ['5Gi', 8 * GI, undefined], ['16Mi', 16 * 2 ** 20, undefined],
])('%s on a node of %s bytes: %s', (limit, node, expected) => {
  expect(doubled(limit, node)).toBe(expected);
});
