import { afterEach, describe, expect, it } from 'vitest';
import { kindOf } from '../kinds/all-kinds.ts';
import type { Node, Pod } from '../objects.ts';
import { testCluster, type TestCluster } from './cluster-for-test.ts';
import { startScheduler } from './scheduler.ts';

const running: Disposable[] = [];
afterEach(() => running.splice(0).forEach((each) => each[Symbol.dispose]()));

function scheduled(minor?: number): TestCluster {
  const cluster = testCluster(minor);
  running.push(startScheduler(cluster));
  return cluster;
}

const condition = (pod: Pod) => pod.status.conditions?.find(({ type }) => type === 'PodScheduled');
const requests = (quantities: Record<string, string>) => ({ containers: [{ name: 'c', image: 'web:1', resources: { requests: quantities } }] });
const hostPort = { containers: [{ name: 'c', image: 'web:1', ports: [{ containerPort: 80, hostPort: 80 }] }] };

describe('the scheduler', () => {
  it('binds a pod to the node and tells it', async () => {
    const cluster = scheduled();
    cluster.node('n1');
    cluster.pod('web');
    await cluster.settled();
    expect(cluster.podNamed('web').spec.nodeName).toBe('n1');
    expect(condition(cluster.podNamed('web'))).toMatchObject({ status: 'True', lastProbeTime: null });
    const [event] = cluster.eventsOf('web');
    expect(event).toMatchObject({
      reason: 'Scheduled',
      action: 'Binding',
      message: 'Successfully assigned default/web to n1',
      firstTimestamp: null,
      lastTimestamp: null,
      source: {},
      reportingComponent: 'default-scheduler',
    });
    expect(event).not.toHaveProperty('count');
    expect(event?.['eventTime']).toMatch(/\.\d{6}Z$/);
  });

  it.each([
    ['no node', [], {}, 'no nodes available to schedule pods'],
    ['cpu and memory', ['n1'], requests({ cpu: '5', memory: '5Gi' }), '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.'],
    ['a label', ['n1'], { nodeSelector: { disk: 'ssd' } }, "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity."],
    ['a claim', ['n1'], { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'x' } }] }, '0/1 nodes are available: 1 persistentvolumeclaim "x" not found.'],
  ])('says for want of %s what 1.20 says', async (_, nodes, spec, message) => {
    const cluster = scheduled(20);
    for (const name of nodes) cluster.node(name);
    cluster.pod('web', spec);
    await cluster.settled();
    expect(cluster.podNamed('web').spec.nodeName).toBeUndefined();
    expect(condition(cluster.podNamed('web'))).toMatchObject({ status: 'False', reason: 'Unschedulable', message });
    expect(cluster.eventsOf('web')).toMatchObject([{ type: 'Warning', reason: 'FailedScheduling', message }]);
  });

  it.each([
    [20, "0/1 nodes are available: 1 node(s) had taint {k: v}, that the pod didn't tolerate."],
    [24, '0/1 nodes are available: 1 node(s) had untolerated taint {k: v}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.'],
    [28, '0/1 nodes are available: 1 node(s) had untolerated taint {k: v}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling..'],
    [
      34,
      '0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate, ' +
        'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    ],
  ])('names a taint as 1.%i does', async (minor, message) => {
    const cluster = scheduled(minor);
    cluster.node('n1', { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] } });
    cluster.pod('web');
    cluster.pod('tolerant', { tolerations: [{ key: 'k', operator: 'Exists' }] });
    await cluster.settled();
    expect(condition(cluster.podNamed('web'))?.message).toBe(message);
    expect(cluster.podNamed('tolerant').spec.nodeName).toBe('n1');
  });

  it('keeps a port of the node for one pod, and gives it on when that ends', async () => {
    const cluster = scheduled(31);
    cluster.node('n1');
    cluster.pod('first', hostPort);
    cluster.pod('second', hostPort);
    await cluster.settled();
    expect(cluster.podNamed('first').spec.nodeName).toBe('n1');
    expect(condition(cluster.podNamed('second'))?.message).toBe(
      "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. " +
        'preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    );
    cluster.api.delete(kindOf(cluster.kinds, 'pods'), 'default', 'first', { gracePeriodSeconds: 0 });
    await cluster.advance(2000);
    expect(cluster.podNamed('second').spec.nodeName).toBe('n1');
  });

  it('places a waiting pod as soon as the node can take it', async () => {
    const cluster = scheduled();
    cluster.node('n1', { spec: { unschedulable: true } });
    cluster.pod('web');
    await cluster.settled();
    expect(condition(cluster.podNamed('web'))?.message).toContain('1 node(s) were unschedulable.');
    cluster.api.update(kindOf(cluster.kinds, 'nodes'), '', '', 'n1', (node) => ({ ...node, spec: {} }), { manager: 'test' });
    await cluster.settled();
    expect(cluster.podNamed('web').spec.nodeName).toBe('n1');
  });

  it('makes a series of the same refusal, and no second event', async () => {
    const cluster = scheduled(34);
    cluster.pod('web');
    await cluster.settled();
    // The condition that it wrote gave the pod a new revision: events about that are others.
    await cluster.advance(61_000);
    await cluster.advance(61_000);
    expect(cluster.eventsOf('web').map(({ series }) => (series as { count?: number } | undefined)?.count)).toEqual([undefined, 2]);
  });

  it('leaves alone what is for others, gated or going', async () => {
    const cluster = scheduled();
    cluster.node('n1');
    cluster.pod('other', { schedulerName: 'mine' });
    cluster.pod('gated', { schedulingGates: [{ name: 'example.com/wait' }] });
    await cluster.settled();
    expect(cluster.podNamed('other').spec.nodeName).toBeUndefined();
    expect(cluster.podNamed('gated').spec.nodeName).toBeUndefined();
    expect(condition(cluster.podNamed('gated'))?.reason).toBe('SchedulingGated');
    cluster.api.update(kindOf(cluster.kinds, 'pods'), '', 'default', 'gated', (pod) => ({ ...pod, spec: { ...(pod as Pod).spec, schedulingGates: [] } }), {
      manager: 'test',
    });
    await cluster.settled();
    expect(cluster.podNamed('gated').spec.nodeName).toBe('n1');
  });

  it('takes the node with more room, and fills none beyond its pods', async () => {
    const cluster = scheduled();
    cluster.node('large', { allocatable: { cpu: '8', memory: '8Gi', pods: '60' } });
    cluster.node('small', { allocatable: { pods: '1' } });
    cluster.pod('a', requests({ cpu: '2', memory: '1Gi' }));
    await cluster.settled();
    expect(cluster.podNamed('a').spec.nodeName).toBe('large');
    for (let index = 0; index < 150; index += 1) cluster.pod(`many-${index}`);
    await cluster.settled();
    const pods = cluster.store.list('pods', 'default') as Pod[];
    expect(pods.filter(({ spec }) => spec.nodeName === 'large')).toHaveLength(60);
    expect(pods.filter(({ spec }) => spec.nodeName === 'small')).toHaveLength(1);
    expect(condition(cluster.podNamed('many-149'))?.message).toContain('2 Too many pods.');
  });

  it('counts the larger of steps and containers, and sidecars with both', async () => {
    const cluster = scheduled();
    cluster.node('n1', { allocatable: { cpu: '2' } });
    const of = (name: string, cpu: string, more = {}) => ({ name, image: 'web:1', resources: { requests: { cpu } }, ...more });
    cluster.pod('fits', { initContainers: [of('step', '2')], containers: [of('c', '1')] });
    await cluster.settled();
    expect(cluster.podNamed('fits').spec.nodeName).toBe('n1');
    cluster.pod('not', { initContainers: [of('side', '1', { restartPolicy: 'Always' }), of('step', '2')], containers: [of('c', '1')] });
    await cluster.settled();
    expect(condition(cluster.podNamed('not'))?.message).toContain('1 Insufficient cpu.');
    expect((cluster.store.get('nodes', '', 'n1') as Node).spec.taints).toBeUndefined();
  });
});
