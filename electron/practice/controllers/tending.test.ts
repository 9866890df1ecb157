// What goes by itself: old events, pods of no node; and the taints of a node.
import { afterEach, describe, expect, it } from 'vitest';
import { kindOf } from '../kinds/all-kinds.ts';
import type { Node } from '../objects.ts';
import { testCluster } from './cluster-for-test.ts';
import { startEventExpiry } from './event-expiry.ts';
import { startNodeTaints } from './node-taints.ts';
import { startPodCollection } from './pod-collection.ts';

const running: Disposable[] = [];
afterEach(() => running.splice(0).forEach((each) => each[Symbol.dispose]()));

describe('old events', () => {
  it('go an hour after they were written last', async () => {
    const cluster = testCluster();
    running.push(startEventExpiry(cluster));
    const event = (name: string) => cluster.add('events', 'default', { metadata: { name }, involvedObject: { namespace: 'default' } });
    event('old');
    event('again');
    await cluster.advance(3_000_000);
    cluster.api.update(kindOf(cluster.kinds, 'events'), '', 'default', 'again', (each) => ({ ...each, count: 2 }), { manager: 'test' });
    for (let minutes = 0; minutes < 12; minutes += 1) await cluster.advance(60_000);
    expect(cluster.store.list('events', '').map(({ metadata }) => metadata.name)).toEqual(['again']);
  });
});

describe('pods of a node that is not there', () => {
  it('are taken away after a while, and those of one that is are not', async () => {
    const cluster = testCluster();
    running.push(startPodCollection(cluster));
    cluster.node('n1');
    cluster.pod('lost', { nodeName: 'nowhere' });
    cluster.pod('kept', { nodeName: 'n1' });
    await cluster.advance(20_000);
    await cluster.advance(20_000);
    expect(cluster.podNamed('lost')).toBeDefined();
    await cluster.advance(20_000);
    await cluster.advance(20_000);
    expect(cluster.podNamed('lost')).toBeUndefined();
    expect(cluster.podNamed('kept')).toBeDefined();
  });
});

describe('a cordoned node', () => {
  it('carries the taint that says so, beside its own', async () => {
    const cluster = testCluster();
    running.push(startNodeTaints(cluster));
    cluster.node('n1', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } });
    const set = (spec: Partial<Node['spec']>) =>
      cluster.api.update(kindOf(cluster.kinds, 'nodes'), '', '', 'n1', (node) => ({ ...node, spec: { ...(node as Node).spec, ...spec } }), { manager: 'test' });
    const keys = () => (cluster.store.get('nodes', '', 'n1') as Node).spec.taints?.map(({ key }) => key);
    set({ unschedulable: true });
    await cluster.settled();
    expect(keys()).toEqual(['k', 'node.kubernetes.io/unschedulable']);
    set({ unschedulable: false });
    await cluster.settled();
    expect(keys()).toEqual(['k']);
  });
});
