import { expect, test } from 'vitest';
import type { ImageCopy, ImageRow } from '../../../shared/contract/images.ts';
import { keptBytes } from './kept-size.ts';

const row = (key: string, imageId: string, size: number, nodeSize?: number): ImageRow => ({
  key, reference: key, imageId, size, inDocker: 'yes', usedBy: [],
  nodes: [{ node: 'n', presence: 'present', ...(nodeSize === undefined ? {} : { size: nodeSize }) }],
});
const rows = [row('a:1', 'sha256:a', 100, 40), row('a:2', 'sha256:a', 100, 40), row('b:1', 'sha256:b', 7)];
const docker = (key: string): ImageCopy => ({ key, place: { docker: true } });
const onNode = (key: string): ImageCopy => ({ key, place: { node: 'n' } });

test.each<[string, ImageCopy[], number]>([
  ['nothing', [], 0],
  ['two names of one image in Docker', [docker('a:1'), docker('a:2')], 100],
  ['two images in Docker', [docker('a:1'), docker('b:1')], 107],
  ['two names on a node', [onNode('a:1'), onNode('a:2')], 80],
  ['Docker and a node', [docker('a:1'), onNode('a:1')], 140],
  ['a node that tells no size of its own', [onNode('b:1')], 7],
  ['a copy of no row', [docker('c:1')], 0],
])('%s', (_, copies, size) => expect(keptBytes(copies, rows)).toBe(size));
