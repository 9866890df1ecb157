import { expect, test } from 'vitest';
import type { ContainerState, Pod } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { hostImage, id, imagesOf, kindWorld, nodeImage, podOf, pullErrors, sharedWorld } from './sample-worlds.ts';
import type { HostImage, NodeImage, World } from './world.ts';

const name = 'docker.io/library/spring-server:latest';
/** Docker's build is from 11:53:20. */
const built = Date.parse('2026-03-01T11:53:20Z');
const before = '2026-03-01T11:00:00Z';
const after = '2026-03-01T12:00:00Z';

/** A pod that runs `imageID` since then. */
function running(imageID: string, startedAt = after, subject: Parameters<typeof podOf>[0] = {}, state: ContainerState = { running: { startedAt } }): Pod {
  const policy = subject.policy ?? 'IfNotPresent';
  return podOf({ ...subject, policy, set: true, status: { phase: 'Running', containerStatuses: [{ name: 'app', image: 'spring-server', imageID, ready: true, restartCount: 0, state }] } });
}
const dated = (letter: string, createdAt: string | undefined, ...names: string[]): NodeImage => ({ ...nodeImage([name, ...names], letter), ...(createdAt && { createdAt }) });
const digest = (letter: string) => `docker.io/library/spring-server@${id(letter)}`;
const docker = (letter: string, rest: Partial<HostImage> = {}): HostImage => ({ ...hostImage(['spring-server:latest'], letter), Created: built / 1000, ...rest });
const owned = { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-7d', uid: 'r', controller: true }] };
/** By a kind that Kubernetes itself has; the one above names none of its groups. */
const workload = { ownerReferences: [{ ...owned.ownerReferences[0]!, apiVersion: 'apps/v1' }] };
const kind = (pod: Pod, images: NodeImage[], hostImages: World['hostImages'] = [docker('b')]) => kindWorld(pod, { hostImages, nodeImages: imagesOf(images) });
const shared = (pod: Pod, ...more: HostImage[]) => sharedWorld(pod, { hostImages: [docker('b'), ...more] });

/** `where age confidence: fixes`, or '' for no finding. */
const told = (world: World) => diagnose(world).map(({ id: finding, message, confidence, severity, fixes }) => {
  const how = fixes.map((fix) => [fix.action, 'policy' in fix ? fix.policy : undefined, fix.recommended ? '!' : undefined].filter(Boolean).join(' ')).join(', ');
  return `${finding} ${severity} ${message.key.replace('finding.IMG-16.sentence-', '')} ${message.params['age']} ${confidence}: ${how}`;
}).join('; ');

const reload = 'load-and-recreate IfNotPresent !, load';
const cases: readonly [string, World, string][] = [
  // Docker's build is not the node's.
  ['rebuilt, not loaded', kind(running(id('a')), [dated('a', before)]), `not-loaded newer proven: ${reload}`],
  ['rebuilt after the container was started, the node does not say when its build was made', kind(running(id('a'), before), [dated('a', undefined)]), `not-loaded newer proven: ${reload}`],
  ['rebuilt before the container was started, the node does not say when', kind(running(id('a')), [dated('a', undefined)]), `not-loaded another likely: ${reload}`],
  ['builds that all have one time', kind(running(id('a')), [dated('a', '2026-03-01T11:53:20.5Z')]), `not-loaded another likely: ${reload}`],
  ['the node\'s is the newer one', kind(running(id('a')), [dated('a', after)]), ''],
  ['from a registry, and the times do not tell', kind(running(id('a')), [dated('a', undefined)], [docker('b', { RepoDigests: [digest('d')] })]), ''],
  ['from a registry, and newer', kind(running(id('a')), [dated('a', before)], [docker('b', { RepoDigests: [digest('d')] })]), `not-loaded newer proven: ${reload}`],
  ['Never stays Never', kind(running(id('a'), after, { policy: 'Never' }), [dated('a', before)]), 'not-loaded newer proven: load-and-recreate Never !, load'],
  ['Always, though it was set on purpose, is replaced', kind(running(id('a'), after, { policy: 'Always' }), [dated('a', before)]), `not-loaded newer proven: ${reload}`],
  ['owned: only loaded', kind(running(id('a'), after, { metadata: { ...podOf().metadata, ...owned } }), [dated('a', before)]), 'not-loaded newer proven: load !'],
  ['of a ReplicaSet', kind(running(id('a'), after, { metadata: { ...podOf().metadata, ...workload } }), [dated('a', before)]), `not-loaded newer proven: ${reload}`],
  ['crashes again and again', kind(running(id('a'), after, {}, { waiting: { reason: 'CrashLoopBackOff' } }), [dated('a', before)]), `not-loaded newer proven: ${reload}`],
  ['the node\'s name went back, the pod runs Docker\'s', kind(running(id('b')), [dated('a', before)]), 'not-restarted another proven: recreate !'],
  // The name leads to another build than when the container was started.
  ['loaded, not restarted', kind(running(id('a'), before), [dated('b', new Date(built).toISOString())]), 'not-restarted newer proven: recreate !'],
  ['loaded, not restarted, by the digest of an image that lost its name', kind(running(digest('d')), [dated('b', undefined), nodeImage([digest('d')], 'a')]), 'not-restarted another proven: recreate !'],
  ['shared: rebuilt, not restarted', shared(running(`docker://${id('a')}`, before)), 'not-restarted newer proven: recreate !'],
  ['shared: the name was given to an image of before', shared(running(`docker://${id('a')}`)), 'not-restarted another proven: recreate !'],
  ['shared: rebuilt in the second in which it was started', shared(running(`docker://${id('a')}`, new Date(built).toISOString()), { ...docker('a'), RepoTags: null, Created: built / 1000 - 1 }), 'not-restarted newer proven: recreate !'],
  ['shared: the name went back to an image of before', shared(running(`docker://${id('a')}`, before), { ...docker('a'), RepoTags: null, Created: built / 1000 + 1 }), 'not-restarted another proven: recreate !'],
  ['shared, Always', shared(running(`docker://${id('a')}`, before, { policy: 'Always' })), 'not-restarted newer proven: recreate IfNotPresent !'],
  ['shared, of a ReplicaSet', shared(running(`docker://${id('a')}`, before, { metadata: { ...podOf().metadata, ...workload } })), 'not-restarted newer proven: recreate !'],
  ['shared, of a ReplicaSet, of something else', { ...shared(running(`docker://${id('a')}`, before, { metadata: { ...podOf().metadata, ...workload } })), owners: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'web' } }] }, 'not-restarted newer proven: '],
  ['shared, owned', shared(running(`docker://${id('a')}`, before, { metadata: { ...podOf().metadata, ...owned } })), 'not-restarted newer proven: '],
  // Nothing to tell, or nobody can tell.
  ['the same everywhere', kind(running(id('b')), [dated('b', before)]), ''],
  ['shared, the same', shared(running(`docker://${id('b')}`)), ''],
  ['a digest that nothing leads from', kind(running(digest('d')), [dated('b', before)]), ''],
  ['shared, a digest that nothing leads from', shared(running(`docker-pullable://${digest('d')}`)), ''],
  ['shared, a digest that leads to the same', sharedWorld(running(`docker-pullable://${digest('d')}`), { hostImages: [docker('b', { RepoDigests: [digest('d')] })] }), ''],
  ['Docker\'s IDs are manifests\' digests', kind(running(id('a')), [dated('a', before)], [docker('b', { RepoDigests: [`spring-server@${id('b')}`] })]), ''],
  ['the node has no IDs', kind(running(id('a')), [{ ...dated('a', before), id: '' }]), ''],
  ['Docker does not answer', kind(running(id('a')), [dated('a', before)], 'unknown'), ''],
  ['the name is gone from Docker', sharedWorld(running(`docker://${id('a')}`), { hostImages: [] }), ''],
  ['pinned by a digest', shared(running(`docker://${id('a')}`, before, { image: `spring-server@${id('a')}` })), ''],
  ['not started yet', kind(running('', after, {}, { waiting: { reason: 'ContainerCreating' } }), [dated('a', before)]), ''],
];

