import { expect, test } from 'vitest';
import type { HostImage, NodeImage, NodeImages, NodeStore, World } from '../diagnosis/world.ts';
import type { ContainerStatus, KubeEvent } from './objects.ts';
import { containerPresence, imageNames, imagePresence } from './presence.ts';

const id = (letter: string): string => `sha256:${letter.repeat(64)}`;
const host: HostImage = { Id: id('a'), RepoTags: ['spring-server:latest', 'spring-server:1'], RepoDigests: null, Created: 1_772_366_400, Size: 9_000_000 };
const dangling: HostImage = { Id: id('d'), RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'], Created: 1, Size: 1 };
const onNode = (letter: string, ...names: string[]): NodeImage => ({ id: letter && id(letter), names, size: 9_000_000 });
const full = 'docker.io/library/spring-server:latest';
const readAt = '2026-03-01T12:00:00Z';
const list = (images: readonly NodeImage[], source: NodeImages['source'] = 'ctr', complete = true): NodeImages[] => [{ node: 'n', source, complete, readAt, images }];
const shared: NodeStore[] = [{ node: 'n', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' }];
const unmeasured: NodeStore[] = [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }];
const builtBefore = (seconds: number): HostImage => ({ ...host, Created: Date.parse(readAt) / 1000 - seconds });
const separate: NodeStore[] = [{ node: 'n', kind: 'kind', sharesDocker: 'no', known: 'node-container-label' }];

type Pieces = Pick<World, 'hostImages' | 'nodeImages' | 'stores'>;
const world = (pieces: Partial<Pieces>): Pieces => ({ hostImages: [dangling, host], nodeImages: list([]), stores: separate, ...pieces });

type Row = readonly [pieces: Partial<Pieces>, presence: string, onNode: string, onHost: string, known: string, image?: string];
const many = Array.from({ length: 50 }, (_, i) => onNode('', `big${i}:1`));
const rows: Readonly<Record<string, Row>> = {
  'shared, Docker has it': [{ stores: shared, nodeImages: 'unknown' }, 'present', 'yes', 'yes', 'shared-docker'],
  'shared, Docker does not': [{ stores: shared }, 'not-found', 'no', 'no', 'shared-docker', 'other'],
  'shared is never an older build': [{ stores: shared, nodeImages: list([onNode('b', full)], 'shared-docker') }, 'present', 'yes', 'yes', 'shared-docker'],
  'shared, Docker out of reach, the node status lists it': [{ stores: shared, hostImages: 'unknown', nodeImages: list([onNode('', 'spring-server:latest')], 'node-status') },
    'present', 'yes', 'unknown', 'node-status'],
  'separate, the same build': [{ nodeImages: list([onNode('a', full)]) }, 'present', 'yes', 'yes', 'ctr'],
  'separate, the same build, IDs with and without their algorithm': [{ nodeImages: list([{ ...onNode('a', full), id: 'a'.repeat(64) }]) }, 'present', 'yes', 'yes', 'ctr'],
  'separate, another build': [{ nodeImages: list([onNode('b', full)], 'crictl') }, 'older-build', 'yes', 'yes', 'crictl'],
  'separate, short names of a dockerd in the node': [{ nodeImages: list([onNode('b', 'spring-server:latest')], 'docker-in-node') }, 'older-build', 'yes', 'yes', 'docker-in-node'],
  'separate, another build, but Docker\'s IDs are manifest digests': [
    { hostImages: [{ ...host, RepoDigests: [`spring-server@${host.Id}`] }], nodeImages: list([onNode('b', full)]) }, 'present', 'yes', 'yes', 'ctr'],
  'separate, only in Docker': [{}, 'only-in-docker', 'no', 'yes', 'ctr'],
  'separate, the same build without the name': [{ nodeImages: list([onNode('a', `docker.io/library/import-2026-03-01@${id('e')}`)]) }, 'only-in-docker', 'no', 'yes', 'ctr'],
  'separate, another tag': [{ nodeImages: list([onNode('a', 'docker.io/library/spring-server:1')]) }, 'only-in-docker', 'no', 'yes', 'ctr'],
  'separate, nowhere': [{}, 'not-found', 'no', 'no', 'ctr', 'other:1'],
  'separate, no Docker to look at': [{ hostImages: 'unknown' }, 'not-found', 'no', 'unknown', 'ctr'],
  'separate, no Docker, on the node': [{ hostImages: 'unknown', nodeImages: list([onNode('b', full)]) }, 'present', 'yes', 'unknown', 'ctr'],
  'another node\'s list': [{ nodeImages: [{ ...list([onNode('a', full)])[0]!, node: 'm' }] }, 'unknown', 'unknown', 'yes', 'not-read'],
  'no list': [{ nodeImages: 'unknown' }, 'unknown', 'unknown', 'yes', 'not-read'],
  'an incomplete list proves no absence': [{ nodeImages: list([], 'node-status', false) }, 'unknown', 'unknown', 'yes', 'node-status'],
  'node status at its limit of images': [{ nodeImages: list(many, 'node-status') }, 'unknown', 'unknown', 'yes', 'node-status'],
  'node status at its limit of names': [{ nodeImages: list([onNode('', 'a:1', 'a:2', 'a:3', 'a:4', 'a:5')], 'node-status') }, 'unknown', 'unknown', 'yes', 'node-status'],
  'node status below its limits': [{ hostImages: [builtBefore(60)], nodeImages: list(many.slice(1), 'node-status') }, 'only-in-docker', 'no', 'yes', 'node-status'],
  'node status of less than a minute after the build': [{ hostImages: [builtBefore(59)], nodeImages: list([], 'node-status') }, 'unknown', 'unknown', 'yes', 'node-status'],
  'node status from before the build': [{ hostImages: [builtBefore(-1)], nodeImages: list([], 'node-status') }, 'unknown', 'unknown', 'yes', 'node-status'],
  'node status, Docker has no such image': [{ nodeImages: list([], 'node-status') }, 'not-found', 'no', 'no', 'node-status', 'other:1'],
  'the node\'s own store read at the build': [{ hostImages: [builtBefore(0)] }, 'only-in-docker', 'no', 'yes', 'ctr'],
  'not measured whose store it is, only in Docker': [{ stores: unmeasured, hostImages: [builtBefore(600)], nodeImages: list([], 'node-status') }, 'unknown', 'unknown', 'yes', 'node-status'],
  'not measured whose store it is, nowhere': [{ stores: unmeasured, nodeImages: list([], 'node-status') }, 'not-found', 'no', 'no', 'node-status', 'other:1'],
  'no stores measured yet, only in Docker': [{ stores: 'unknown' }, 'unknown', 'unknown', 'yes', 'ctr'],
  'node status has no IDs to compare': [{ nodeImages: list([onNode('', full)], 'node-status') }, 'present', 'yes', 'yes', 'node-status'],
  'a digest on the node': [{ nodeImages: list([onNode('b', `docker.io/library/app@${id('f')}`)]) }, 'present', 'yes', 'no', 'ctr', `app:1@${id('f')}`],
  'a digest that both have is the same image, whatever the IDs': [
    { hostImages: [{ ...host, RepoDigests: [`app@${id('f')}`] }], nodeImages: list([onNode('b', `docker.io/library/app@${id('f')}`)]) }, 'present', 'yes', 'yes', 'ctr', `app@${id('f')}`],
  'a digest that only Docker has': [{ hostImages: [{ ...host, RepoDigests: [`app@${id('f')}`] }] }, 'only-in-docker', 'no', 'yes', 'ctr', `app@${id('f')}`],
  'a name that is none': [{}, 'not-found', 'no', 'no', 'not-read', 'My-App'],
};

test.each(Object.entries(rows))('%s', (_name, [pieces, presence, node, docker, known, image = 'spring-server']) => {
  const found = imagePresence(image, 'n', world(pieces));
  expect([found.presence, found.onNode, found.onHost, found.known]).toEqual([presence, node, docker, known]);
});

test('what was found comes along as proof', () => {
  const nodeImage = onNode('b', full);
  expect(imagePresence('spring-server', 'n', world({ nodeImages: list([onNode('c', 'x:1'), nodeImage]) }))).toEqual({
    presence: 'older-build', onNode: 'yes', onHost: 'yes', hostImage: host, nodeImage, known: 'ctr', read: { count: 2, at: readAt }, store: separate[0],
  });
});

test('names that are no names', () => {
  expect(imageNames(['<none>:<none>', '<none>@<none>', `import-2026-03-01@${id('a')}`, `docker.io/library/import-2026-03-01@${id('a')}`, 'import-data:1', 'x'])
    .map((r) => r.normalized)).toEqual(['docker.io/library/import-data:1', 'docker.io/library/x:latest']);
});

const pulling: KubeEvent = { metadata: {}, reason: 'Pulling', lastTimestamp: readAt, involvedObject: { uid: 'u', fieldPath: 'spec.containers{c}' } };
const pulled: KubeEvent = { ...pulling, reason: 'Pulled', lastTimestamp: '2026-03-01T12:01:00Z' };
const inPod = (status: Partial<ContainerStatus>, events: World['events'], pieces: Partial<Pieces> = {}) => containerPresence({
  ...world(pieces), events,
  pod: { metadata: { uid: 'u' }, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'spring-server' }] }, status: { containerStatuses: [{ name: 'c', ...status }] } },
}, 'c');
const waiting = (reason: string): Partial<ContainerStatus> => ({ state: { waiting: { reason } } });

test.each<[string, Partial<ContainerStatus>, World['events'], string]>([
  ['pulling', waiting('ContainerCreating'), [pulling], 'downloading'],
  ['pulled', waiting('ContainerCreating'), [pulling, pulled], 'only-in-docker'],
  ['between two tries', waiting('ImagePullBackOff'), [pulling], 'only-in-docker'],
  ['running', { state: { running: {} } }, [pulling], 'only-in-docker'],
  ['no events to look at', waiting('ContainerCreating'), 'unknown', 'only-in-docker'],
])('a container that is %s', (_name, status, events, presence) => {
  expect(inPod(status, events).presence).toBe(presence);
});

test('a container that was started has its image', () => {
  const imageID = `docker://${id('a')}`;
  const none: Partial<Pieces> = { nodeImages: 'unknown' };
  expect(inPod({ imageID, state: { running: {} } }, [], none)).toMatchObject({ presence: 'present', onNode: 'yes', known: 'container-ran' });
  expect(inPod({ imageID: '', ...waiting('ErrImagePull') }, [], none)).toMatchObject({ presence: 'unknown', onNode: 'unknown' });
});
