// What becomes of objects when their owners go.
import { afterEach, describe, expect, it } from 'vitest';
import { kindOf } from '../kinds/all-kinds.ts';
import type { OwnerReference } from '../objects.ts';
import { testCluster } from './cluster-for-test.ts';
import { startGarbageCollection } from './garbage-collection.ts';

const running: Disposable[] = [];
afterEach(() => running.splice(0).forEach((each) => each[Symbol.dispose]()));

function owning() {
  const cluster = testCluster();
  running.push(startGarbageCollection(cluster));
  const kind = kindOf(cluster.kinds, 'configmaps');
  const reference = (name: string): OwnerReference => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid: cluster.store.get('configmaps', 'default', name)?.metadata.uid ?? '' });
  return {
    cluster,
    add: (name: string, ...ownerReferences: OwnerReference[]) => cluster.add('configmaps', 'default', { metadata: { name, ...(ownerReferences.length > 0 ? { ownerReferences } : {}) } }),
    reference,
    async remove(name: string, propagationPolicy?: string) {
      cluster.api.delete(kind, 'default', name, propagationPolicy ? { propagationPolicy } : {});
      await cluster.settled();
    },
    get names() {
      return cluster.store.list('configmaps', 'default').map(({ metadata }) => metadata.name);
    },
    ownersOf: (name: string) => cluster.store.get('configmaps', 'default', name)?.metadata.ownerReferences?.map((owner) => owner.name),
  };
}

describe('dependents', () => {
  it('go with the last of their owners, and theirs with them', async () => {
    const own = owning();
    own.add('one');
    own.add('two');
    own.add('shared', own.reference('one'), own.reference('two'));
    own.add('below', own.reference('shared'));
    await own.remove('one');
    expect(own.ownersOf('shared')).toEqual(['two']);
    await own.remove('two', 'Background');
    expect(own.names).toEqual([]);
  });

  it('are let go by an owner that orphans them', async () => {
    const own = owning();
    own.add('owner');
    own.add('owned', own.reference('owner'));
    await own.remove('owner', 'Orphan');
    expect(own.names).toEqual(['owned']);
    expect(own.ownersOf('owned')).toBeUndefined();
  });

  it('are waited for where that is asked and they block', async () => {
    const own = owning();
    own.add('owner');
    own.add('owned', { ...own.reference('owner'), blockOwnerDeletion: true });
    const { cluster } = own;
    cluster.api.update(kindOf(cluster.kinds, 'configmaps'), '', 'default', 'owned', (now) => ({ ...now, metadata: { ...now.metadata, finalizers: ['x.io/keep'] } }), { manager: 'test' });
    await own.remove('owner', 'Foreground');
    expect(own.names).toEqual(['owned', 'owner']);
    cluster.api.update(kindOf(cluster.kinds, 'configmaps'), '', 'default', 'owned', (now) => ({ ...now, metadata: { ...now.metadata, finalizers: [] } }), { manager: 'test' });
    await cluster.settled();
    expect(own.names).toEqual([]);
  });

  it('of an owner that was never there go; of a kind that nobody knows here they stay', async () => {
    const own = owning();
    own.add('lost', { apiVersion: 'v1', kind: 'ConfigMap', name: 'none', uid: 'u1' });
    own.add('replica', { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'none', uid: 'u2' });
    await own.cluster.settled();
    expect(own.names).toEqual(['replica']);
  });
});