test.each(cases)('%s', (_, world, expected) => {
  expect(told(world)).toBe(expected && `IMG-16 warning ${expected}`);
});

test('Always that the cluster forces cannot be helped', () => {
  const pod = running(id('a'), after, { policy: 'Always', metadata: { ...podOf().metadata, ...owned } });
  const template = { spec: { containers: [{ name: 'app', image: 'spring-server', imagePullPolicy: 'IfNotPresent' }] } };
  const owners = [{ kind: 'ReplicaSet', metadata: { name: 'web-7d' }, spec: { template } }];
  expect(told({ ...kind(pod, [dated('a', before)]), owners })).toBe('IMG-16 warning not-loaded newer proven: ');
});

test('a container that cannot start comes first', () => {
  const pod = running(id('a'));
  const stuck = { name: 'other', image: 'x', imageID: '', ready: false, restartCount: 0, state: { waiting: { reason: 'ErrImagePull', message: pullErrors.denied } } };
  const both: Pod = {
    ...pod, spec: { ...pod.spec, containers: [...pod.spec?.containers ?? [], { name: 'other', image: 'x', imagePullPolicy: 'IfNotPresent' }] },
    status: { ...pod.status, containerStatuses: [...pod.status?.containerStatuses ?? [], stuck] },
  };
  expect(diagnose(kind(both, [dated('a', before)])).map(({ id: finding, container }) => `${finding} ${container}`)).toEqual(['IMG-05 other', 'IMG-16 app']);
});

test('the proof: what runs, what the node has and what Docker has, with their times', () => {
  const [finding] = diagnose(kind(running(id('a')), [dated('a', before)]));
  expect(finding?.evidence.map(({ kind: of, message, value, at }) => [of, message.key.replace('evidence.', ''), value, at]).slice(2)).toEqual([
    ['status', 'runs', id('a'), after],
    ['host-image', 'host-image.present', id('b'), new Date(built).toISOString()],
    ['node-image', 'node-image.older-build-built', id('a'), '2026-03-01T12:04:30Z'],
    ['store', 'store.no', 'no', undefined],
  ]);
  expect(finding?.evidence[4]?.message.params).toMatchObject({ id: 'aaaaaaaaaaaa', created: Date.parse(before) });
  expect(finding?.evidence[2]?.message.params).toEqual({ container: 'app', id: 'aaaaaaaaaaaa', started: Date.parse(after) });
});

test('an owner is named, who makes the pod anew', () => {
  const [finding] = diagnose(shared(running(`docker://${id('a')}`, before, { metadata: { ...podOf().metadata, ...owned } })));
  expect(finding?.explanation).toMatchObject({ key: 'finding.IMG-16.explanation-not-restarted', params: { owned: 'yes', kind: 'ReplicaSet', owner: 'web-7d', shared: 'yes' } });
});
