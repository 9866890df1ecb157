import { expect, test } from 'vitest';
import type { Finding, Fix } from '../contract/findings.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { created, failedEvent, hostImage, id, imagesOf, kindWorld, node, nodeImage, now, podOf, pullErrors, sharedWorld, waiting } from './sample-worlds.ts';
import type { World } from './world.ts';

const near = hostImage(['spring-server:1'], 'b');
const full = 'docker.io/library/spring-server:latest';
const never = { policy: 'Never', reason: 'ErrImageNeverPull', message: 'Container image "spring-server" is not present with pull policy of Never', set: true };
const offline = [failedEvent(pullErrors.dockerOffline)];
const boxOffline = [failedEvent(pullErrors.containerdOffline)];
const denied = [failedEvent(pullErrors.denied)];
const minikube: World['stores'] = [{ node: 'node-1', kind: 'minikube', sharesDocker: 'no', known: 'node-container-label' }];
const generic: World['stores'] = [{ node: 'node-1', kind: 'generic', sharesDocker: 'no', known: 'runtime-version' }];
const owned: Pod['metadata'] = { ownerReferences: [{ kind: 'ReplicaSet', name: 'spring-7d', uid: 'r', controller: true }] };

/** A fix in a word: `*` recommended, then the action, the image where it matters, and the policy. */
const word = (fix: Fix): string =>
  [fix.recommended ? '*' : '', fix.action, 'image' in fix ? fix.image : '', 'policy' in fix ? fix.policy : '', fix.danger].filter(Boolean).join(' ');
const brief = (findings: Finding[]) => findings.map((f) => [f.id, f.severity, f.confidence, f.message.key.split('.').at(-1), f.explanation?.key.split('.').at(-1), ...f.fixes.map(word)]);
const one = (id_: string, confidence: string, explanation = 'explanation', ...fixes: string[]) => [[id_, 'error', confidence, 'sentence', explanation, ...fixes]];

const disk = (...fixes: string[]) => [['IMG-21', 'error', 'strong', 'sentence-disk', 'explanation-disk', ...fixes, 'host-lines r']];
const recreate01 = ['* recreate IfNotPresent y', 'recreate Never y'];
const load02 = ['* load-and-recreate spring-server:latest IfNotPresent y', 'load spring-server:latest g'];

