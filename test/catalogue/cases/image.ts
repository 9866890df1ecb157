// IMG: the image does not come, or another one does. What is left out: IMG-19 (no kubelet here loses its store), the full disk, the old format and the
// signature of IMG-21, the credential check of IMG-22 (1.33), and a registry that never answers: one kubelet pulls one image after the other,
// so that one would keep every other test waiting. Those are fixtures in shared/diagnosis.
import { stringify } from 'yaml';
import type { ContainerState, Pod } from '../../../shared/kubernetes/objects.ts';
import { askServer } from '../../fixtures/ask-server.ts';
import { forceAlways } from '../../fixtures/forcing-webhook.ts';
import { contentOf, type ImageContent } from '../../registry/image-content.ts';
import type { Answer } from '../../registry/registry.ts';
import { buildImage } from '../images.ts';
import type { Here, LiveCase } from '../live-case.ts';
import { contentOfItsOwn, forget, named, registryBeside, registryOf } from '../registries.ts';

const both = ['docker-desktop', 'kind-kind'] as const;

const pod = (image: string, { policy = 'IfNotPresent', ...spec }: { policy?: string; imagePullSecrets?: { name: string }[] } = {}) => stringify({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' },
  spec: { terminationGracePeriodSeconds: 1, ...spec, containers: [{ name: 'c', image, imagePullPolicy: policy }] },
});

const secret = (name: string, host: string, { password = 'secret', type = 'kubernetes.io/dockerconfigjson' } = {}) => stringify({
  apiVersion: 'v1', kind: 'Secret', metadata: { name }, type,
  stringData: { '.dockerconfigjson': JSON.stringify({ auths: { [host]: { username: 'me', password, auth: Buffer.from(`me:${password}`).toString('base64') } } }) },
});

type Prepare = NonNullable<LiveCase['prepare']>;

/** A registry whose `app` answers like that; gives its host. */
const answering = (answer: Answer): Prepare => async (place, opened) => (await registryOf(place, opened, answer)).host;
/** The same, and the image is under its name on the node. */
const answeringThoughHere = (answer: Answer): Prepare => async (place, opened) => {
  const { host } = await registryOf(place, opened, answer);
  await named(place, opened, `${host}/app:1`);
  return host;
};
/** A registry that asks for a login. */
const asking: Prepare = async (place, opened) => {
  const answer: Answer = { kind: 'image', image: await contentOf('catalogue-ok:1') };
  return (await registryOf(place, opened, answer, { login: { user: 'me', password: 'secret' } })).host;
};
const app = ({ given }: Here) => pod(`${given}/app:1`);
const appAlways = ({ given }: Here) => pod(`${given}/app:1`, { policy: 'Always' });

/** Once, as soon as the pod's first container is in this state. */
function onceItIs({ context, namespace }: Pick<Here, 'context' | 'namespace'>, opened: AsyncDisposableStack, isIt: (state: ContainerState) => boolean, act: () => Promise<void> | void): void {
  const stop = new AbortController();
  const look = async (): Promise<void> => {
    if (stop.signal.aborted) return;
    const pod = await askServer<Pod>(context, `/api/v1/namespaces/${namespace}/pods/p`);
    if (!isIt(pod?.status?.containerStatuses?.[0]?.state ?? {})) return new Promise((resolve) => { setTimeout(() => resolve(look()), 300); });
    await act();
  };
  const looked = look();
  opened.defer(async () => {
    stop.abort();
    await looked;
  });
}

/** A registry that fails until the kubelet has met it, and is whole again after that. */
const failsFirst = (answer: (image: ImageContent) => Answer): Prepare => async (place, opened) => {
  const image = await contentOfItsOwn(place);
  const registry = await registryOf(place, opened, answer(image));
  onceItIs(place, opened, ({ waiting }) => (waiting?.reason ?? 'ContainerCreating') !== 'ContainerCreating', () => registry.serve('app', { kind: 'image', image }));
  return registry.host;
};

/** Its own image, with another build of it to come. */
const own = ({ namespace }: Pick<Here, 'namespace'>) => `${namespace}-image:1`;
const build = (name: string, stamp: string) => buildImage(name, `FROM catalogue-ok:1\nLABEL build=${stamp}\n`);

