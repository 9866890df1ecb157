import { expect, test } from 'vitest';
import type { Finding } from '../contract/findings.ts';
import type { KubeNode, KubeObject, Pod } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { asking, brief, deployment, oneNode, other, owned, pod, refusedWorld, replicaSet, schedulerEvent } from './sample-scheduling.ts';
import { now, sharedWorld } from './sample-worlds.ts';
import type { World } from './world.ts';

const insufficient = (resource: string) => `0/1 nodes are available: 1 Insufficient ${resource}.`;
const taint = (text: string) => `0/1 nodes are available: 1 node(s) had taint {${text}}, that the pod didn't tolerate.`;
const noLabel = '0/1 nodes are available: 1 node(s) didn\'t match Pod\'s node affinity.';
const noPort = '0/1 nodes are available: 1 node(s) didn\'t have free ports for the requested pod ports.';
const apart = '0/1 nodes are available: 1 node(s) didn\'t match pod affinity/anti-affinity, 1 node(s) didn\'t match pod anti-affinity rules.';
const existing = '0/1 nodes are available: 1 node(s) didn\'t match pod affinity/anti-affinity, 1 node(s) didn\'t satisfy existing pods anti-affinity rules.';
const together = '0/1 nodes are available: 1 node(s) didn\'t match pod affinity rules, 1 node(s) didn\'t match pod affinity/anti-affinity.';
const spread = '0/1 nodes are available: 1 node(s) didn\'t match pod topology spread constraints (missing required label).';
const unbound = '0/1 nodes are available: 1 pod has unbound immediate PersistentVolumeClaims.';
const tainted = (key: string, value?: string): KubeNode => oneNode({ taints: [{ key, ...(value && { value }), effect: 'NoSchedule' }] });
const wants = (labels: Record<string, string>) => ({ nodeSelector: labels, containers: [{ name: 'app' }] });
const nodeAffinity = (expression: object) => ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } } } });
const antiAffinity = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'a' } } }] } } };
const hostPort = { containers: [{ name: 'app', ports: [{ containerPort: 8080, hostPort: 18080 }] }] };
const disk = { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] };
const claim = (spec: object, phase = 'Pending'): KubeObject => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'default', uid: 'c' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec }, status: { phase } });
const storageClass = (name: string, provisioner = 'rancher.io/local-path'): KubeObject => ({ kind: 'StorageClass', metadata: { name }, provisioner });
const withClaim = (spec: object, storageClasses?: KubeObject[]): World => refusedWorld(unbound, disk, { related: { 'PersistentVolumeClaim/data': claim(spec) }, ...(storageClasses && { storageClasses }) });

