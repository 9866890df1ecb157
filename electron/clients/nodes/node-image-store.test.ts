import { expect, test } from 'vitest';
import type { NodeImages } from '../../../shared/diagnosis/world.ts';
import { findNodeImage, removalOf } from './node-image-store.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const list: NodeImages = {
  node: 'n', source: 'ctr', complete: true, readAt: '2026-11-24T12:00:00Z',
  images: [
    { id: digest('a'), names: ['docker.io/library/app:1', 'docker.io/library/app:2', 'registry.local:5000/app:1'], size: 1 },
    { id: digest('b'), names: ['docker.io/library/redis:7', `docker.io/library/redis@${digest('0')}`], size: 1 },
    { id: digest('c'), names: ['a.example/x:1', 'a.example/x:2', `a.example/x@${digest('1')}`, `b.example/x@${digest('2')}`], size: 1 },
    { id: digest('d'), names: [], size: 1 },
    { id: '', names: ['docker.io/library/broken:1'], size: 1 },
  ],
};

test.each<[reference: string, names: readonly string[] | undefined, isLast: boolean]>([
  ['app:1', ['docker.io/library/app:1'], false],
  ['docker.io/library/app:2', ['docker.io/library/app:2'], false],
  ['redis:7', ['docker.io/library/redis:7', `docker.io/library/redis@${digest('0')}`], true],
  [`redis@${digest('0')}`, [`docker.io/library/redis@${digest('0')}`], false],
  // Another tag of the repository keeps its digest; another repository's digest keeps the image.
  ['a.example/x:1', ['a.example/x:1'], false],
  [`b.example/x@${digest('2')}`, [`b.example/x@${digest('2')}`], false],
  [digest('a'), ['docker.io/library/app:1', 'docker.io/library/app:2', 'registry.local:5000/app:1'], true],
  [digest('d'), [], true],
  ['broken:1', ['docker.io/library/broken:1'], true],
  ['app', undefined, false],
  [digest('e'), undefined, false],
  ['', undefined, false],
])('removing %j', (reference, names, isLast) => {
  const removal = removalOf(list, reference);
  expect(removal?.names).toEqual(names);
  expect(removal?.isLast ?? false).toBe(isLast);
});

test('an image is found by any form of its name', () => {
  expect(findNodeImage(list, 'library/redis:7')?.id).toBe(digest('b'));
  expect(findNodeImage(list, 'redis')).toBeUndefined();
});
