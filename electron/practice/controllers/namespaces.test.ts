import { afterEach, describe, expect, it } from 'vitest';
import { kindOf } from '../kinds/all-kinds.ts';
import type { KubeObject, Pod } from '../objects.ts';
import { testCluster, type TestCluster } from './cluster-for-test.ts';
import { startNamespaces } from './namespaces.ts';

const running: Disposable[] = [];
afterEach(() => running.splice(0).forEach((each) => each[Symbol.dispose]()));

function started(minor: number): TestCluster {
  const cluster = testCluster(minor, { bare: true });
  running.push(startNamespaces({ ...cluster, certificate: 'PEM' }));
  return cluster;
}

function conditions(namespace: KubeObject | undefined): Record<string, string> {
  const status = namespace?.['status'] as { conditions?: { type: string; message: string }[] } | undefined;
  return Object.fromEntries((status?.conditions ?? []).map(({ type, message }) => [type, message]));
}

describe('a new cluster', () => {
  it('has its namespaces, their accounts and the service of the API at once', () => {
    const { store } = started(34);
    expect(store.list('namespaces', '').map(({ metadata }) => metadata.name)).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
    expect(store.get('services', 'default', 'kubernetes')?.['spec']).toMatchObject({ clusterIP: '10.96.0.1', ports: [{ port: 443, targetPort: 6443 }] });
    expect(store.get('configmaps', 'kube-system', 'kube-root-ca.crt')?.['data']).toEqual({ 'ca.crt': 'PEM' });
    expect(store.list('secrets', '')).toEqual([]);
  });

  it('gives the pods of 1.20 a token from a secret, and those of later versions one that ends', () => {
    const old = started(20).pod('web');
    const [secret] = old.spec.volumes ?? [];
    expect(secret?.name).toMatch(/^default-token-\w{5}$/);
    expect(secret).toEqual({ name: secret?.name, secret: { secretName: secret?.name, defaultMode: 420 } });
    expect(old.spec.containers[0]?.volumeMounts).toEqual([{ name: secret?.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }]);
    const [projected] = started(34).pod('web').spec.volumes ?? [];
    expect(projected?.name).toMatch(/^kube-api-access-\w{5}$/);
    expect(projected).toHaveProperty('projected.sources.0.serviceAccountToken', { expirationSeconds: 3607, path: 'token' });
  });
});

describe('a namespace', () => {
  it('is given what it needs soon after it is made, and again when that is deleted', async () => {
    const cluster = started(34);
    cluster.add('namespaces', '', { metadata: { name: 'shop' } });
    await cluster.settled();
    expect(cluster.store.get('serviceaccounts', 'shop', 'default')).toBeDefined();
    cluster.api.delete(kindOf(cluster.kinds, 'configmaps'), 'shop', 'kube-root-ca.crt', {});
    await cluster.settled();
    expect(cluster.store.get('configmaps', 'shop', 'kube-root-ca.crt')).toBeDefined();
    expect(cluster.faults).toEqual([]);
  });

  it('ends with all that is in it', async () => {
    const cluster = started(20);
    const { store, api, kinds } = cluster;
    cluster.add('namespaces', '', { metadata: { name: 'shop' } });
    await cluster.settled();
    cluster.add('pods', 'shop', { metadata: { name: 'web' }, spec: { containers: [{ name: 'c', image: 'web:1' }] } });
    api.delete(kindOf(kinds, 'namespaces'), '', 'shop', {});
    await cluster.settled();
    expect(store.get('namespaces', '', 'shop')).toBeUndefined();
    for (const resource of ['pods', 'secrets', 'configmaps', 'serviceaccounts']) expect(store.list(resource, 'shop')).toEqual([]);
    expect(cluster.faults).toEqual([]);
  });

  it('waits for what is on its way, and says what holds it', async () => {
    const cluster = started(34);
    const { store, api, kinds } = cluster;
    cluster.add('namespaces', '', { metadata: { name: 'shop' } });
    await cluster.settled();
    const spec = { nodeName: 'n1', containers: [{ name: 'c', image: 'web:1' }] };
    cluster.add('pods', 'shop', { metadata: { name: 'web' }, spec });
    cluster.add('configmaps', 'shop', { metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    api.delete(kindOf(kinds, 'namespaces'), '', 'shop', {});
    await cluster.settled();
    expect((store.get('pods', 'shop', 'web') as Pod).metadata.deletionTimestamp).toBeDefined();
    expect(conditions(store.get('namespaces', '', 'shop'))).toMatchObject({
      NamespaceContentRemaining: 'Some resources are remaining: configmaps. has 1 resource instances, pods. has 1 resource instances',
      NamespaceFinalizersRemaining: 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    });
    api.delete(kindOf(kinds, 'pods'), 'shop', 'web', { gracePeriodSeconds: 0 });
    api.update(kindOf(kinds, 'configmaps'), '', 'shop', 'held', (map) => ({ ...map, metadata: { ...map.metadata, finalizers: [] } }), { manager: 'test' });
    await cluster.settled();
    expect(store.get('namespaces', '', 'shop')).toBeUndefined();
  });
});
