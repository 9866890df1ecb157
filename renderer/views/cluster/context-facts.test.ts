import { expect, test } from 'vitest';
import type { NodeInfo } from '../../../shared/contract/environment.ts';
import { runtimesOf, storesOf } from './context-facts.ts';

const node = (name: string, runtime: string, kind: NodeInfo['store']['kind'], known = 'node-container-label'): NodeInfo => ({ name, ready: true, runtime, architecture: 'amd64', store: { kind, sharesDocker: 'no', known } });

test('nodes that are alike are told once', () => {
  const nodes = [node('a', 'containerd://2.1.3', 'kind'), node('b', 'containerd://2.1.3', 'kind'), node('c', 'docker://28.4.0', 'kind', 'runtime-version')];
  expect(runtimesOf(nodes)).toEqual(['containerd://2.1.3', 'docker://28.4.0']);
  expect(storesOf(nodes).map((group) => [group.store.known, group.nodes.map(({ name }) => name)])).toEqual([['node-container-label', ['a', 'b']], ['runtime-version', ['c']]]);
});

test('of nothing nothing is said', () => {
  expect(runtimesOf([])).toEqual([]);
  expect(runtimesOf([node('new', '', 'generic')])).toEqual([]);
  expect(storesOf([])).toEqual([]);
});