const cases: Readonly<Record<string, readonly [World, unknown[][]]>> = {
  // IMG-01: on the node, and Always
  'the story, shared Docker, offline': [sharedWorld(podOf(), { events: offline }), one('IMG-01', 'strong', 'explanation', ...recreate01)],
  'on the node, the registry refuses': [sharedWorld(podOf(), { events: denied }), one('IMG-01', 'strong', 'explanation', ...recreate01)],
  'on the node, the registry has no such tag': [sharedWorld(podOf({ reason: 'ErrImagePull', message: pullErrors.tagMissing })), one('IMG-01', 'strong', 'explanation', ...recreate01)],
  'on the node, the registry wants a login': [sharedWorld(podOf(), { events: [failedEvent(pullErrors.unauthorized)] }), one('IMG-01', 'strong', 'explanation', ...recreate01)],
  'on the node, the cause only in memory': [sharedWorld(podOf(), { memory: { app: { message: pullErrors.dockerOffline, at: created } } }),
    one('IMG-01', 'strong', 'explanation', ...recreate01)],
  'on the node, the cause is nowhere any more': [sharedWorld(podOf()), one('IMG-01', 'likely', 'explanation-not-recorded', ...recreate01)],
  'on the node, events out of reach': [sharedWorld(podOf(), { events: 'unknown' }), one('IMG-01', 'likely', 'explanation-not-recorded', ...recreate01)],
  'the cause appended to the back-off, as from 1.32 on': [sharedWorld(podOf({ message: `Back-off pulling image "spring-server": ErrImagePull: ${pullErrors.denied}` })),
    one('IMG-01', 'strong', 'explanation', ...recreate01)],
  'loaded into kind, policy Always': [kindWorld(podOf(), { events: boxOffline, nodeImages: imagesOf([nodeImage([full])]) }), one('IMG-01', 'strong', 'explanation', ...recreate01)],
  'an older build in kind, policy Always': [kindWorld(podOf(), { events: boxOffline, nodeImages: imagesOf([nodeImage([full], 'b')]) }),
    one('IMG-01', 'strong', 'explanation-older-build', '* load-and-recreate spring-server:latest IfNotPresent y', 'recreate IfNotPresent y', 'recreate Never y')],
  'on the node, owned by a controller': [sharedWorld(podOf({ metadata: owned }), { events: offline, owners: 'unknown' }), one('IMG-01', 'strong')],
  'on the node, but the disk is full': [sharedWorld(podOf(), { events: [failedEvent(pullErrors.diskFull)] }), disk(...recreate01, 'recreate y')],
  'forced Always: another policy would be overwritten': [sharedWorld(podOf({ image: 'spring-server:1' }), { events: offline, hostImages: [near] }),
    one('IMG-22', 'strong', 'explanation', 'write y', 'host-lines g')],

  // IMG-02: only in Docker
  'only in Docker, kind, offline': [kindWorld(podOf(), { events: boxOffline }), one('IMG-02', 'strong', 'explanation', ...load02)],
  'only in Docker, minikube, refused by the registry': [kindWorld(podOf(), { events: denied, stores: minikube }), one('IMG-02', 'strong', 'explanation', ...load02)],
  'only in Docker, IfNotPresent': [kindWorld(podOf({ image: 'spring-server:1', policy: 'IfNotPresent' }), { events: boxOffline, hostImages: [near] }),
    one('IMG-02', 'strong', 'explanation', '* load-and-recreate spring-server:1 IfNotPresent y', 'load spring-server:1 g')],
  'in Docker, IfNotPresent, the node cannot be read: the pull says that it is not there': [kindWorld(podOf({ policy: 'IfNotPresent' }), { events: boxOffline, nodeImages: 'unknown' }),
    one('IMG-02', 'likely', 'explanation', ...load02)],
  'only in Docker, the cause is nowhere any more': [kindWorld(podOf()), one('IMG-02', 'likely', 'explanation-not-recorded', ...load02)],
  'only in Docker, a node that cannot be written to': [kindWorld(podOf(), { events: boxOffline, stores: generic }), one('IMG-02', 'strong')],
  'only in Docker, but the node\'s disk is full': [kindWorld(podOf(), { events: [failedEvent(pullErrors.diskFull)] }), disk('* recreate y')],
  'only in Docker, owned, policy Always': [kindWorld(podOf({ metadata: owned }), { events: boxOffline }), one('IMG-02', 'strong', 'explanation', 'load spring-server:latest g')],
  'only in Docker, owned, IfNotPresent': [kindWorld(podOf({ metadata: owned, policy: 'IfNotPresent' }), { events: boxOffline }),
    one('IMG-02', 'strong', 'explanation', '* load spring-server:latest g')],
  'only in Docker, pinned by a digest that a load would lose': [
    kindWorld(podOf({ image: `spring-server@${id('f')}`, policy: 'IfNotPresent' }), { events: boxOffline, hostImages: [{ ...hostImage([]), RepoDigests: [`spring-server@${id('f')}`] }] }),
    one('IMG-02', 'strong')],

  // IMG-03: a typing mistake
  'refused, a near name in Docker': [sharedWorld(podOf({ image: 'spring-sever:1', policy: 'IfNotPresent' }), { events: denied, hostImages: [near] }),
    one('IMG-03', 'likely', 'explanation', '* recreate spring-server:1 y')],
  'refused, a near name whose default asks the registry': [sharedWorld(podOf({ image: 'spring-sever' }), { events: denied }),
    one('IMG-03', 'likely', 'explanation', '* recreate spring-server:latest IfNotPresent y')],
  'refused, another tag, Never was set': [kindWorld(podOf({ image: 'spring-server:2', policy: 'Always', set: true }), {
    events: denied, hostImages: [], nodeImages: imagesOf([nodeImage(['docker.io/library/spring-server:1'])]) }),
    one('IMG-03', 'likely', 'explanation', '* recreate spring-server:1 IfNotPresent y')],
  'refused, near names, no Docker to look at': [kindWorld(podOf({ image: 'spring-sever:1', policy: 'IfNotPresent' }), {
    events: denied, hostImages: 'unknown', nodeImages: imagesOf([nodeImage(['docker.io/library/spring-server:1'])]) }),
    one('IMG-03', 'likely', 'explanation', '* recreate spring-server:1 y')],

  // IMG-05: refused
  'refused, nothing like it here': [sharedWorld(podOf({ image: 'user/app:1', policy: 'IfNotPresent' }), { events: denied }), one('IMG-05', 'strong', 'explanation', 'write y', 'write g')],
  'refused, the node cannot be read': [kindWorld(podOf({ image: 'spring-sever:1' }), { events: denied, nodeImages: 'unknown' }), one('IMG-05', 'strong', 'explanation', 'write y', 'write g')],

  // IMG-08 and 09: not reachable
  'offline, nothing here': [sharedWorld(podOf(), { events: offline, hostImages: [] }), one('IMG-08', 'strong')],
  'offline, a near name': [sharedWorld(podOf({ image: 'spring-sever:1', policy: 'IfNotPresent' }), { events: offline, hostImages: [near] }),
    one('IMG-08', 'strong', 'explanation-near', '* recreate spring-server:1 y')],
  'offline, in Docker, the node cannot be read': [kindWorld(podOf(), { events: boxOffline, nodeImages: 'unknown' }), one('IMG-08', 'strong')],
  'connection refused': [sharedWorld(podOf({ image: '127.0.0.1:1/x:1', policy: 'IfNotPresent' }), { events: [failedEvent(pullErrors.refused)] }), one('IMG-09', 'strong')],
  'no route': [sharedWorld(podOf({ image: '10.9.9.9/x:1', policy: 'IfNotPresent' }), { events: [failedEvent(pullErrors.noRoute)] }), one('IMG-09', 'strong')],
  'no answer in time': [sharedWorld(podOf(), { hostImages: [], events: [failedEvent(pullErrors.timeout)] }), one('IMG-09', 'strong')],
  'came after the last try': [kindWorld(podOf({ policy: 'IfNotPresent' }), { events: boxOffline, nodeImages: imagesOf([nodeImage([full])]) }),
    [['IMG-08', 'info', 'likely', 'sentence', 'explanation', '* recreate y']]],

  // IMG-18: Never
  'Never, only in Docker': [kindWorld(podOf(never)), [['IMG-18', 'error', 'proven', 'sentence-only-in-docker', 'explanation-only-in-docker',
    '* load-and-recreate spring-server:latest Never y', 'load spring-server:latest g']]],
  'Never, nowhere': [sharedWorld(podOf(never), { hostImages: [] }), one('IMG-18', 'proven', 'explanation', '* recreate IfNotPresent y')],
  'Never, a near name': [sharedWorld(podOf(never), { hostImages: [near] }), one('IMG-18', 'proven', 'explanation-near', '* recreate spring-server:1 y', 'recreate IfNotPresent y')],
  'Never, in Docker, the node cannot be read: the kubelet says that it is not there': [kindWorld(podOf(never), { nodeImages: 'unknown' }), [[
    'IMG-18', 'error', 'proven', 'sentence-only-in-docker', 'explanation-only-in-docker', '* load-and-recreate spring-server:latest Never y', 'load spring-server:latest g']]],
  'Never, nothing could be read': [kindWorld(podOf(never), { nodeImages: 'unknown', hostImages: 'unknown', stores: 'unknown' }),
    one('IMG-18', 'proven', 'explanation', '* recreate IfNotPresent y')],
  'Never, came after the last try': [kindWorld(podOf(never), { nodeImages: imagesOf([nodeImage([full])]) }),
    [['IMG-18', 'info', 'likely', 'sentence-arrived', 'explanation-arrived', '* recreate y']]],
  'Never, owned, only in Docker': [kindWorld(podOf({ ...never, metadata: owned })), [['IMG-18', 'error', 'proven', 'sentence-only-in-docker', 'explanation-only-in-docker',
    '* load spring-server:latest g']]],

  // What is not known yields nothing
  'no cause, nothing here': [sharedWorld(podOf(), { hostImages: [] }), []],
  'no cause, nothing could be read': [kindWorld(podOf(), { hostImages: 'unknown', nodeImages: 'unknown', stores: 'unknown' }), []],
  'an event of an earlier pod of the same name': [sharedWorld(podOf(), { hostImages: [], events: [failedEvent(pullErrors.denied, { involvedObject: { uid: 'u0', fieldPath: 'spec.containers{app}' } })] }), []],
};

