import { expect, test } from 'vitest';
import type { DecisionStep, Finding } from '../contract/findings.ts';
import { diagnose } from './diagnose.ts';
import { created, failedEvent, hostImage, id, imagesOf, kindWorld, nodeImage, podOf, pullErrors, sharedWorld } from './sample-worlds.ts';
import type { World } from './world.ts';

const pod = { kind: 'Pod', namespace: 'default', name: 'spring' };
const eventAt = '2026-03-01T12:04:00Z';
const builtAt = new Date(1_772_366_000_000).toISOString();
const docker = { image: 'spring-server:latest', id: 'aaaaaaaaaaaa', created: 1_772_366_000_000, size: '72.8 MB' };

test('the story on a node that shares Docker\'s images: the whole finding', () => {
  const params = {
    image: 'spring-server:latest', node: 'node-1', outcome: 'unreachable', registry: 'docker.io', hub: 'yes', policy: 'Always', origin: 'default_latest',
    store: 'shared_docker',
  };
  const withCause = { ...params, class: 'DNS', host: 'registry-1.docker.io', near: '' };
  const step = (name: DecisionStep['id'], state: DecisionStep['state'], detail: string): DecisionStep =>
    ({ id: name, state, title: { key: `decision.${name}.title`, params: {} }, detail: { key: `decision.${name}.${detail}`, params } });
  const story: Finding = {
    id: 'IMG-01', container: 'app', severity: 'error', confidence: 'strong',
    message: { key: 'finding.IMG-01.sentence', params: withCause },
    explanation: { key: 'finding.IMG-01.explanation', params: withCause },
    evidence: [
      { kind: 'manifest', message: { key: 'evidence.manifest.no-tag', params: { image: 'spring-server' } }, object: pod, path: 'spec.containers[0].image', value: 'spring-server' },
      { kind: 'policy', message: { key: 'evidence.policy.default-latest', params: { policy: 'Always', image: 'spring-server:latest', kind: 'Pod', name: 'spring' } },
        object: pod, path: 'spec.containers[0].imagePullPolicy', value: 'Always' },
      { kind: 'status', message: { key: 'evidence.status', params: { reason: 'ImagePullBackOff', container: 'app' } }, object: pod,
        path: 'status.containerStatuses[0].state.waiting', value: 'Back-off pulling image "spring-server"' },
      { kind: 'event', message: { key: 'evidence.event', params: { reason: 'Failed', count: 3 } }, object: { kind: 'Event', namespace: 'default', name: 'spring.17a' },
        path: 'message', value: `Failed to pull image "spring-server": ${pullErrors.dockerOffline}`, at: eventAt },
      { kind: 'host-image', message: { key: 'evidence.host-image.present', params: docker }, value: id('a'), at: builtAt },
      { kind: 'node-image', message: { key: 'evidence.node-image.present', params: { image: 'spring-server:latest', node: 'node-1', id: 'aaaaaaaaaaaa', size: '72.8 MB' } },
        value: id('a'), object: { kind: 'Node', name: 'node-1' } },
      { kind: 'store', message: { key: 'evidence.store.yes', params: { node: 'node-1', known: 'pod_uid_on_container', kind: 'shared_docker' } },
        object: { kind: 'Node', name: 'node-1' }, value: 'yes' },
    ],
    raw: `Failed to pull image "spring-server": ${pullErrors.dockerOffline}`,
    fixes: [{ action: 'recreate', policy: 'IfNotPresent', recommended: true, danger: 'y' }, { action: 'recreate', policy: 'Never', recommended: false, danger: 'y' }],
    decision: [step('tag', 'passed', 'none'), step('policy', 'passed', 'default-latest'), step('node', 'skipped', 'ignored'), step('registry', 'failed', 'unreachable')],
  };
  expect(diagnose(sharedWorld(podOf(), { events: [failedEvent(pullErrors.dockerOffline)] }))).toEqual([story]);
});

const evidenceOf = (world: World) => diagnose(world).flatMap((f) => f.evidence.map((e) => [e.message.key.replace('evidence.', ''), e.message.params, e.value, e.at]));
const onNode = { image: 'spring-server:latest', node: 'node-1' };
const readAt = '2026-03-01T12:04:30Z';

test('the proof in a box: Docker has it, the node\'s own list does not', () => {
  const world = kindWorld(podOf({ policy: 'IfNotPresent', set: true }), {
    events: [failedEvent(pullErrors.containerdOffline)], nodeImages: imagesOf([nodeImage(['docker.io/library/pause:3.2'], 'c')]) });
  expect(evidenceOf(world).slice(-3)).toEqual([
    ['host-image.present', docker, id('a'), builtAt],
    ['node-image.absent', { ...onNode, count: 1 }, undefined, readAt],
    ['store.no', { node: 'node-1', known: 'node_container_label', kind: 'kind' }, 'no', undefined],
  ]);
});

test('the proof of an older build names both IDs', () => {
  const world = kindWorld(podOf(), { nodeImages: imagesOf([nodeImage(['docker.io/library/spring-server:latest'], 'b')]) });
  expect(evidenceOf(world).slice(-3, -1)).toEqual([
    ['host-image.present', docker, id('a'), builtAt],
    ['node-image.older-build', { ...onNode, id: 'bbbbbbbbbbbb', size: '72.8 MB' }, id('b'), readAt],
  ]);
});

