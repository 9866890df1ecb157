// The argument lists are asserted, not tried: kind cannot make a cluster where its node image cannot be had. That `kind get clusters` and the
// labels agree is seen with a real kind in clusters.cluster.test.ts, where there is one.
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { kind } from './kind.ts';

test('create: the name, the version as a node image, and more than one node as a configuration on standard input', () => {
  expect(kind.create({ name: 'dev', nodes: 1 })).toEqual({ args: ['create', 'cluster', '--name', 'dev'] });
  expect(kind.create({ name: 'dev', nodes: 1, version: '1.33.4' })).toEqual({ args: ['create', 'cluster', '--name', 'dev', '--image', 'kindest/node:v1.33.4'] });
  const three = kind.create({ name: 'dev', nodes: 3 });
  expect(three.args).toEqual(['create', 'cluster', '--name', 'dev', '--config', '-']);
  expect(parse(three.input!)).toEqual({ kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', nodes: [{ role: 'control-plane' }, { role: 'worker' }, { role: 'worker' }] });
});

test('the rest: list, delete; start and stop are Docker’s', () => {
  expect(kind.list(true)).toEqual({ args: ['get', 'clusters'] });
  expect(kind.remove('dev')).toEqual({ args: ['delete', 'cluster', '--name', 'dev'] });
  expect([kind.start, kind.stop]).toEqual([undefined, undefined]);
  expect(kind.contextOf('dev')).toBe('kind-dev');
});

test('reads what it prints', () => {
  expect(kind.readVersion('kind v0.30.0 go1.24.6 linux/amd64\n')).toBe('0.30.0');
  expect(kind.readVersion('kind v0.31.0-alpha+1b8b4d1 go1.24.6 linux/amd64\n')).toBe('0.31.0-alpha+1b8b4d1');
  expect(kind.readVersion('?')).toBeUndefined();
  expect(kind.readList('kind\nkind-2\n').map(({ name }) => name)).toEqual(['kind', 'kind-2']);
  expect(kind.readList('')).toEqual([]);
});

test.each([['kind', true], ['a.b-1', true], ['a'.repeat(50), true], ['a'.repeat(51), false], ['', false], ['Dev', false], ['my cluster', false], ['-x', false], ['--retain', false], ['.x', false], ['한글', false], ['a\nb', false]])('name %j: %s', (name, good) => {
  expect(kind.isName(name)).toBe(good);
});