const cases: Readonly<Record<string, readonly [World, string]>> = {
  'more cores than the node has': [refusedWorld(insufficient('cpu'), asking({ cpu: '1000' })), 'SCH-01 never *F11.request F11.write-resources'],
  'room that others took': [refusedWorld(insufficient('cpu'), asking({ cpu: '1500m' }), { otherPods: [other('big', asking({ cpu: '1' }))] }), 'SCH-01 - *F11.request F11.write-resources'],
  'nothing left at all': [refusedWorld(insufficient('cpu'), asking({ cpu: '1' }), { otherPods: [other('big', asking({ cpu: '2' }))] }), 'SCH-01 - *F11.write-resources'],
  'who takes the room is not known': [{ ...refusedWorld(insufficient('cpu'), asking({ cpu: '1' }), { nodes: 'unknown' }) }, 'SCH-01 unknown *F11.write-resources'],
  'a device that no node has': [refusedWorld(insufficient('nvidia.com/gpu'), asking({ 'nvidia.com/gpu': '1' })), 'SCH-01 none *F11.write-resources'],
  'only an event tells': [sharedWorld(pod(asking({ cpu: '9' })), { nodes: [oneNode()], otherPods: [], events: [schedulerEvent(insufficient('cpu'))] }), 'SCH-01 never *F11.request F11.write-resources'],
  'a taint of somebody': [refusedWorld(taint('team: red'), {}, { nodes: [tainted('team', 'red')] }), 'SCH-02 - *F13.untaint F14.toleration'],
  'a taint on one of two nodes': [refusedWorld(taint('team: red'), {}, { nodes: [tainted('team', 'red'), { ...oneNode(), metadata: { name: 'node-2' } }] }), 'SCH-02 - *F14.toleration'],
  'a taint as newer servers say it': [refusedWorld('0/1 nodes are available: 1 node(s) had untolerated taint {team: red}.', {}, { nodes: [tainted('team', 'red')] }), 'SCH-02 - *F13.untaint F14.toleration'],
  'a taint that the newest do not name': [refusedWorld('0/1 nodes are available: 1 node(s) had untolerated taint(s).', {}, { nodes: [tainted('team', 'red')] }), 'SCH-02 - *F13.untaint F14.toleration'],
  'the control plane': [refusedWorld(taint('node-role.kubernetes.io/master: '), {}, { nodes: [tainted('node-role.kubernetes.io/master')] }), 'SCH-02 control-plane *F13.untaint F14.toleration'],
  'a node without room on its disk': [refusedWorld(taint('node.kubernetes.io/disk-pressure: '), {}, { nodes: [tainted('node.kubernetes.io/disk-pressure')] }), 'SCH-02 pressure'],
  'a node that is not ready': [refusedWorld(taint('node.kubernetes.io/not-ready: '), {}, { nodes: [tainted('node.kubernetes.io/not-ready')] }), 'SCH-02 not-ready'],
  'a label that the node does not have': [refusedWorld(noLabel, wants({ disk: 'ssd' })), 'SCH-03 - *F13.label F14.drop-selector'],
  'a label that Kubernetes itself sets': [refusedWorld(noLabel, wants({ 'kubernetes.io/os': 'windows' })), 'SCH-03 - *F14.drop-selector'],
  'a rule of node affinity': [refusedWorld(noLabel, nodeAffinity({ key: 'disk', operator: 'In', values: ['ssd'] })), 'SCH-03 - *F13.label F14.drop-node-affinity'],
  'a rule that no label fulfils': [refusedWorld(noLabel, nodeAffinity({ key: 'disk', operator: 'NotIn', values: ['ssd'] })), 'SCH-03 rules *F14.drop-node-affinity'],
  'a claim that is not there': [refusedWorld('0/1 nodes are available: 1 persistentvolumeclaim "data" not found.', disk, { related: { 'PersistentVolumeClaim/data': 'missing' } }), 'SCH-04 - *F16.claim'],
  'a claim without a class': [withClaim({}, []), 'SCH-04 no-class *F16.volume'],
  'a claim of a class that is not there': [withClaim({ storageClassName: 'nope' }, [storageClass('standard')]), 'SCH-04 class-missing *F16.volume'],
  'a claim whose provisioner does nothing': [withClaim({ storageClassName: 'standard' }, [storageClass('standard')]), 'SCH-04 provisioner'],
  'a claim, the classes are not known': [withClaim({ storageClassName: 'standard' }), 'SCH-04 unbound *F16.volume'],
  'a disk of another node': [refusedWorld('0/1 nodes are available: 1 node(s) had volume node affinity conflict.', disk), 'SCH-04 elsewhere'],
  'a port that another pod has': [refusedWorld(noPort, hostPort, { otherPods: [other('first', hostPort)] }), 'SCH-05 - *F14.drop-host-port'],
  'a port that the old pod of a rollout has': [{
    ...refusedWorld(noPort, hostPort, { owners: [replicaSet('new'), deployment(1)], revisions: [replicaSet('old'), replicaSet('new')], otherPods: [other('first', hostPort, owned('old'))] }),
    pod: pod(hostPort, { metadata: owned('new'), status: { conditions: [{ type: 'PodScheduled', status: 'False', message: noPort }] } }),
  }, 'SCH-05 - *F14.strategy F14.drop-host-port'],
  'a cordoned node': [refusedWorld('0/1 nodes are available: 1 node(s) were unschedulable.', {}, { nodes: [oneNode({ unschedulable: true })] }), 'SCH-06 - *F13.uncordon'],
  'a pod that wants to be alone': [refusedWorld(apart, antiAffinity), 'SCH-07 apart *F14.drop-anti-affinity'],
  'a pod that others keep away': [refusedWorld(existing, antiAffinity, { otherPods: [other('first', antiAffinity)] }), 'SCH-07 apart'],
  'more copies than nodes': [{ ...refusedWorld(apart, antiAffinity, { owners: [replicaSet('r'), deployment(2)] }), pod: pod(antiAffinity, { metadata: owned('r'), status: { conditions: [{ type: 'PodScheduled', status: 'False', message: apart }] } }) },
    'SCH-07 replicas *F14.scale'],
  'a pod that wants company': [refusedWorld(together, { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } } }), 'SCH-07 together *F14.drop-pod-affinity'],
  'a rule of topology spread': [refusedWorld(spread, { topologySpreadConstraints: [{ topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] }), 'SCH-07 spread *F14.soften-spread'],
  'a full node': [refusedWorld('0/1 nodes are available: 1 Too many pods.'), 'SCH-08 -'],
  // Written by hand after 1.27's texts: 1.20 has no gates.
  'a gate': [sharedWorld(pod({ schedulingGates: [{ name: 'example.com/wait' }] }, { status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' }] } })),
    'SCH-09 - *F14.write-gates'],
  'a scheduler of another name': [sharedWorld(pod({ schedulerName: 'nope' })), 'SCH-10 other *F14.default-scheduler'],
  'no scheduler': [sharedWorld(pod({ schedulerName: 'default-scheduler' })), 'SCH-10 -'],
  'no nodes': [refusedWorld('no nodes available to schedule pods'), 'SCH-10 no-nodes'],
  'what nobody knows': [refusedWorld('0/1 nodes are available: 1 node(s) exceed max volume count.'), 'SCH-12 -'],
};

test.each(Object.entries(cases))('%s', (_name, [world, expected]) => {
  expect(brief(diagnose(world))).toEqual([expected]);
});

const young = { creationTimestamp: new Date(now.getTime() - 5000).toISOString() };
test.each<[string, World]>([
  ['a scheduler that has not come to it yet', sharedWorld(pod({}, { metadata: young }))],
  ['events that cannot be read, where the scheduler may have said something', sharedWorld(pod(), { events: 'unknown' })],
  ['a disk that is being made', { ...withClaim({ storageClassName: 'standard' }), pod: pod(disk, { metadata: young, status: { conditions: [{ type: 'PodScheduled', status: 'False', message: unbound }] } }) }],
])('nothing is said of %s', (_name, world) => {
  expect(diagnose(world)).toEqual([]);
});

const first = (world: World): Finding => diagnose(world)[0] as Finding;

test('what is asked for is compared with what the node has and with who takes it', () => {
  const otherPods = [other('big', asking({ cpu: '800m' })), other('small', asking({ cpu: '100m' })), { ...other('gone', asking({ cpu: '2' })), status: { phase: 'Succeeded' } }];
  expect(first(refusedWorld(insufficient('cpu'), asking({ cpu: '1500m' }), { otherPods })).message.params)
    .toMatchObject({ request: '1.5', resource: 'cpu', allocatable: '2', used: '900m', left: '1.1', takers: 'big (800m), small (100m)' });
  expect(first(refusedWorld(insufficient('memory'), asking({ memory: '100Gi' }))).message.params).toMatchObject({ request: '100Gi', allocatable: '8Gi' });
});

test('the new request is round, fits, and is made in the greatest container', () => {
  const edits = (spec: NonNullable<Pod['spec']>, otherPods: Pod[] = []) => {
    const [fix] = first(refusedWorld(insufficient('cpu'), spec, { otherPods })).fixes;
    return fix?.action === 'change' ? fix.parts : undefined;
  };
  expect(edits(asking({ cpu: '1000' }))).toEqual([{ on: 'pod', edits: [{ path: ['spec', 'containers', { name: 'app' }, 'resources', 'requests', 'cpu'], value: '2' }] }]);
  expect(edits({ containers: [{ name: 'a', resources: { requests: { cpu: '500m' } } }, { name: 'b', resources: { requests: { cpu: '3' } } }] }, [other('big', asking({ cpu: '550m' }))]))
    .toEqual([{ on: 'pod', edits: [{ path: ['spec', 'containers', { name: 'b' }, 'resources', 'requests', 'cpu'], value: '900m' }] }]);
});

test('a taint is taken from the list, the others stay; a toleration is added, the server\'s own are left out', () => {
  const node = oneNode({ taints: [{ key: 'other', effect: 'PreferNoSchedule' }, { key: 'team', value: 'red', effect: 'NoSchedule' }] });
  const tolerations = [{ key: 'x', operator: 'Exists' }, { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }];
  expect(first(refusedWorld(taint('team: red'), { tolerations }, { nodes: [node] })).fixes.map((fix) => 'parts' in fix && fix.parts)).toEqual([
    [{ on: 'object', object: { apiVersion: 'v1', kind: 'Node', name: 'node-1' }, edits: [{ path: ['spec', 'taints'], value: [{ key: 'other', effect: 'PreferNoSchedule' }] }] }],
    [{ on: 'pod', edits: [{ path: ['spec', 'tolerations'], value: [{ key: 'x', operator: 'Exists' }, { key: 'team', operator: 'Equal', value: 'red', effect: 'NoSchedule' }] }] }],
  ]);
});

test('the volume is the claim\'s own, in size, modes and class', () => {
  const [fix] = first(withClaim({ storageClassName: 'nope' }, [])).fixes;
  expect(fix).toMatchObject({ danger: 'g', parts: [{ on: 'new', object: { kind: 'PersistentVolume', metadata: { name: 'default-data' },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'nope', claimRef: { namespace: 'default', name: 'data', uid: 'c' } } } }] });
});
