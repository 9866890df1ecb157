import { expect, test } from 'vitest';
import type { KubeObject } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { brief, event, oneNode, pod, startingWorld } from './sample-scheduling.ts';
import { now, sharedWorld } from './sample-worlds.ts';
import type { World } from './world.ts';

const mount = (rest: string, minute?: number) => event('FailedMount', `MountVolume.SetUp failed for volume "v" : ${rest}`, minute);
const waited = event('FailedMount', 'Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[v default-token-9p92z]: timed out waiting for the condition');
const sandbox = (rest: string) => event('FailedCreatePodSandBox', `Failed to create pod sandbox: rpc error: code = Unknown desc = ${rest}`);
const volume = (source: object) => ({ volumes: [{ name: 'v', ...source }] });
const configMap = (data: Record<string, string>): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'default' }, data });
const keyOf = (key: string) => volume({ configMap: { name: 'settings', items: [{ key, path: 'x' }] } });
const limited = (memory: string) => ({ containers: [{ name: 'app', resources: { limits: { memory } } }] });
const killed = 'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown';
const noMemory = 'failed to start sandbox container for pod "p": Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: unable to apply cgroup configuration: mkdir /sys/fs/cgroup/memory/kubepods/burstable/pod9e7dc9c2/20b3: cannot allocate memory: unknown';
const kind: World['stores'] = [{ node: 'node-1', kind: 'kind', sharesDocker: 'no', known: 'node-container-label' }];
const hostPath = (type: string) => volume({ hostPath: { path: '/no/such/folder', type } });
const notFolder = mount('hostPath type check failed: /no/such/folder is not a directory');
const noNetwork = 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';
const without = (message: string) => ({ ...oneNode(), status: { conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady', message }] } });

const cases: Readonly<Record<string, readonly [World, string]>> = {
  'a missing ConfigMap': [startingWorld([mount('configmap "settings" not found'), waited], volume({ configMap: { name: 'settings' } }), { related: { 'ConfigMap/settings': 'missing' } }), 'VOL-01 - *F10.create-configmap'],
  'a missing Secret, and nobody looked': [startingWorld([mount('secret "settings" not found')], volume({ secret: { secretName: 'settings' } })), 'VOL-01 - *F10.create-secret'],
  'a part of a projected volume': [startingWorld([mount('configmap "settings" not found')], volume({ projected: { sources: [{ configMap: { name: 'settings' } }] } })), 'VOL-01 - *F10.create-configmap'],
  'a ConfigMap that came after the last try': [startingWorld([mount('configmap "settings" not found')], volume({ configMap: { name: 'settings' } }), { related: { 'ConfigMap/settings': configMap({}) } }), 'VOL-01 arrived *recreate'],
  'a key that is not there, and one almost like it': [startingWorld([mount('configmap references non-existent config key: app_yml')], keyOf('app_yml'), { related: { 'ConfigMap/settings': configMap({ 'app.yml': '1' }) } }), 'VOL-01 key *F20.use-key F10.add-key'],
  'a key that is not there': [startingWorld([mount('configmap references non-existent config key: b')], keyOf('b'), { related: { 'ConfigMap/settings': configMap({ settings: '1' }) } }), 'VOL-01 key *F10.add-key'],
  'a key of an object that nobody looked at': [startingWorld([mount('configmap references non-existent config key: b')], keyOf('b')), 'VOL-01 key'],
  'a key that came after the last try': [startingWorld([mount('configmap references non-existent config key: b')], keyOf('b'), { related: { 'ConfigMap/settings': configMap({ b: '1' }) } }), 'VOL-01 key-arrived *recreate'],
  'a folder that the node does not have': [startingWorld([notFolder, waited], hostPath('Directory')), 'VOL-02 - *F20.host-path-type'],
  'the same on kind': [startingWorld([notFolder], hostPath('Directory'), { stores: kind }), 'VOL-02 - *F20.host-path-type F21.make-path'],
  'a socket that the node does not have': [startingWorld([mount('hostPath type check failed: /no/such/folder is not a socket file')], hostPath('Socket')), 'VOL-02 -'],
  'a disk of a network that the node cannot mount': [startingWorld([waited, mount('mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs 127.0.0.1:/x /p')]), 'VOL-03 failed'],
  'a volume that does not come': [startingWorld([waited]), 'VOL-03 -'],
  // From public threads: one node cannot provoke it.
  'a disk that another pod has': [startingWorld([event('FailedAttachVolume', 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) spring-old')]), 'VOL-03 multi'],
  'one mebibyte of memory': [startingWorld([sandbox(killed)], limited('1Mi')), 'SBX-03 - *F11.memory-limit F11.write-resources'],
  'thousandths of bytes': [startingWorld([sandbox(noMemory)], limited('64m')), 'SBX-03 - *F11.memory-limit F11.write-resources'],
  'a runtime that the node does not have': [startingWorld([sandbox('failed to get sandbox runtime: no runtime for "nope" is configured')], { runtimeClassName: 'nope' }), 'SBX-01 runtime *F20.drop-runtime-class'],
  'no pause image': [startingWorld([sandbox('failed to get sandbox image "k8s.gcr.io/pause:3.2": failed to pull image "k8s.gcr.io/pause:3.2"')], {}, { stores: kind }), 'SBX-01 image *F21.sandbox-image'],
  'a broken network': [startingWorld([sandbox('failed to setup network for sandbox "f": plugin type="bridge" failed (add): cni config error')]), 'SBX-01 network'],
  'any other sandbox': [startingWorld([sandbox('something else')]), 'SBX-01 -'],
  'memory short though the limit is not small': [startingWorld([sandbox(noMemory)], limited('64Mi')), 'SBX-01 -'],
  'a node without a pod network': [startingWorld([], {}, { nodes: [without(noNetwork)] }), 'SBX-02 -'],
  'its event, the nodes are not known': [startingWorld([event('NetworkNotReady', `network is not ready: ${noNetwork}`)], {}, { nodes: 'unknown' }), 'SBX-02 -'],
};

test.each(Object.entries(cases))('%s', (_name, [world, expected]) => {
  expect(brief(diagnose(world)).slice(0, 1)).toEqual([expected]);
});

const young = { creationTimestamp: new Date(now.getTime() - 5000).toISOString() };
const status = { phase: 'Pending', containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ContainerCreating' } } }] };
const startIds = (world: World) => diagnose(world).map(({ id }) => id).filter((id) => /^(VOL|SBX)/.test(id));

test.each<[string, World]>([
  ['a complaint that is over: the image is being pulled', startingWorld([mount('configmap "settings" not found', 2), event('Pulling', 'Pulling image "spring-server:1"', 3, { type: 'Normal' })])],
  ['a cache of the kubelet that was not filled yet', startingWorld([mount('failed to sync configmap cache: timed out waiting for the condition')])],
  ['a pod that is five seconds old', sharedWorld(pod({ nodeName: 'node-1' }, { metadata: young, status }), { nodes: [oneNode()], events: [notFolder] })],
  ['the network, which is up by now', startingWorld([event('NetworkNotReady', 'network is not ready: cni plugin not initialized')])],
])('nothing is said of %s', (_name, world) => {
  expect(startIds(world)).toEqual([]);
});

test('thousandths become mebibytes of the same number, and a limit of one becomes 64', () => {
  const value = (memory: string) => diagnose(startingWorld([sandbox(killed)], limited(memory)))[0]?.message.params['next'];
  expect([value('64m'), value('1Mi'), value('1m')]).toEqual(['64Mi', '64Mi', '64Mi']);
});

test('the object that is begun has every key that the pod takes from it', () => {
  const world = startingWorld([mount('configmap "settings" not found')], keyOf('a.yml'));
  expect(diagnose(world)[0]?.fixes[0]).toMatchObject({ manifest: { kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'default' }, data: { 'a.yml': '' } } });
});
