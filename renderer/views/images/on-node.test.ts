import { expect, test } from 'vitest';
import type { NodeInfo } from '../../../shared/contract/environment.ts';
import type { ImageRow } from '../../../shared/contract/images.ts';
import { canLoad, onNode } from './on-node.ts';

const nodes = (...presences: ImageRow['nodes'][number]['presence'][]) => presences.map((presence, at) => ({ node: `node-${at}`, presence }));

test.each([
  [nodes(), undefined],
  [nodes('present'), { presence: 'present' }],
  [nodes('only-in-docker'), { presence: 'not-found' }],
  [nodes('older-build'), { presence: 'older-build' }],
  [nodes('unknown'), { presence: 'unknown' }],
  [nodes('present', 'present'), { presence: 'present', count: { present: 2, of: 2 } }],
  [nodes('present', 'not-found'), { presence: 'present', count: { present: 1, of: 2 } }],
  [nodes('not-found', 'older-build', 'older-build'), { presence: 'older-build', count: { present: 0, of: 3 } }],
  [nodes('unknown', 'not-found'), { presence: 'unknown', count: { present: 0, of: 2 } }],
])('%j is shown as %j', (given, shown) => {
  expect(onNode(given)).toEqual(shown);
});

const row = (change: Partial<ImageRow>): ImageRow => ({
  key: 'docker.io/library/spring-server:latest',
  reference: 'spring-server:latest',
  imageId: 'sha256:1',
  size: 1,
  inDocker: 'yes',
  nodes: nodes('not-found'),
  usedBy: [],
  ...change,
});
const node = (name: string, kind: NodeInfo['store']['kind']): NodeInfo => ({
  name,
  ready: true,
  runtime: 'containerd://1.6.20',
  architecture: 'amd64',
  store: { kind, sharesDocker: kind === 'shared-docker' ? 'yes' : 'no', known: 'node-container-label' },
});

test.each([
  ['a kind node lacks it', row({}), [node('node-0', 'kind')], true],
  ['a minikube node has an older build', row({ nodes: nodes('older-build') }), [node('node-0', 'minikube')], true],
  ['the second of two lacks it', row({ nodes: nodes('present', 'only-in-docker') }), [node('node-0', 'kind'), node('node-1', 'kind')], true],
  ['the node has it', row({ nodes: nodes('present') }), [node('node-0', 'kind')], false],
  ['nobody knows whether the node has it', row({ nodes: nodes('unknown') }), [node('node-0', 'kind')], false],
  ['the node uses Docker itself', row({}), [node('node-0', 'shared-docker')], false],
  ['the store cannot be reached', row({}), [node('node-0', 'generic')], false],
  ['Docker has it not', row({ inDocker: 'no' }), [node('node-0', 'kind')], false],
  ['Docker cannot be asked', row({ inDocker: 'unknown' }), [node('node-0', 'kind')], false],
  ['it has no name', row({ reference: '' }), [node('node-0', 'kind')], false],
])('loading is offered or not: %s', (_, image, of, offered) => {
  expect(canLoad(image, of)).toBe(offered);
});