test('an image that the node status lists has no ID to show', () => {
  const world = kindWorld(podOf(), { hostImages: 'unknown', stores: 'unknown', nodeImages: imagesOf([nodeImage(['spring-server:latest'], '')], { source: 'node-status', complete: false }) });
  expect(evidenceOf(world).slice(-2)).toEqual([
    ['host-image.unknown', {}, undefined, undefined],
    ['node-image.present', { ...onNode, id: 'none', size: '72.8 MB' }, '', readAt],
  ]);
});

test('near names, a remembered cause, an owner and pull secrets are shown', () => {
  const memory = { app: { message: pullErrors.denied, at: created } };
  const near = sharedWorld(podOf({ image: 'spring-sever:1', policy: 'IfNotPresent' }), { memory, hostImages: [hostImage(['spring-server:1', 'spring-server:2'])] });
  expect(evidenceOf(near).slice(2)).toEqual([
    ['status', { reason: 'ImagePullBackOff', container: 'app' }, 'Back-off pulling image "spring-sever:1"', undefined],
    ['remembered', {}, pullErrors.denied, created],
    ['host-image.absent', { image: 'spring-sever:1', count: 1 }, undefined, undefined],
    ['node-image.absent', { image: 'spring-sever:1', node: 'node-1', count: 1 }, undefined, undefined],
    ['store.yes', { node: 'node-1', known: 'pod_uid_on_container', kind: 'shared_docker' }, 'yes', undefined],
    ['near-names', { names: 'spring-server:1, spring-server:2', count: 2 }, 'spring-server:1, spring-server:2', undefined],
  ]);
  const metadata = { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-7d', uid: 'r', controller: true }] };
  const owned = sharedWorld(podOf({ metadata }), { owners: 'unknown' });
  expect(diagnose(owned)[0]?.evidence[2]).toEqual({
    kind: 'manifest', message: { key: 'evidence.owned', params: { kind: 'ReplicaSet', name: 'web-7d' } },
    object: { kind: 'ReplicaSet', namespace: 'default', name: 'web-7d' }, path: 'metadata.ownerReferences[0]', value: 'web-7d',
  });
  const refused = (imagePullSecrets: { name: string }[]): World => {
    const subject = podOf({ image: 'user/app:1', policy: 'IfNotPresent' });
    return sharedWorld({ ...subject, spec: { ...subject.spec, imagePullSecrets } }, { memory });
  };
  expect([refused([]), refused([{ name: 'hub' }, { name: 'work' }])].map((w) => evidenceOf(w).at(-1))).toEqual([
    ['credentials.none', {}, '', undefined], ['credentials.named', { names: 'hub, work', count: 2 }, 'hub, work', undefined],
  ]);
});

const never = { policy: 'Never', reason: 'ErrImageNeverPull', set: true };
const steps: Readonly<Record<string, readonly [World, string]>> = {
  'Always by default, on the node': [sharedWorld(podOf({ message: pullErrors.denied })),
    'passed tag.none, passed policy.default-latest, skipped node.ignored, failed registry.missing'],
  'Always by default, not on the node': [kindWorld(podOf({ image: 'spring-server:latest' })),
    'passed tag.latest, passed policy.default-latest, skipped node.not-asked, failed registry.not-recorded'],
  'IfNotPresent, not on the node': [kindWorld(podOf({ image: 'spring-server:1', policy: 'IfNotPresent', message: pullErrors.unauthorized }), { hostImages: [hostImage(['spring-server:1'])] }),
    'passed tag.other, passed policy.default-tag, failed node.absent, failed registry.login'],
  'IfNotPresent, the node cannot be read': [kindWorld(podOf({ policy: 'IfNotPresent', set: true, message: pullErrors.timeout }), { nodeImages: 'unknown' }),
    'passed tag.none, passed policy.set, unknown node.unknown, failed registry.unreachable'],
  'IfNotPresent, there by now': [sharedWorld(podOf({ policy: 'IfNotPresent', set: true, message: pullErrors.denied })),
    'passed tag.none, passed policy.set, passed node.present, skipped registry.not-needed'],
  'Never': [kindWorld(podOf(never)), 'passed tag.none, passed policy.set, failed node.absent, skipped registry.never'],
  'a digest': [sharedWorld(podOf({ image: `user/app@${id('f')}`, policy: 'IfNotPresent', message: pullErrors.denied })),
    'passed tag.digest, passed policy.default-tag, failed node.absent, failed registry.missing'],
};

test.each(Object.entries(steps))('the decision: %s', (_name, [world, expected]) => {
  expect(diagnose(world)[0]?.decision?.map((s) => `${s.state} ${s.detail.key.replace('decision.', '')}`).join(', ')).toBe(expected);
});

test('a value that is no default and that nobody signed is not called set', () => {
  const [found] = diagnose(sharedWorld(podOf({ policy: 'IfNotPresent', message: pullErrors.dockerOffline, metadata: { name: 'spring', uid: 'u1', creationTimestamp: created, managedFields: [] } }), { hostImages: [] }));
  expect([found?.message.params['origin'], found?.evidence[1]?.message.key]).toEqual(['set_or_earlier_tag', 'evidence.policy.set-or-earlier-tag']);
});
