import { expect, test } from 'vitest';
import { listedByCrictl, listedByCtr, listedByMinikube, manifestOf } from './containerd-lists.ts';

const digest = (character: string) => `sha256:${character.repeat(64)}`;

test('ctr images ls, as containerd 1.6.20 prints it', () => {
  expect(listedByCtr(`REF                                TYPE                                                 DIGEST ${' '.repeat(64)} SIZE      PLATFORMS   LABELS
k8s.gcr.io/pause:3.2               application/vnd.docker.distribution.manifest.v2+json ${digest('a')} 748.4 KiB linux/amd64 io.cri-containerd.image=managed
${digest('b')} application/vnd.docker.distribution.manifest.v2+json ${digest('a')} 748.4 KiB linux/amd64 io.cri-containerd.image=managed
docker.io/library/many:1           application/vnd.oci.image.index.v1+json              ${digest('c')} 1.0 GiB   linux/amd64,linux/arm64 -
docker.io/library/partial:1        application/vnd.oci.image.index.v1+json              ${digest('d')} -         -           -
`)).toEqual([
    { name: 'k8s.gcr.io/pause:3.2', digest: digest('a'), size: 766362 },
    { name: digest('b'), digest: digest('a'), size: 766362 },
    { name: 'docker.io/library/many:1', digest: digest('c'), size: 2 ** 30 },
    { name: 'docker.io/library/partial:1', digest: digest('d'), size: 0 },
  ]);
  expect(listedByCtr('REF TYPE DIGEST SIZE PLATFORMS LABELS \n')).toEqual([]);
});

test('crictl images -o json, with and without the algorithm in the ID', () => {
  expect(listedByCrictl(JSON.stringify({
    images: [
      { id: digest('a'), repoTags: ['docker.io/library/app:1'], repoDigests: [], size: '1234', uid: null, username: '', spec: null, pinned: false },
      { id: 'b'.repeat(64), repoTags: [], repoDigests: ['<none>@<none>', `registry.k8s.io/pause@${digest('c')}`] },
    ],
  }))).toEqual([
    { id: digest('a'), names: ['docker.io/library/app:1'], size: 1234 },
    { id: digest('b'), names: [`registry.k8s.io/pause@${digest('c')}`], size: 0 },
  ]);
  expect(listedByCrictl('{}')).toEqual([]);
  expect(() => listedByCrictl('FATA[0000] connect')).toThrow(SyntaxError);
});

test('minikube image ls --format json: Docker\'s IDs have no algorithm; null for none', () => {
  expect(listedByMinikube(JSON.stringify([{ id: 'a'.repeat(64), repoDigests: [], repoTags: ['docker.io/library/app:1'], size: '12' }]))).toEqual([
    { id: digest('a'), names: ['docker.io/library/app:1'], size: 12 },
  ]);
  expect(listedByMinikube('null\n')).toEqual([]);
  expect(() => listedByMinikube('* Profile "x" not found')).toThrow(SyntaxError);
});

test.each([
  ['a manifest', { config: { digest: digest('1'), size: 10 }, layers: [{ digest: digest('2'), size: 100 }, { digest: digest('3'), size: 1000 }] }, { config: digest('1'), size: 1110 }],
  ['an index', { manifests: [
    { digest: digest('4'), size: 1, platform: { os: 'linux', architecture: 'arm64' } },
    { digest: digest('5'), size: 1, platform: { os: 'linux', architecture: 'amd64' } },
    { digest: digest('6'), size: 1, platform: { os: 'unknown', architecture: 'unknown' } },
  ] }, { child: digest('5') }],
  ['an index without the node\'s architecture', { manifests: [{ digest: digest('4'), size: 1, platform: { os: 'linux', architecture: 'arm64' } }] }, {}],
  ['something else', { schemaVersion: 1 }, undefined],
])('%s', (_what, content, expected) => {
  expect(manifestOf(JSON.stringify(content), 'amd64')).toEqual(expected);
});

test('content that is missing is no manifest', () => {
  expect(manifestOf('', 'amd64')).toBeUndefined();
});
