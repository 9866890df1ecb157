// Against the three real clusters (contexts docker-desktop, kind-kind and minikube of KUBECONFIG, else of test/cluster) and the real Docker.
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import type { KubeNode, Pod } from '../../../shared/kubernetes/objects.ts';
import { buildImage } from '../docker/build.ts';
import { watchDocker } from '../docker/connection.ts';
import type { DockerConnection } from '../docker/connection.ts';
import { execInContainer } from '../docker/exec.ts';
import { inspectImage, listImages, removeImage } from '../docker/images.ts';
import { findStores } from './find-stores.ts';
import type { FoundStore } from './find-stores.ts';
import { loadImage } from './load.ts';
import { findNodeImage } from './node-image-store.ts';
import type { NodeImageStore } from './node-image-store.ts';
import { openNodeImageStore } from './open-store.ts';
import { watchNodeImages } from './watch.ts';

const soon = { timeout: 240_000, interval: 50 };
const never = new AbortController().signal;
const NAME = `podlab-nodes-test-${process.pid}`;
const PAUSE = 'k8s.gcr.io/pause:3.2';

/** One context of a kubeconfig with certificates in it: enough to read and write a few objects here. */
function apiOf(kubeconfig: string, context: string) {
  const config = parse(kubeconfig) as Record<'contexts' | 'clusters' | 'users', { name: string; context: { cluster: string; user: string };
    cluster: { server: string; 'certificate-authority-data': string }; user: { 'client-certificate-data': string; 'client-key-data': string } }[]>;
  const { context: { cluster, user } } = config.contexts.find(({ name }) => name === context)!;
  const server = config.clusters.find(({ name }) => name === cluster)!.cluster;
  const credentials = config.users.find(({ name }) => name === user)!.user;
  const pem = (data: string) => Buffer.from(data, 'base64');
  return <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => new Promise((done, failed) => {
    request(server.server + path, {
      method, ca: pem(server['certificate-authority-data']), cert: pem(credentials['client-certificate-data']), key: pem(credentials['client-key-data']),
      headers: { 'content-type': 'application/json' },
    }, response => { json(response).then(answer => done(answer as Answer), failed); }).on('error', failed).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

interface Cluster { call: ReturnType<typeof apiOf>; node: KubeNode; pods(): Promise<readonly Pod[]> }
const clusters: Record<string, Cluster> = {};
let connection: DockerConnection;
let cleanUp: AsyncDisposableStack;
let folder: string;

beforeAll(async () => {
  const script = resolve(import.meta.dirname, '../../../test/cluster/cluster');
  const file = process.env.KUBECONFIG || (await promisify(execFile)(script, ['kubeconfig'])).stdout.trim();
  const kubeconfig = await readFile(file, 'utf8');
  for (const context of ['docker-desktop', 'kind-kind', 'minikube']) {
    const call = apiOf(kubeconfig, context);
    const { items } = await call<{ items: KubeNode[] }>('GET', '/api/v1/nodes');
    clusters[context] = { call, node: items[0]!, pods: async () => (await call<{ items: Pod[] }>('GET', '/api/v1/pods')).items };
  }
  connection = watchDocker({ onState() {}, onImages() {} });
  await vi.waitFor(() => connection.docker(), soon);
});
beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'podlab-nodes-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
});
afterEach(() => cleanUp.disposeAsync());
afterAll(async () => {
  for (const image of await listImages(connection.docker())) {
    for (const tag of image.RepoTags ?? []) if (tag.startsWith(NAME)) await removeImage(connection.docker(), tag);
  }
  await connection[Symbol.asyncDispose]();
});

const find = async (context: string, pods?: readonly Pod[]): Promise<FoundStore> => findStores({
  nodes: [clusters[context]!.node], pods: pods ?? await clusters[context]!.pods(), containers: connection.containers(), hostImages: connection.currentImages(),
  docker: connection.state, now: new Date(),
})[0]!;
const open = async (context: string): Promise<NodeImageStore> => openNodeImageStore(await find(context), { connection, node: () => clusters[context]!.node });

/** An image of its own, `padding` bytes of it incompressible. */
async function build(tag: string, padding = 0): Promise<string> {
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  await writeFile(join(folder, 'padding'), crypto.getRandomValues(Buffer.alloc(Math.min(padding, 65536))).toString('latin1').repeat(Math.ceil(padding / 65536)));
  await writeFile(join(folder, 'Dockerfile'), `FROM scratch\nCOPY busybox padding /\nCMD ["/busybox", "sleep", "1000"]\nLABEL of="${NAME} ${Math.random()}"\n`);
  return (await buildImage(connection.docker(), { folder, tag: `${NAME}:${tag}`, signal: never, onLog() {} })).imageId;
}
const load = (store: NodeImageStore, tag: string, signal = never, onProgress: (sent: number) => void = () => {}) =>
  loadImage({ docker: connection.docker(), store, reference: `${NAME}:${tag}`, signal, onProgress: ({ sentBytes }) => onProgress(sentBytes) });
const dataOf = (promise: Promise<unknown>) => promise.then(value => value, (error: unknown) => (error instanceof Failure ? error.toData() : error));

test('kind and minikube have stores of their own, known by their containers\' labels', async () => {
  const containers = connection.containers();
  const id = (name: string) => containers !== 'unknown' && containers.find(container => container.name === name)?.id;
  expect(await find('kind-kind')).toEqual({
    node: 'kind-control-plane', kind: 'kind', container: id('kind-control-plane'), cluster: 'kind', sharesDocker: 'no', known: 'node-container-label',
  });
  expect(await find('minikube')).toEqual({
    node: 'minikube', kind: 'minikube', container: id('minikube'), cluster: 'minikube', sharesDocker: 'no', known: 'node-container-label',
  });
});

test('docker-desktop shares Docker: measured as soon as it has a pod', async () => {
  const { call } = clusters['docker-desktop']!;
  const pods = '/api/v1/namespaces/default/pods';
  await call('POST', pods, {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: NAME },
    spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: `${NAME}-not-there:1`, imagePullPolicy: 'Never' }] },
  });
  cleanUp.defer(async () => { await call('DELETE', `${pods}/${NAME}`); });
  await vi.waitFor(async () => expect(await find('docker-desktop')).toEqual({
    node: 'docker-desktop', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container',
  }), soon);
});

