import { expect, test } from 'vitest';
import type { KubeNode, Pod } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { asking, brief, event, minutesAgo, oneNode, pod } from './sample-scheduling.ts';
import { now, sharedWorld } from './sample-worlds.ts';
import type { World } from './world.ts';

const here = { nodeName: 'node-1' };
const failed = (reason: string, message: string, spec: NonNullable<Pod['spec']> = {}, rest: Partial<World> = {}): World =>
  sharedWorld(pod({ ...here, ...spec }, { status: { phase: 'Failed', reason, message } }), { nodes: [oneNode()], ...rest });
const running = { containerStatuses: [{ name: 'app', ready: true, state: { running: {} } }] };
const stopped = { containerStatuses: [{ name: 'app', state: { terminated: { exitCode: 0 } } }] };
const saying = (type: string, status: string, message = ''): KubeNode => ({ ...oneNode(), status: { conditions: [{ type: 'Ready', status: 'True' }, { type, status, message, lastTransitionTime: minutesAgo(3) }].slice(type === 'Ready' ? 1 : 0) } });
const ending = (secondsAfter: number, grace: number, status: Pod['status'], rest: { finalizers?: string[]; nodes?: KubeNode[]; events?: World['events'] } = {}): World => {
  const metadata = { deletionTimestamp: new Date(now.getTime() - secondsAfter * 1000).toISOString(), deletionGracePeriodSeconds: grace, ...(rest.finalizers && { finalizers: rest.finalizers }) };
  return sharedWorld(pod(here, { metadata, status: { phase: 'Running', ...status } }), { nodes: rest.nodes ?? [oneNode()], events: rest.events ?? [] });
};
const small = { volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Mi' } }] };

const cases: Readonly<Record<string, readonly [World, string]>> = {
  'evicted: a volume grew too large': [failed('Evicted', 'Usage of EmptyDir volume "v" exceeds the limit "1Mi". ', small), 'NOD-01 volume *F20.drop-size-limit recreate'],
  'evicted: its own disk limit': [failed('Evicted', 'Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. ', { containers: [{ name: 'app', resources: { limits: { 'ephemeral-storage': '1Mi' } } }] }),
    'NOD-01 storage *F11.drop-storage-limit recreate'],
  // The next ones from public threads, since no shared node may be filled up.
  'evicted: one container\'s disk limit': [failed('Evicted', 'Container app exceeded its local ephemeral storage limit "1Mi". '), 'NOD-01 storage *recreate'],
  'evicted: the node ran low': [failed('Evicted', 'The node was low on resource: memory. Container app was using 120Mi, which exceeds its request of 0. '), 'NOD-01 node *recreate'],
  'evicted: the node was short when it came': [failed('Evicted', 'The node had condition: [DiskPressure]. '), 'NOD-01 pressure *recreate'],
  'evicted, without a known word': [failed('Evicted', ''), 'NOD-01 - *recreate'],
  'refused: too many cores': [failed('OutOfcpu', 'Pod Node didn\'t have enough resource: cpu, requested: 1000000, used: 0, capacity: 2000', asking({ cpu: '1000' })), 'SCH-11 room *F11.request recreate'],
  'refused: a port': [failed('NodePorts', 'Pod Predicate NodePorts failed', { containers: [{ name: 'app', ports: [{ containerPort: 80, hostPort: 80 }] }] }), 'SCH-11 ports *F14.drop-host-port recreate'],
  'refused: a label': [failed('NodeAffinity', 'Pod Predicate NodeAffinity failed', { nodeSelector: { disk: 'ssd' } }), 'SCH-11 labels *F14.drop-selector recreate'],
  'refused: a device': [failed('UnexpectedAdmissionError', 'Pod Allocate failed due to no devices'), 'SCH-11 - *recreate'],
  'a node that does not exist': [sharedWorld(pod({ nodeName: 'no-such' }), { nodes: [oneNode()] }), 'SCH-11 no-such-node *F14.drop-node-name'],
  'its deadline': [failed('DeadlineExceeded', 'Pod was active on the node longer than the specified deadline', { activeDeadlineSeconds: 5 }), 'LIF-01 - *F20.write-deadline F20.drop-deadline recreate'],
  'a deadline that nobody knows': [failed('DeadlineExceeded', ''), 'LIF-01 unknown *recreate'],
  'pushed out by the kubelet': [failed('Preempting', 'Preempted in order to admit critical pod'), 'LIF-02 - *recreate'],
  'pushed out by the scheduler': [ending(-10, 30, running, { events: [event('Preempted', 'Preempted by default/important on node node-1')] }), 'LIF-02 -'],
  'a node that does not report': [sharedWorld(pod(here, { status: running }), { nodes: [saying('Ready', 'Unknown', 'Kubelet stopped posting node status.')] }), 'NOD-02 -'],
  'a node that says that it is not ready': [sharedWorld(pod(here, { status: running }), { nodes: [saying('Ready', 'False', 'PLEG is not healthy')] }), 'NOD-02 not-ready'],
  'a node that is short of disk': [sharedWorld(pod(here, { status: { phase: 'Running', ...running } }), { nodes: [saying('DiskPressure', 'True', 'kubelet has disk pressure')] }), 'NOD-03 -'],
  'a finalizer': [ending(1, 1, stopped, { finalizers: ['example.com/x'] }), 'TRM-02 -'],
  'a program that still runs long after its time': [ending(60, 30, running), 'TRM-01 -'],
  'a stopped program, and the pod stays': [ending(60, 30, stopped), 'TRM-01 stopped'],
  'a node that is gone': [ending(60, 30, running, { nodes: [saying('Ready', 'Unknown')] }), 'TRM-01 node'],
  'a program that does not listen, in its long grace period': [ending(-500, 600, running), 'TRM-01 grace'],
};

test.each(Object.entries(cases))('%s', (_name, [world, expected]) => {
  expect(brief(diagnose(world))).toEqual([expected]);
});

test.each<[string, World]>([
  ['a pod that ends in its time', ending(-20, 30, running)],
  ['a pod whose time was over a moment ago', ending(5, 30, running)],
  ['a long grace period that has only begun', ending(-595, 600, running)],
  ['a finalizer while the program still runs', ending(-20, 30, running, { finalizers: ['example.com/x'] })],
  ['a node that nobody knows', sharedWorld(pod({ nodeName: 'no-such' }), { nodes: 'unknown' })],
  ['a pod that has started on a node which is gone from the list', sharedWorld(pod({ nodeName: 'no-such' }, { status: { startTime: minutesAgo(5) } }), { nodes: [oneNode()] })],
  ['a node without pressure', sharedWorld(pod(here, { status: { phase: 'Running', ...running } }), { nodes: [saying('DiskPressure', 'False')] })],
])('nothing is said of %s', (_name, world) => {
  expect(diagnose(world)).toEqual([]);
});

test('what was said is taken apart', () => {
  const params = (world: World) => diagnose(world)[0]?.message.params;
  expect(params(cases['evicted: the node ran low']?.[0] as World)).toMatchObject({ resource: 'memory', name: 'app', used: '120Mi', asked: '0' });
  expect(params(cases['refused: too many cores']?.[0] as World)).toMatchObject({ request: '1000', used: '0', allocatable: '2' });
  expect(params(cases['pushed out by the scheduler']?.[0] as World)).toMatchObject({ by: 'default/important' });
  expect(params(cases['evicted: a volume grew too large']?.[0] as World)).toMatchObject({ volume: 'v', limit: '1Mi' });
});
