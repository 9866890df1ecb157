import { expect, test } from 'vitest';
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

test.each(cases)('%s', (_, facts, rows) => {
  expect(imageRows({ hostImages: [host], stores: [separate], nodeImages: [], pods: [pod], ...facts })).toMatchObject(rows);
});

test('a row says which pods use the image, whole', () => {
  expect(imageRows({ hostImages: [host], stores: [], nodeImages: [], pods: [pod] })).toEqual([
    {
      key: 'docker.io/library/spring-server:latest', reference: 'spring-server:latest', imageId: sha('a'), size: 7_000_000, createdAt: '2023-11-14T22:13:20.000Z',
      inDocker: 'yes', nodes: [], usedBy: [{ namespace: 'default', pod: 'spring-pod', policy: 'Always', container: 'c', verdict: 'unknown', runs: 'unknown' }],
    },
  ]);
});
