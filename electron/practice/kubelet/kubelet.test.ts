import { describe, expect, test } from 'vitest';
import { createTestCluster } from './test-cluster.ts';

const states = (cluster: ReturnType<typeof createTestCluster>, name: string) =>
  cluster.history(name).map(({ status }) => {
    const [first] = status.containerStatuses ?? [];
    const state = first && (first.state.waiting?.reason ?? first.state.terminated?.reason ?? 'running');
    return `${status.phase} ${state ?? '-'}${first?.ready ? ' ready' : ''}`;
  });

describe('a pod', () => {
  test('runs, is ready, and goes when it is deleted', async () => {
    using cluster = createTestCluster();
    cluster.runtime.addImage('web:1');
    cluster.createPod('web', { containers: [{ name: 'c', image: 'web:1', imagePullPolicy: 'IfNotPresent' }] });
    await cluster.clock.turn(2000);
    expect(states(cluster, 'web')).toEqual(['Pending -', 'Pending ContainerCreating', 'Running running ready']);
    const { status } = cluster.pod('web');
    expect(status).toMatchObject({ hostIP: '192.0.2.2', podIP: '10.244.0.1', podIPs: [{ ip: '10.244.0.1' }], qosClass: 'BestEffort' });
    expect(status.conditions?.map(({ type, status: value }) => `${type}=${value}`)).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
    expect(cluster.events('web')).toEqual([
      'Pulled: Container image "web:1" already present on machine',
      'Created: Created container: c',
      'Started: Started container c',
    ]);

    cluster.deletePod('web');
    await cluster.clock.turn(2000);
    expect(cluster.pod('web')).toBeUndefined();
    expect(cluster.events('web').at(-1)).toBe('Killing: Stopping container c');
    expect(states(cluster, 'web').slice(-2)).toEqual(['Failed Error', 'Failed Error']);
    expect(cluster.runtime.made).toEqual([]);
    expect(cluster.faults).toEqual([]);
  });

  test('of another node is nobody\'s here', async () => {
    using cluster = createTestCluster();
    cluster.createPod('web', { containers: [{ name: 'c', image: 'web:1' }], nodeName: 'other' });
    await cluster.clock.turn(2000);
    expect(cluster.history('web')).toHaveLength(1);
  });

  test('crashes: at once the first time, then 10 s, 20 s and 40 s after the end', async () => {
    using cluster = createTestCluster({ minor: 20 });
    cluster.runtime.addImage('web:1');
    cluster.runtime.programs.set('c', { start: (container) => container.exitWith(3) });
    cluster.createPod('crash', { containers: [{ name: 'c', image: 'web:1' }] });
    await cluster.clock.turn(9000);
    const { uid } = cluster.pod('crash').metadata;
    expect(states(cluster, 'crash')).toEqual(['Pending -', 'Pending ContainerCreating', 'Running Error', 'Running Error', 'Running CrashLoopBackOff']);
    expect(cluster.pod('crash').status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      started: false,
      state: { waiting: { reason: 'CrashLoopBackOff', message: `back-off 10s restarting failed container=c pod=crash_default(${uid})` } },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    });
    expect(cluster.events('crash')).toContain('BackOff: Back-off restarting failed container x2');
    await cluster.clock.turn(20_000);
    expect(cluster.pod('crash').status.containerStatuses?.[0]?.state.waiting?.message).toContain('back-off 20s');
    await cluster.clock.turn(40_000);
    expect(cluster.pod('crash').status.containerStatuses?.[0]).toMatchObject({ restartCount: 3 });
    expect(cluster.kubelet.previousContainer(uid ?? '', 'c')?.exitCode).toBe(3);
  });

  test('ends well or badly, where it is not restarted', async () => {
    using cluster = createTestCluster();
    cluster.runtime.addImage('web:1');
    cluster.runtime.programs.set('good', { start: (container) => container.exitWith(0) });
    cluster.runtime.programs.set('bad', { start: (container) => container.exitWith(1) });
    cluster.createPod('good', { restartPolicy: 'Never', containers: [{ name: 'good', image: 'web:1' }] });
    cluster.createPod('bad', { restartPolicy: 'Never', containers: [{ name: 'bad', image: 'web:1' }] });
    await cluster.clock.turn(2000);
    expect(cluster.pod('good').status.phase).toBe('Succeeded');
    expect(cluster.pod('good').status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False', reason: 'PodCompleted' });
    expect(cluster.pod('bad').status.phase).toBe('Failed');
    expect(cluster.pod('bad').status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False', reason: 'PodFailed' });
  });

  test('past its deadline has failed', async () => {
    using cluster = createTestCluster();
    cluster.runtime.addImage('web:1');
    cluster.createPod('web', { activeDeadlineSeconds: 8, containers: [{ name: 'c', image: 'web:1' }] });
    await cluster.clock.turn(12_000);
    expect(cluster.pod('web').status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
    expect(cluster.pod('web').status.containerStatuses?.[0]?.state.terminated).toMatchObject({ exitCode: 143 });
  });

  test('that asks for more than the node has is rejected', async () => {
    using cluster = createTestCluster({ minor: 20 });
    cluster.createPod('big', { containers: [{ name: 'c', image: 'web:1', resources: { requests: { cpu: '1000' } } }] });
    await cluster.clock.turn(1000);
    const { status } = cluster.pod('big');
    expect(status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu' });
    expect(status.message).toMatch(/^Pod Node didn't have enough resource: cpu, requested: 1000000, used: 0, capacity: \d+000$/);
  });

  test('one too many is rejected, and there is room again once another has gone', async () => {
    using cluster = createTestCluster({ maxPods: 1 });
    cluster.runtime.addImage('web:1');
    for (const name of ['a', 'b']) cluster.createPod(name, { containers: [{ name: 'c', image: 'web:1' }] });
    await cluster.clock.turn(1000);
    expect(cluster.pod('b').status).toMatchObject({ reason: 'OutOfpods' });
    cluster.deletePod('a');
    await cluster.clock.turn(1000);
    cluster.createPod('c', { containers: [{ name: 'c', image: 'web:1' }] });
    await cluster.clock.turn(1000);
    expect(cluster.pod('c').status.phase).toBe('Running');
  });
});

describe('deletion', () => {
  test('gives the program its grace, which a second deletion can shorten', async () => {
    using cluster = createTestCluster();
    cluster.runtime.addImage('web:1');
    cluster.runtime.programs.set('c', { ignoresTerm: true });
    cluster.createPod('web', { terminationGracePeriodSeconds: 600, containers: [{ name: 'c', image: 'web:1' }] });
    await cluster.clock.turn(2000);
    cluster.deletePod('web');
    await cluster.clock.turn(60_000);
    expect(cluster.pod('web').metadata.deletionTimestamp).toBeDefined();
    expect(cluster.pod('web').status.containerStatuses?.[0]?.ready).toBe(true);
    cluster.deletePod('web', 5);
    await cluster.clock.turn(6000);
    expect(cluster.pod('web')).toBeUndefined();
  });

  test('by force leaves nothing running', async () => {
    using cluster = createTestCluster();
    cluster.runtime.addImage('web:1');
    cluster.runtime.programs.set('c', { ignoresTerm: true });
    cluster.createPod('web', { containers: [{ name: 'c', image: 'web:1' }] });
    await cluster.clock.turn(2000);
    cluster.deletePod('web', 0);
    expect(cluster.pod('web')).toBeUndefined();
    await cluster.clock.turn(3000);
    expect(cluster.runtime.made).toEqual([]);
    expect(cluster.faults).toEqual([]);
  });

  test('of a pod that a finalizer holds stops it once and leaves the object', async () => {
    using cluster = createTestCluster();
    cluster.runtime.addImage('web:1');
    const pod = cluster.createPod('web', { containers: [{ name: 'c', image: 'web:1' }] }, { finalizers: ['example.com/x'] });
    await cluster.clock.turn(2000);
    cluster.deletePod('web');
    await cluster.clock.turn(5000);
    expect(cluster.pod('web').metadata.deletionGracePeriodSeconds).toBe(0);
    expect(cluster.kubelet.container(pod.metadata.uid ?? '', 'c')).toBeUndefined();
    const changes = cluster.history('web').length;
    await cluster.clock.turn(60_000);
    expect(cluster.history('web')).toHaveLength(changes);
  });
});
