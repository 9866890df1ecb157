import { describe, expect, test } from 'vitest';
import type { Pod } from '../objects.ts';
import { createStore } from '../store/store.ts';
import { filesForContainer, setUpVolumes } from './volumes.ts';

const place = { podIp: '10.244.0.5', hostIp: '192.0.2.2', allocatable: {} };

function files(volume: object, mount: object = {}): Record<string, string> {
  const store = createStore();
  store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf', namespace: 'default' }, data: { 'a.txt': 'A', 'b.txt': 'B' } });
  store.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace: 'default' }, data: { key: 'a2V5' } });
  const container = { name: 'c', volumeMounts: [{ name: 'v', mountPath: '/etc/v', ...mount }] };
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', labels: { b: '2', a: '1' } },
    spec: { containers: [container], volumes: [{ name: 'v', ...volume }, { name: 'unused', configMap: { name: 'nope' } }] },
    status: {},
  };
  return Object.fromEntries(filesForContainer(container, setUpVolumes(pod, place, store)));
}

describe('volumes', () => {
  test.each([
    ['a configMap', { configMap: { name: 'conf' } }, { '/etc/v/a.txt': 'A', '/etc/v/b.txt': 'B' }],
    ['some of its keys', { configMap: { name: 'conf', items: [{ key: 'a.txt', path: 'x/y' }] } }, { '/etc/v/x/y': 'A' }],
    ['a secret', { secret: { secretName: 'keys' } }, { '/etc/v/key': 'key' }],
    ['the downward API', { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } }, { '/etc/v/labels': 'a="1"\nb="2"' }],
    [
      'several of them',
      { projected: { sources: [{ configMap: { name: 'conf', items: [{ key: 'a.txt', path: 'a' }] } }, { secret: { name: 'keys' } }] } },
      { '/etc/v/a': 'A', '/etc/v/key': 'key' },
    ],
    ['nothing', { emptyDir: {} }, {}],
    ['what may be missing', { configMap: { name: 'nope', optional: true } }, {}],
  ])('%s', (_what, volume, expected) => {
    expect(files(volume)).toEqual(expected);
  });

  test('one key alone, where a file was', () => {
    expect(files({ configMap: { name: 'conf' } }, { mountPath: '/app/settings.txt', subPath: 'a.txt' })).toEqual({ '/app/settings.txt': 'A' });
  });

  test.each([
    [{ configMap: { name: 'nope' } }, 'MountVolume.SetUp failed for volume "v" : configmap "nope" not found'],
    [{ secret: { secretName: 'nope' } }, 'MountVolume.SetUp failed for volume "v" : secret "nope" not found'],
    [
      { configMap: { name: 'conf', items: [{ key: 'zz', path: 'a' }] } },
      'MountVolume.SetUp failed for volume "v" : configmap references non-existent config key: zz',
    ],
    [{ nfs: { server: 'x', path: '/' } }, 'MountVolume.SetUp failed for volume "v" : volumes of type nfs are not supported by this node'],
    [
      { persistentVolumeClaim: { claimName: 'nope' } },
      [
        'Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[v]: error processing PVC default/nope',
        'failed to fetch PVC from API server: persistentvolumeclaims "nope" not found',
      ].join(': '),
    ],
  ])('%j cannot be set up', (volume, message) => {
    expect(() => files(volume)).toThrow(message);
  });
});