export const cases: readonly LiveCase[] = [
  { id: 'IMG-01', what: 'on the node, Always, offline', on: both, inCi: true, manifest: () => pod('catalogue-ok:1', { policy: 'Always' }), params: { outcome: 'unreachable' }, fix: { action: 'recreate', policy: 'IfNotPresent' } },
  { id: 'IMG-01', what: 'on the node, Always, the registry does not have it', on: both, prepare: answeringThoughHere({ kind: 'manifest-unknown' }), manifest: appAlways, params: { outcome: 'missing' }, fix: { action: 'recreate', policy: 'IfNotPresent' } },
  {
    id: 'IMG-02', what: 'only in Docker', on: ['kind-kind'], inCi: true, manifest: (here) => pod(own(here)), fix: { action: 'load-and-recreate', policy: 'IfNotPresent' },
    async prepare(place, opened) {
      opened.defer(() => forget(place.context, own(place)));
      await build(own(place), 'one');
      return '';
    },
  },
  {
    // containerd says "not found" of a name and of a tag: there it is IMG-04.
    id: 'IMG-03', what: 'a misspelt name', manifest: ({ given }) => pod(`${given}/appel:1`), fix: { action: 'recreate', image: '{given}/apple:1' },
    async prepare(place, opened) {
      const { host } = await registryOf(place, opened, { kind: 'name-unknown' });
      await named(place, opened, `${host}/apple:1`);
      return host;
    },
  },
  ...both.map((context): LiveCase => ({
    id: 'IMG-04', what: 'another tag is here', on: [context], manifest: app, params: { missing: context === 'kind-kind' ? 'either' : 'tag' }, fix: { action: 'recreate', image: '{given}/app:2' },
    async prepare(place, opened) {
      const { host } = await registryOf(place, opened, { kind: 'manifest-unknown' });
      await named(place, opened, `${host}/app:2`);
      return host;
    },
  })),
  { id: 'IMG-05', what: 'the registry does not know the name', prepare: answering({ kind: 'name-unknown' }), manifest: app },
  { id: 'IMG-06', what: 'forbidden', on: both, prepare: answering({ kind: 'denied' }), manifest: app, sentence: 'sentence-none', params: { forbidden: 'yes' } },
  { id: 'IMG-06', what: 'no secret, though one is there', on: both, prepare: asking, manifest: (here) => [secret('work', here.given), app(here)].join('---\n'), sentence: 'sentence-none', fix: 'F9.attach' },
  { id: 'IMG-06', what: 'a token service that refuses', on: both, manifest: app, sentence: 'sentence-none', prepare: async (place, opened) => (await registryOf(place, opened, { kind: 'name-unknown' }, { login: 'nobody' })).host },
  { id: 'IMG-06', what: 'a secret that is missing', on: both, prepare: asking, manifest: ({ given }) => pod(`${given}/app:1`, { imagePullSecrets: [{ name: 'work' }] }), sentence: 'sentence-missing', params: { secret: 'work' } },
  {
    id: 'IMG-06', what: 'a secret of the wrong type', prepare: asking, sentence: 'sentence-wrong-type', params: { type: 'Opaque' },
    manifest: ({ given }) => [secret('work', given, { type: 'Opaque' }), pod(`${given}/app:1`, { imagePullSecrets: [{ name: 'work' }] })].join('---\n'),
  },
  {
    id: 'IMG-06', what: 'a secret for another registry, another one fits', on: both, prepare: asking, sentence: 'sentence-other-registry', params: { hosts: 'registry.example' }, fix: 'F9.attach',
    manifest: ({ given }) => [secret('old', 'registry.example'), secret('work', given), pod(`${given}/app:1`, { imagePullSecrets: [{ name: 'old' }] })].join('---\n'),
  },
  {
    id: 'IMG-06', what: 'a wrong password', on: both, prepare: asking, sentence: 'sentence-rejected', params: { secret: 'work' },
    manifest: ({ given }) => [secret('work', given, { password: 'wrong' }), pod(`${given}/app:1`, { imagePullSecrets: [{ name: 'work' }] })].join('---\n'),
  },
  { id: 'IMG-07', what: 'too many downloads', on: both, prepare: answeringThoughHere({ kind: 'too-many-requests' }), manifest: appAlways, fix: { action: 'recreate', policy: 'IfNotPresent' } },
  { id: 'IMG-08', what: 'no such host', on: both, manifest: () => pod('registry.invalid/x:1'), params: { host: 'registry.invalid' } },
  { id: 'IMG-09', what: 'nothing listens', manifest: () => pod('127.0.0.1:1/x:1'), params: { class: 'REFUSED' } },
  { id: 'IMG-10', what: 'localhost', on: ['kind-kind'], manifest: () => pod('localhost:1/x:1'), params: { port: '1', class: 'REFUSED' } },
  { id: 'IMG-11', what: 'plain HTTP', on: both, prepare: (_, opened) => registryBeside(opened), manifest: ({ given }) => pod(given) },
  { id: 'IMG-12', what: 'signed by itself', on: both, prepare: (_, opened) => registryBeside(opened, (address) => `IP:${address}`), manifest: ({ given }) => pod(given), params: { why: 'issuer' } },
  { id: 'IMG-12', what: 'for another name', on: both, prepare: (_, opened) => registryBeside(opened, () => 'DNS:other'), manifest: ({ given }) => pod(given), params: { why: 'name' } },
  { id: 'IMG-13', what: 'out of order, later repaired', on: both, prepare: failsFirst(() => ({ kind: 'out-of-order', status: 503 })), manifest: app, params: { code: '503' }, fix: { action: 'recreate' } },
  { id: 'IMG-13', what: 'out of order, and the image is here', prepare: answeringThoughHere({ kind: 'out-of-order', status: 500 }), manifest: appAlways, params: { code: '500' }, fix: { action: 'recreate', policy: 'IfNotPresent' } },
  {
    id: 'IMG-14', what: 'for another processor', on: both, manifest: app, params: { arch: process.arch === 'arm64' ? 'arm64' : 'amd64' },
    prepare: async (place, opened) => (await registryOf(place, opened, { kind: 'other-platform', image: await contentOf('catalogue-ok:1'), architecture: 's390x' })).host,
  },
  { id: 'IMG-15', what: 'upper-case letters', on: both, manifest: () => pod('Catalogue-OK:1'), params: { why: 'uppercase' }, fix: { action: 'recreate', image: 'catalogue-ok:1' } },
  { id: 'IMG-15', what: 'two colons', manifest: () => pod('catalogue-ok::1'), params: { why: 'colons' }, fix: { action: 'recreate', image: 'catalogue-ok:1' } },
  { id: 'IMG-15', what: 'an ID', manifest: () => pod('a'.repeat(64)), params: { why: 'id', better: 'none' } },
  {
    id: 'IMG-16', what: 'rebuilt, not restarted', manifest: (here) => pod(own(here)), sentence: 'sentence-not-restarted', fix: { action: 'recreate' },
    async prepare(place, opened) {
      opened.defer(() => forget(place.context, own(place)));
      await build(own(place), 'one');
      onceItIs(place, opened, ({ running }) => running !== undefined, () => build(own(place), 'two'));
      return '';
    },
  },
  {
    id: 'IMG-17', what: 'the registry\'s build runs', on: ['kind-kind'], manifest: appAlways, fix: { action: 'load-and-recreate', policy: 'IfNotPresent' },
    async prepare(place, opened) {
      const { host } = await registryOf(place, opened, { kind: 'image', image: await contentOfItsOwn(place) });
      await named(place, opened, `${host}/app:1`, 'docker');
      return host;
    },
  },
  { id: 'IMG-18', what: 'Never, a near name', on: both, manifest: () => pod('catalogue-okk:1', { policy: 'Never' }), fix: { action: 'recreate', image: 'catalogue-ok:1' } },
  { id: 'IMG-20', what: 'a digest of no build here', on: both, manifest: () => pod(`catalogue-ok@sha256:${'0'.repeat(64)}`), params: { near: 'catalogue-ok:1' }, fix: { action: 'recreate', image: 'catalogue-ok:1' } },
  { id: 'IMG-21', what: 'a damaged download, later whole', on: both, prepare: failsFirst((image) => ({ kind: 'wrong-bytes', image })), manifest: app, sentence: 'sentence-damaged', fix: { action: 'recreate' } },
  // Docker tries such a layer again for more than a minute, and no other pull begins meanwhile.
  { id: 'IMG-21', what: 'a download that breaks off, later whole', on: ['kind-kind'], prepare: failsFirst((image) => ({ kind: 'cut-short', image })), manifest: app, sentence: 'sentence-damaged', fix: { action: 'recreate' } },
  {
    id: 'IMG-22', what: 'a webhook sets Always', pod: 'web-', params: { where: 'node' },
    async prepare({ context, namespace }, opened) {
      opened.use(await forceAlways(context, namespace));
      return '';
    },
    manifest: () => stringify({
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
      spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'catalogue-ok:1', imagePullPolicy: 'IfNotPresent' }] } } },
    }),
  },
  {
    id: 'IMG-23', what: 'a slow registry', on: both, manifest: app,
    // 4 KiB of its own in 20 seconds; the layers below are on the node.
    prepare: async (place, opened) => (await registryOf(place, opened, { kind: 'slow', image: await contentOfItsOwn(place), bytesPerSecond: 200 })).host,
  },
];
