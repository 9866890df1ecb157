// Kinds without a test of their own: what each adds, refuses and shows.
import { describe, expect, it } from 'vitest';
import { testCluster } from '../controllers/cluster-for-test.ts';
import type { KubeObject } from '../objects.ts';
import { kindOf, kinds } from './all-kinds.ts';

const cells = (minor: number, resource: string, object: Partial<KubeObject>, group = '') => {
  const cluster = testCluster(minor);
  return kindOf(cluster.kinds, resource, group).cells({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x', creationTimestamp: '2025-12-31T23:59:00Z' }, ...object }, cluster);
};

it.each([20, 34])('every kind of 1.%i has a cell for each column', (minor) => {
  for (const kind of kinds(minor)) {
    const object = { apiVersion: 'v1', kind: kind.kind, metadata: { name: 'x' }, spec: { containers: [] }, status: {}, involvedObject: {} };
    expect(kind.cells(object, testCluster(minor)), kind.kind).toHaveLength(kind.columns.length);
  }
});

it('ephemeral containers and resizing come with their versions', () => {
  const names = (minor: number) => kindOf(kinds(minor), 'pods').subresources.map(({ name }) => name);
  expect(names(20)).toEqual(['attach', 'binding', 'eviction', 'exec', 'log', 'portforward', 'proxy', 'status']);
  expect(names(34)).toContain('ephemeralcontainers');
  expect(names(34)).toContain('resize');
});

describe('namespaces', () => {
  it('carry their name as a label since 1.21', () => {
    const old = testCluster(20).store.get('namespaces', '', 'default');
    expect(old?.metadata.labels).toBeUndefined();
    expect(old).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
    expect(testCluster(34).store.get('namespaces', '', 'default')?.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'default' });
  });
});

describe('secrets', () => {
  const secret = (parts: Record<string, unknown>) => testCluster().add('secrets', 'default', { metadata: { name: 's' }, ...parts });
  it('take text, and are Opaque unless said', () => {
    const made = secret({ data: { a: 'eA==' }, stringData: { b: 'y' } });
    expect(made).toMatchObject({ type: 'Opaque', data: { a: 'eA==', b: 'eQ==' } });
    expect(made).not.toHaveProperty('stringData');
  });
  it.each([
    [{ type: 'kubernetes.io/tls' }, '[data[tls.crt]: Required value, data[tls.key]: Required value]'],
    [{ type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': 'x' } }, `data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'x' looking for beginning of value`],
    [{ stringData: { 'a b': 'x' } }, 'data[a b]: Invalid value: "a b": a valid config key must consist of'],
  ])('%j is refused', (parts, words) => {
    expect(() => secret(parts)).toThrow(words);
  });
});

describe('config maps', () => {
  const map = (parts: Record<string, unknown>) => testCluster().add('configmaps', 'default', { metadata: { name: 'm' }, ...parts });
  it.each([
    [{ data: { '..': 'x', '..a': 'y' } }, `[data[..]: Invalid value: "..": must not be '..', data[..a]: Invalid value: "..a": must not start with '..']`],
    [{ data: { a: 'x' }, binaryData: { a: 'eA==' } }, 'data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    [{ data: { a: 'x'.repeat(1_100_000) } }, '[]: Too long: must have at most 1048576 bytes'],
  ])('case %#', (parts, words) => {
    expect(() => map(parts)).toThrow(words);
  });
  it('that are immutable stay as they are', () => {
    const cluster = testCluster();
    cluster.add('configmaps', 'default', { metadata: { name: 'm' }, data: { a: '1' }, immutable: true });
    const change = () => cluster.api.update(kindOf(cluster.kinds, 'configmaps'), '', 'default', 'm', (old) => ({ ...old, data: { a: '2' } }), { manager: 'test' });
    expect(change).toThrow('data: Forbidden: field is immutable when `immutable` is set');
  });
});

describe('the columns of', () => {
  it.each<[string, [number, string, Partial<KubeObject>, string?], (string | number)[]]>([
    ['a config map', [20, 'configmaps', { data: { a: '' }, binaryData: { b: '' } }], ['x', 2, '60s']],
    ['a lease', [20, 'leases', { spec: { holderIdentity: 'n1' } }, 'coordination.k8s.io'], ['x', 'n1', '60s']],
    ['endpoints of none', [20, 'endpoints', {}], ['x', '<none>', '60s']],
    [
      'endpoints of many',
      [20, 'endpoints', { subsets: [{ addresses: ['1', '2', '3', '4'].map((last) => ({ ip: `10.0.0.${last}` })), ports: [{ port: 80 }] }] }],
      ['x', '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...', '60s'],
    ],
    [
      'a node',
      [
        20,
        'nodes',
        {
          metadata: { name: 'n1', labels: { 'node-role.kubernetes.io/master': '', 'node-role.kubernetes.io/control-plane': '' }, creationTimestamp: '2025-12-31T23:59:00Z' },
          spec: { unschedulable: true },
          status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.20.2' }, addresses: [{ type: 'InternalIP', address: '1.2.3.4' }] },
        },
      ],
      ['n1', 'Ready,SchedulingDisabled', 'control-plane,master', '60s', 'v1.20.2', '1.2.3.4', '<none>', '<unknown>', '<unknown>', '<unknown>'],
    ],
    [
      "the scheduler's event",
      [
        20,
        'events',
        {
          involvedObject: { kind: 'Pod', name: 'web' },
          eventTime: '2025-12-31T23:59:30.000000Z',
          firstTimestamp: null,
          lastTimestamp: null,
          type: 'Normal',
          reason: 'Scheduled',
          message: 'ok ',
          source: {},
          reportingComponent: 'default-scheduler',
          reportingInstance: 'default-scheduler-n1',
        },
      ],
      ['30s', 'Normal', 'Scheduled', 'pod/web', '', 'default-scheduler, default-scheduler-n1', 'ok', '30s', 1, 'x'],
    ],
  ])('%s', (_, [minor, resource, object, group], expected) => {
    expect(cells(minor, resource, object, group)).toEqual(expected);
  });
});