test.each(Object.entries(cases))('%s', (_name, [world, findings]) => {
  expect(brief(diagnose(world))).toEqual(findings);
});

const healthy: Pod['status'] = { phase: 'Running', containerStatuses: [{ name: 'app', ready: true, imageID: id('a'), state: { running: { startedAt: created } } }] };
const young = podOf({ metadata: { name: 'spring', uid: 'u1', creationTimestamp: new Date(now.getTime() - 6000).toISOString() } });
const creating = podOf({ reason: 'ContainerCreating' });
const silent: Readonly<Record<string, World>> = {
  'healthy': sharedWorld(podOf({ status: healthy })),
  'completed': sharedWorld(podOf({ status: { ...healthy, phase: 'Succeeded', containerStatuses: [{ name: 'app', state: { terminated: { exitCode: 0 } } }] } })),
  'three seconds old': sharedWorld({ ...creating, metadata: { ...creating.metadata, creationTimestamp: new Date(now.getTime() - 3000).toISOString() } }),
  'without any status yet': sharedWorld(podOf({ status: { phase: 'Pending', containerStatuses: [] } })),
  'downloading for 5 seconds': kindWorld(creating, { events: [failedEvent('', { type: 'Normal', reason: 'Pulling', message: 'Pulling image "spring-server"', lastTimestamp: '2026-03-01T12:04:55Z' })] }),
  'in back-off for 6 seconds without a cause': sharedWorld(young),
  'terminating': sharedWorld(podOf({ metadata: { name: 'spring', uid: 'u1', creationTimestamp: created, deletionTimestamp: now.toISOString() } }), { events: offline }),
  'waiting for something else': sharedWorld(podOf({ reason: 'CrashLoopBackOff' }), { events: offline }),
  'failed for good': sharedWorld(podOf({ status: { phase: 'Failed' } }), { events: offline }),
};

