import { expect, it } from 'vitest';
import { realClock } from '../clock.ts';
import { catalogueImages, hubImages } from './catalogue.ts';
import { createImageStore } from './image-store.ts';
import { createRegistry, pullWith } from './registry.ts';
import type { Runtime } from './runtime.ts';

const now = new Date();
const [{ image: ours }] = catalogueImages(now) as [ReturnType<typeof catalogueImages>[0]];
const limit = 'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit';

function puller(kind: Runtime['kind'], docker: 'has' | 'unreachable' = 'has') {
  const images = createImageStore();
  const registry = createRegistry({ modes: { 'docker.io': docker }, images: hubImages(now), anything: () => ours });
  return { kind, version: '', images, registry, clock: realClock(1000) };
}

const zeros = `sha256:${'0'.repeat(64)}`;

it.each<[Runtime['kind'], string, string]>([
  ['docker', 'app:1', `pull access denied for app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`],
  ['docker', 'nginx:nope', 'manifest for nginx:nope not found: manifest unknown: manifest unknown'],
  ['docker', `nginx@${zeros}`, `manifest for nginx@${zeros} not found: manifest unknown: manifest unknown`],
  ['docker', 'not-found.practice.test/team/app:2', 'manifest for not-found.practice.test/team/app:2 not found: manifest unknown: manifest unknown'],
  ['docker', 'denied.practice.test/app', "pull access denied for denied.practice.test/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"],
  ['docker', 'rate-limit.practice.test/app', limit],
  ['docker', 'nowhere.example/app', 'Get "https://nowhere.example/v2/": dial tcp: lookup nowhere.example on 192.168.65.7:53: no such host'],
  ['docker', '127.0.0.1:1/app:1', 'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused'],
])('%s says of %s: %s', async (kind, reference, words) => {
  await expect(pullWith(puller(kind), reference)).rejects.toThrow(`Error response from daemon: ${words}`);
});

it.each<[string, string]>([
  ['app:1', 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'],
  ['nowhere.example/app:2', 'failed to do request: Head "https://nowhere.example/v2/app/manifests/2": dial tcp: lookup nowhere.example on 192.168.65.7:53: no such host'],
  ['127.0.0.1:1/app:1', 'failed to do request: Head "http://127.0.0.1:1/v2/app/manifests/1": dial tcp 127.0.0.1:1: connect: connection refused'],
])('containerd says of %s: %s', async (reference, words) => {
  const full = reference === 'app:1' ? 'docker.io/library/app:1' : reference;
  await expect(pullWith(puller('containerd'), reference)).rejects.toThrow(
    `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${words}`,
  );
});

it('containerd has a code for what is not there', async () => {
  const full = 'docker.io/library/nginx:nope';
  await expect(pullWith(puller('containerd'), 'nginx:nope')).rejects.toThrow(
    `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`,
  );
});

it('is as the real offline clusters when docker.io cannot be reached', async () => {
  await expect(pullWith(puller('docker', 'unreachable'), 'nginx')).rejects.toThrow(
    'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 192.168.65.7:53: no such host',
  );
  await expect(pullWith(puller('containerd', 'unreachable'), 'nginx')).rejects.toThrow(
    'failed to do request: Head "https://registry-1.docker.io/v2/library/nginx/manifests/latest": dial tcp: lookup registry-1.docker.io on 192.168.65.7:53: no such host',
  );
});

it('what it has comes with a digest, is downloaded once, and takes the name from a build of that name', async () => {
  const given = puller('docker');
  given.images.add(ours, ['nginx'], 'load');
  const { image, bytes } = await pullWith(given, 'nginx');
  expect(bytes).toBe(image.size);
  expect(given.images.find(ours.id)?.names).toEqual([]);
  const { digests, names } = given.images.find('nginx:latest')!;
  expect(names).toEqual(['docker.io/library/nginx:latest']);
  expect(digests).toEqual([expect.stringMatching(/^docker\.io\/library\/nginx@sha256:[0-9a-f]{64}$/)]);
  expect((await pullWith(given, digests[0]!)).bytes).toBe(0);
});
