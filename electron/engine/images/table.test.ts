import { expect, test } from 'vitest';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { imageRows, type ImageFacts } from './table.ts';

const sha = (letter: string) => `sha256:${letter.repeat(64)}`;
const host = { Id: sha('a'), RepoTags: ['spring-server:latest'], RepoDigests: null, Created: 1_700_000_000, Size: 7_000_000 };
const separate = { node: 'kind-control-plane', kind: 'kind', sharesDocker: 'no', known: 'node-container-label' } as const;
const read = (images: ImageFacts['nodeImages'][number]['images'], complete = true) => ({ node: separate.node, source: 'ctr', complete, readAt: '2026-11-24T10:00:00Z', images }) as const;
const pod = { metadata: { name: 'spring-pod', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'spring-server', imagePullPolicy: 'Always' }] } };

const cases: [string, Partial<ImageFacts>, Record<string, unknown>[]][] = [
  ['only in Docker', { nodeImages: [read([])] }, [{ inDocker: 'yes', nodes: [{ node: separate.node, presence: 'only-in-docker' }] }]],
  ['the same build on the node', { nodeImages: [read([{ id: sha('a'), names: ['docker.io/library/spring-server:latest'], size: 7 }])] }, [{ inDocker: 'yes', nodes: [{ node: separate.node, presence: 'present' }] }]],
  ['another build on the node', { nodeImages: [read([{ id: sha('b'), names: ['docker.io/library/spring-server:latest'], size: 7 }])] }, [{ inDocker: 'yes', imageId: sha('a'), nodes: [{ node: separate.node, presence: 'older-build' }] }]],
  ['a list that may be cut', { nodeImages: [read([], false)] }, [{ nodes: [{ node: separate.node, presence: 'unknown' }] }]],
  ['a node that could not be read', { nodeImages: [] }, [{ nodes: [{ node: separate.node, presence: 'unknown' }] }]],
  ['Docker unknown', { hostImages: 'unknown', nodeImages: [read([{ id: sha('b'), names: ['docker.io/library/spring-server:latest'], size: 9 }])] }, [{ reference: 'spring-server:latest', imageId: sha('b'), size: 9, inDocker: 'unknown', nodes: [{ node: separate.node, presence: 'present' }] }]],
  ['a node that shares Docker', { stores: [{ node: 'docker-desktop', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' }] }, [{ inDocker: 'yes', nodes: [{ node: 'docker-desktop', presence: 'present' }] }]],
  ['a node that shares Docker, and Docker does not answer', { hostImages: 'unknown', nodeImages: [read([{ id: '', names: ['other:1'], size: 7 }], false)], stores: [{ ...separate, sharesDocker: 'yes' }, { ...separate, node: 'm', sharesDocker: 'yes' }] },
    [{ reference: 'other:1', inDocker: 'unknown', nodes: [{ presence: 'present' }, { presence: 'unknown' }] }]],
  ['not measured whose store the node has', { stores: [{ ...separate, sharesDocker: 'unknown' }], nodeImages: [read([])] }, [{ nodes: [{ presence: 'unknown' }] }]],
  ['the node\'s status is from before the build', { nodeImages: [{ ...read([]), source: 'node-status', readAt: '2023-11-14T22:13:50.000Z' }] }, [{ nodes: [{ presence: 'unknown' }] }]],
  ['IDs that cannot be compared', { hostImages: [{ ...host, RepoDigests: [`spring-server@${host.Id}`] }], nodeImages: [read([{ id: sha('b'), names: ['spring-server:latest'], size: 7 }])] }, [{ nodes: [{ presence: 'present' }] }]],
  ['an image without a name', { hostImages: [{ ...host, RepoTags: ['<none>:<none>'] }], pods: [] }, [{ key: sha('a'), reference: '', usedBy: [] }]],
];

const nobodyAsked: ImageFacts['registryOf'] = () => ({ answer: 'unknown' });
const rowsOf = (facts: Partial<ImageFacts>) => imageRows({ hostImages: [host], stores: [separate], nodeImages: [], pods: [pod], registryOf: nobodyAsked, ...facts });

test.each(cases)('%s', (_, facts, rows) => {
  expect(rowsOf(facts)).toMatchObject(rows);
});

test('a row says which pods use the image, whole', () => {
  expect(rowsOf({ stores: [] })).toEqual([
    {
      key: 'docker.io/library/spring-server:latest', reference: 'spring-server:latest', imageId: sha('a'), size: 7_000_000, createdAt: '2023-11-14T22:13:20.000Z',
      inDocker: 'yes', nodes: [], usedBy: [{ namespace: 'default', pod: 'spring-pod', policy: 'Always', container: 'c', verdict: 'unknown', runs: 'none' }],
    },
  ]);
});

const shared = { node: 'docker-desktop', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' } as const;
const named = (letter: string, ...more: string[]) => ({ id: sha(letter), names: ['docker.io/library/spring-server:latest', ...more], size: 7 });

test('what each node has under the name, with its own ID and size', () => {
  const second = { ...separate, node: 'kind-worker' };
  expect(rowsOf({ stores: [separate, second], nodeImages: [read([named('b')]), { ...read([]), node: 'kind-worker' }] })[0]?.nodes).toEqual([
    { node: 'kind-control-plane', presence: 'older-build', imageId: sha('b'), size: 7 }, { node: 'kind-worker', presence: 'only-in-docker' },
  ]);
  expect(rowsOf({ stores: [shared] })[0]?.nodes).toEqual([{ node: 'docker-desktop', presence: 'present', imageId: sha('a'), size: 7_000_000 }]);
});

test('when it was built: as Docker says, else as the node does of the very image that is shown', () => {
  const onNode = read([{ ...named('b'), createdAt: '2026-11-24T09:00:00Z' }]);
  const created = (facts: Partial<ImageFacts>) => rowsOf(facts).map(({ createdAt }) => createdAt);
  expect(created({ hostImages: [], nodeImages: [onNode] })).toEqual(['2026-11-24T09:00:00Z']);
  expect(created({ hostImages: [], nodeImages: [read([{ id: sha('b'), names: [], size: 7, createdAt: '2026-11-24T09:00:00Z' }])] })).toEqual(['2026-11-24T09:00:00Z']);
  expect(created({ nodeImages: [onNode] })).toEqual(['2023-11-14T22:13:20.000Z']);
  expect(created({ hostImages: [], nodeImages: [read([named('b')])] })).toEqual([undefined]);
});

test('an image that lost its name in Docker and is the node\'s still is not called missing there', () => {
  const old = { ...host, Id: sha('b'), RepoTags: ['<none>:<none>'] };
  expect(rowsOf({ hostImages: [host, old], nodeImages: [read([named('b')])] })[0]).toMatchObject({ key: sha('b'), reference: '', nodes: [{ presence: 'present', imageId: sha('b') }] });
});

/** A pod on the node that runs what `imageID` says. */
const runningPod = (imageID: string, node: string = separate.node, policy?: string): Pod => ({
  metadata: { name: 'spring-pod', namespace: 'default' },
  spec: { nodeName: node, containers: [{ name: 'c', image: 'spring-server', ...(policy && { imagePullPolicy: policy }) }] },
  status: { containerStatuses: [{ name: 'c', imageID, state: { running: {} } }] },
});
const digest = (letter: string) => `docker.io/library/spring-server@${sha(letter)}`;

const runsCases: [string, Pod, Partial<ImageFacts>, string][] = [
  ['Docker\'s ID, the same', runningPod(`docker://${sha('a')}`, shared.node), { stores: [shared] }, 'this-build'],
  ['Docker\'s ID, another', runningPod(`docker://${sha('b')}`, shared.node), { stores: [shared] }, 'another-build'],
  ['containerd\'s ID, another than Docker has', runningPod(sha('b')), { nodeImages: [read([named('b')])] }, 'another-build'],
  ['containerd\'s ID, the same', runningPod(sha('a')), { nodeImages: [read([named('a')])] }, 'this-build'],
  ['a digest that leads to an image of the node', runningPod(digest('d')), { nodeImages: [read([named('a', digest('d'))])] }, 'this-build'],
  ['a digest of an image that has no name any more', runningPod(digest('d')), { nodeImages: [read([named('a', digest('e')), { id: sha('c'), names: [digest('d')], size: 7 }])] }, 'another-build'],
  ['a digest that nothing leads from', runningPod(digest('d')), { nodeImages: [read([named('a', digest('e'))])] }, 'unknown'],
  ['a pullable digest in Docker', runningPod(`docker-pullable://spring-server@${sha('d')}`, shared.node), { stores: [shared], hostImages: [{ ...host, RepoDigests: [`spring-server@${sha('d')}`] }] as never }, 'this-build'],
  ['an ID and a manifest\'s digest', runningPod(sha('b')), { hostImages: [{ ...host, RepoDigests: [`spring-server@${host.Id}`] }] as never, nodeImages: [read([named('b')])] }, 'unknown'],
  ['no ID', runningPod(''), {}, 'unknown'],
];
test.each(runsCases)('which build runs: %s', (_, running, facts, runs) => {
  const row = rowsOf({ pods: [running], ...facts }).find(({ reference }) => reference !== '');
  expect(row?.usedBy.map((use) => use.runs)).toEqual([runs]);
});

const verdictCases: [string, Pod, Partial<ImageFacts>, string][] = [
  ['no policy in the pod is the default of its tag', runningPod('', shared.node), { stores: [shared], registryOf: () => ({ answer: 'lacks' }) }, 'V9'],
  ['Never, on the node', runningPod('', shared.node, 'Never'), { stores: [shared] }, 'V1'],
  ['IfNotPresent, absent, registry down', runningPod('', separate.node, 'IfNotPresent'), { nodeImages: [read([])], registryOf: () => ({ answer: 'down' }) }, 'V6'],
  ['IfNotPresent, absent, nobody asked', runningPod('', separate.node, 'IfNotPresent'), { nodeImages: [read([])] }, 'unknown'],
  ['Always, on the node, the registry gave this very image', runningPod('', shared.node, 'Always'), { stores: [shared], registryOf: () => ({ answer: 'has', pulledId: sha('a') }) }, 'V7'],
  ['Always, on the node, the registry gave another', runningPod('', shared.node, 'Always'), { stores: [shared], registryOf: () => ({ answer: 'has', pulledId: sha('b') }) }, 'V8'],
];
test.each(verdictCases)('the verdict: %s', (_, subject, facts, verdict) => {
  expect(rowsOf({ pods: [subject], ...facts })[0]?.usedBy[0]?.verdict).toBe(verdict);
});

test('a pod without a node meets what it meets on every node, or nobody knows what', () => {
  const waiting = { ...pod, spec: { containers: [{ name: 'c', image: 'spring-server', imagePullPolicy: 'Never' }] } };
  const second = { ...separate, node: 'kind-worker' };
  const verdictWith = (images: Parameters<typeof read>[0]) =>
    rowsOf({ pods: [waiting], stores: [separate, second], nodeImages: [read([named('a')]), { ...read(images), node: 'kind-worker' }] })[0]?.usedBy[0]?.verdict;
  expect([verdictWith([named('a')]), verdictWith([])]).toEqual(['V1', 'unknown']);
});

test('a container that runs a build without a name is told there, too', () => {
  const old = { ...host, Id: sha('b'), RepoTags: null };
  const rows = rowsOf({ hostImages: [host, old] as never, stores: [shared], pods: [runningPod(`docker://${sha('b')}`, shared.node)] });
  expect(rows.map(({ reference, usedBy }) => [reference, usedBy.map(({ pod: name, runs }) => `${name} ${runs}`)])).toEqual([
    ['', ['spring-pod this-build']], ['spring-server:latest', ['spring-pod another-build']],
  ]);
});