test.each(Object.entries(silent))('a pod that is %s has no finding', (_name, world) => {
  expect(diagnose(world)).toEqual([]);
});

test('of a pod whose node does not report is said that alone', () => {
  expect(brief(diagnose(sharedWorld(podOf(), { events: offline, nodes: [node('Unknown')] })))).toEqual(one('NOD-02', 'proven'));
});

test('an error that Kubernetes names is not held back from a young pod', () => {
  expect(brief(diagnose(sharedWorld(young, { events: offline })))).toEqual(one('IMG-01', 'strong', 'explanation', ...recreate01));
});

test('an unreadable list of nodes, and a node without conditions, hide nothing', () => {
  expect(diagnose(sharedWorld(podOf(), { nodes: 'unknown' }))).toHaveLength(1);
  expect(diagnose(sharedWorld(podOf(), { nodes: [{ metadata: { name: 'node-1' } }] }))).toHaveLength(1);
});

const several = (initialized: boolean, init: object, sidecar = false): World => sharedWorld(podOf({
  spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'spring-server', imagePullPolicy: 'Always' }, { name: 'b', image: 'spring-server', imagePullPolicy: 'Never' }],
    initContainers: [{ name: 'i1', image: 'spring-server', imagePullPolicy: 'Always', ...(sidecar && { restartPolicy: 'Always' }) }, { name: 'i2', image: 'spring-server', imagePullPolicy: 'Always' }] },
  status: { phase: 'Pending', conditions: [{ type: 'Initialized', status: initialized ? 'True' : 'False' }],
    initContainerStatuses: [{ name: 'i1', ...init }, { name: 'i2', ...waiting('ImagePullBackOff') }],
    containerStatuses: [{ name: 'app', ...waiting('ImagePullBackOff') }, { name: 'b', ...waiting('ErrImageNeverPull') }] },
}));

test.each<[string, World, [string, string][]]>([
  ['the first unfinished init container alone', several(false, waiting('ImagePullBackOff')), [['IMG-01', 'i1']]],
  ['the next one, when the first is done', several(false, { state: { terminated: { exitCode: 0 } } }), [['IMG-01', 'i2']]],
  ['the next one, when a sidecar has started', several(false, { started: true, state: { running: {} } }, true), [['IMG-01', 'i2']]],
  ['all app containers, when init is over', several(true, { state: { terminated: { exitCode: 0 } } }), [['IMG-01', 'app'], ['IMG-18', 'b']]],
  ['a sidecar that fails later, and the app containers', several(true, waiting('ImagePullBackOff'), true), [['IMG-01', 'i1'], ['IMG-01', 'app'], ['IMG-18', 'b']]],
])('of several containers are looked at: %s', (_name, world, expected) => {
  expect(diagnose(world).map((f) => [f.id, f.container])).toEqual(expected);
});

test('no sentence about an unreachable registry says that it does not have the image', () => {
  const errors = [pullErrors.dockerOffline, pullErrors.containerdOffline, pullErrors.refused, pullErrors.noRoute, pullErrors.timeout];
  const worlds = errors.flatMap((error) => [sharedWorld, kindWorld].map((make) => make(podOf(), { events: [failedEvent(error)] })));
  expect(worlds.flatMap(diagnose).map((f) => [f.message.params['outcome'], f.decision?.at(-1)?.detail.key]))
    .toEqual(worlds.map(() => ['unreachable', 'decision.registry.unreachable']));
});
