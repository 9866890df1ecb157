import { expect, test } from 'vitest';
import type { KubeNode } from '../../../shared/kubernetes/objects.ts';
import { readNodeStatus } from './node-status-store.ts';

const images = (count: number, names: (index: number) => string[] = index => [`app:${index}`]) =>
  Array.from({ length: count }, (_, index) => ({ names: names(index), sizeBytes: index }));
const node = (status: NonNullable<KubeNode['status']>): KubeNode => ({ metadata: { name: 'n' }, status });

test('names without <none>, no IDs, read when the kubelet last said it lives', () => {
  expect(readNodeStatus(node({
    images: [{ names: ['<none>@<none>', '<none>:<none>', 'app:1', 'app@sha256:1'], sizeBytes: 7 }, { names: null }],
    conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: '2026-11-24T12:00:00Z' } as never],
  }))).toEqual({
    node: 'n', source: 'node-status', complete: true, readAt: '2026-11-24T12:00:00Z',
    images: [{ id: '', names: ['app:1', 'app@sha256:1'], size: 7 }, { id: '', names: [], size: 0 }],
  });
});

test.each([
  ['49 images', images(49), true],
  ['50 images: the smallest may be cut off', images(50), false],
  ['five names: more may be hidden', images(1, () => ['a:1', 'a:2', 'a:3', 'a:4', 'a:5']), false],
  ['four names', images(1, () => ['a:1', 'a:2', 'a:3', 'a:4']), true],
  ['an empty list', [], true],
])('%s', (_what, list, complete) => {
  expect(readNodeStatus(node({ images: list })).complete).toBe(complete);
});

test('a node that says nothing of images has no complete list', () => {
  expect(readNodeStatus({ metadata: { name: 'n' } })).toMatchObject({ complete: false, images: [] });
});
