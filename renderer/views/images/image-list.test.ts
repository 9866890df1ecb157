import { expect, test } from 'vitest';
import type { ImageRow } from '../../../shared/contract/images.ts';
import { matchesFilter, nextOrder, sortImages } from './image-list.ts';
import type { ImageOrder } from './image-list.ts';

const row = (reference: string, change: Partial<ImageRow> = {}): ImageRow => ({
  key: reference || 'sha256:ffff',
  reference,
  imageId: `sha256:${reference.length}`,
  size: 1,
  inDocker: 'yes',
  nodes: [],
  usedBy: [],
  ...change,
});
const spring = row('spring-server:latest', { size: 30, createdAt: '2026-11-01T00:00:00Z', nodes: [{ node: 'n', presence: 'not-found' }] });
const web = row('shop/web:1.4', { size: 200, createdAt: '2026-11-03T00:00:00+09:00', inDocker: 'no', nodes: [{ node: 'n', presence: 'present' }] });
const pause = row('pause:3.2', { size: 4, inDocker: 'unknown', usedBy: [{ namespace: 'default', pod: 'api-1', policy: 'Always', container: 'c', verdict: 'unknown', runs: 'unknown' }] });
const nameless = row('', { size: 30, createdAt: '2026-11-02T00:00:00Z', nodes: [{ node: 'n', presence: 'older-build' }] });

test.each<[ImageOrder, ImageRow[]]>([
  [{ column: 'created', direction: 'descending' }, [web, nameless, spring, pause]],
  [{ column: 'created', direction: 'ascending' }, [spring, nameless, web, pause]],
  [{ column: 'image', direction: 'ascending' }, [pause, web, spring, nameless]],
  [{ column: 'image', direction: 'descending' }, [spring, web, pause, nameless]],
  [{ column: 'size', direction: 'descending' }, [web, nameless, spring, pause]],
  [{ column: 'in-docker', direction: 'ascending' }, [nameless, spring, web, pause]],
  [{ column: 'on-node', direction: 'ascending' }, [web, nameless, spring, pause]],
  [{ column: 'used-by', direction: 'descending' }, [pause, nameless, web, spring]],
])('sorted by %j, what is not known comes last', (order, sorted) => {
  expect(sortImages([pause, spring, nameless, web], order)).toEqual(sorted);
});

test('a second click on a header turns the order round, a click on another begins ascending', () => {
  const byName = nextOrder({ column: 'created', direction: 'descending' }, 'image');
  expect([byName, nextOrder(byName, 'image'), nextOrder(nextOrder(byName, 'image'), 'image')]).toEqual([
    { column: 'image', direction: 'ascending' },
    { column: 'image', direction: 'descending' },
    { column: 'image', direction: 'ascending' },
  ]);
});

test.each([
  ['', [spring, web, pause, nameless]],
  ['WEB', [web]],
  ['spring late', [spring]],
  ['api-1', [pause]],
  ['sha256:20', [spring]],
  ['nothing', []],
])('the filter %j keeps the rows in which all its words are found', (filter, kept) => {
  expect([spring, web, pause, nameless].filter((image) => matchesFilter(image, filter))).toEqual(kept);
});