test('without a pod nothing is measured: no claim that it does not share', async () => {
  const { sharesDocker, known } = await find('docker-desktop', []);
  expect([['yes', 'same-images'], ['unknown', 'no-evidence']]).toContainEqual([sharesDocker, known]);
});

test.each([
  ['kind-kind', 'ctr', PAUSE],
  ['minikube', 'docker-in-node', PAUSE],
])('%s lists its images with the IDs that they have everywhere', async (context, source, name) => {
  const { id, layers } = await inspectImage(connection.docker(), PAUSE);
  expect(layers.length).toBeGreaterThan(0);
  const images = await (await open(context)).list();
  expect(images).toMatchObject({ node: clusters[context]!.node.metadata.name, source, complete: true });
  const pause = findNodeImage(images, PAUSE);
  expect(pause).toEqual({ id, names: [name], size: expect.any(Number) as number, createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string });
  expect(pause!.size).toBeGreaterThan(100_000);
});

test('a shared node lists what Docker has', async () => {
  const store = openNodeImageStore({ node: 'docker-desktop', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' },
    { connection, node: () => clusters['docker-desktop']!.node });
  const id = await build('shared');
  expect((await store.identify(`${NAME}:shared`))?.id).toBe(id);
  expect(await load(store, 'shared')).toEqual({ imageId: id, bytes: 0, command: '', alreadyThere: true });
});

test.each([
  ['kind-kind', `kind load docker-image ${NAME}:load --name kind`, `docker.io/library/${NAME}:load`],
  ['minikube', `minikube image load ${NAME}:load -p minikube`, `${NAME}:load`],
])('%s: an image is loaded, verified by its ID, not sent twice, and told by the node\'s own events', async (context, command, name) => {
  const store = await open(context);
  cleanUp.defer(async () => { await store.giveBack!(`${NAME}:load`).catch(() => {}); });
  const seen: (string | undefined)[] = [];
  await using watch = watchNodeImages(store, { onImages: images => seen.push(findNodeImage(images, `${NAME}:load`)?.id) });
  await watch.refresh();
  const first = await build('load', 100); // random: no node has its layer
  let sent = 0;
  const loaded = await load(store, 'load', never, total => { sent = total; });
  expect(loaded).toEqual({ imageId: first, bytes: sent, command, alreadyThere: false });
  expect(sent).toBeGreaterThan(1_000_000);
  expect(await store.identify(`${NAME}:load`)).toMatchObject({ id: first, names: [name] });
  expect(await load(store, 'load')).toEqual({ imageId: first, bytes: 0, command, alreadyThere: true });
  await vi.waitFor(() => expect(seen.at(-1)).toBe(first), soon);
  // Built again under the same name: the node has the older build until it is loaded.
  const second = await build('load');
  expect((await store.identify(`${NAME}:load`))?.id).toBe(first);
  expect(await load(store, 'load')).toMatchObject({ imageId: second, alreadyThere: false });
  await vi.waitFor(() => expect(seen.at(-1)).toBe(second), soon);
  await store.giveBack!(`${NAME}:load`);
  await vi.waitFor(() => expect(seen.at(-1)).toBeUndefined(), soon);
});

test.each(['kind-kind', 'minikube'])('%s: a cancelled load ends within a second and leaves no name', async context => {
  await build('cancelled', 60_000_000);
  const store = await open(context);
  const cancel = new AbortController();
  let cancelledAt = 0;
  const loading = load(store, 'cancelled', cancel.signal, sent => {
    if (sent < 5_000_000 || cancelledAt) return;
    cancelledAt = performance.now();
    cancel.abort(new Error('cancelled'));
  });
  await expect(loading).rejects.toThrow('cancelled');
  expect(performance.now() - cancelledAt).toBeLessThan(1000);
  expect(await store.identify(`${NAME}:cancelled`)).toBeUndefined();
  const left = await execInContainer(connection.docker(), (await find(context)).container!, ['sh', '-c', 'ps -A -o args | grep -cE "^(ctr .*import|docker load)"']);
  expect(left.stdout.trim()).toBe('0');
});

test('what cannot be loaded is refused before anything is sent', async () => {
  const store = await open('kind-kind');
  await build('refused');
  expect(await dataOf(loadImage({ docker: connection.docker(), store, reference: 'Upper', signal: never }))).toMatchObject({ code: 'IMAGE_NAME_INVALID' });
  expect(await dataOf(load(store, 'absent'))).toMatchObject({ code: 'IMAGE_NOT_IN_DOCKER', params: { image: `${NAME}:absent` } });
  expect(await dataOf(load({ ...store, architecture: 'riscv64' }, 'refused'))).toEqual({
    code: 'PLATFORM_MISSING',
    params: { image: `${NAME}:refused`, node: 'kind-control-plane', architecture: 'riscv64', has: expect.stringMatching(/^(amd64|arm64)$/) as string },
    cause: expect.stringMatching(/^the image is for linux\/\w+, the node is linux\/riscv64$/) as string,
  });
  const elsewhere = openNodeImageStore({ node: 'n', kind: 'generic', sharesDocker: 'no', known: 'runtime-version' }, { connection, node: () => ({ metadata: { name: 'n' } }) });
  expect(await dataOf(load(elsewhere, 'refused'))).toMatchObject({ code: 'NOTHING_TO_LOAD_INTO', params: { image: `${NAME}:refused` } });
});

test('a node that says something else than what was sent is not believed', async () => {
  const store = await open('kind-kind');
  const id = await build('unverified');
  expect(await dataOf(load({ ...store, load: async archive => { for await (const _ of archive); } }, 'unverified'))).toEqual({
    code: 'LOAD_NOT_VERIFIED', params: { image: `${NAME}:unverified`, node: 'kind-control-plane' }, cause: `${id} was sent, the node has none`,
  });
});

test('a node container that is gone is unreachable', async () => {
  const store = openNodeImageStore({ ...await find('kind-kind'), container: 'podlab-no-such-container' }, { connection, node: () => clusters['kind-kind']!.node });
  expect(await dataOf(store.list())).toMatchObject({ code: 'NODE_STORE_UNREACHABLE', params: { node: 'kind-control-plane' }, cause: expect.stringContaining('No such container') as string });
});

test.each(['kind-kind', 'minikube'])('%s: a watch that is closed leaves nothing running in the node', async context => {
  const { container } = await find(context);
  const watchers = async () => Number((await execInContainer(connection.docker(), container!, ['sh', '-c', 'ps -A -o args | grep -cE "^(ctr .*k8s.io events|docker events)"'])).stdout);
  const before = await watchers();
  const watch = watchNodeImages(await open(context), { onImages() {} });
  await vi.waitFor(async () => expect(await watchers()).toBe(before + 1), soon);
  await watch[Symbol.asyncDispose]();
  await vi.waitFor(async () => expect(await watchers()).toBe(before), soon);
});
