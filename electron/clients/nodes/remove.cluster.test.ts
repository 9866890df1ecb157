// Removing an image from a node and bringing it back from what was exported before: on the real kind and minikube nodes, and in a container of the
// test's own whose containerd lies where k3s has it (there is no k3d here: nothing can be pulled).
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { watchDocker } from '../docker/connection.ts';
import type { DockerConnection } from '../docker/connection.ts';
import { execInContainer } from '../docker/exec.ts';
import { findStores } from './find-stores.ts';
import { loadImage } from './load.ts';
import { findNodeImage } from './node-image-store.ts';
import type { NodeImageStore } from './node-image-store.ts';
import { openNodeImageStore } from './open-store.ts';
import { buildTestImage, removeTestImage, startTestNode } from './test-node.ts';
import { watchNodeImages } from './watch.ts';

const soon = { timeout: 240_000, interval: 20 };
const never = new AbortController().signal;
const NAME = `podlab-stores-test-${process.pid}`;
let connection: DockerConnection;
let cleanUp: AsyncDisposableStack;
let folder: string;

beforeAll(async () => {
  connection = watchDocker({ onState() {}, onImages() {} });
  await vi.waitFor(() => connection.docker(), soon);
});
beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'podlab-remove-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
});
afterEach(() => cleanUp.disposeAsync());
afterAll(() => connection[Symbol.asyncDispose]());

const inside = (container: string, ...command: string[]) => execInContainer(connection.docker(), container, command);
const dataOf = (promise: Promise<unknown>) => promise.then(value => value, (error: unknown) => (error instanceof Failure ? error.toData() : error));

/** The store of a node, as its container is found among Docker's; the node object's own addresses are left out. */
async function open(name: string, runtime: string): Promise<{ store: NodeImageStore; container: string }> {
  const node = { metadata: { name }, status: { nodeInfo: { containerRuntimeVersion: runtime, architecture: process.arch === 'x64' ? 'amd64' : process.arch } } };
  const find = () => findStores({ nodes: [node], pods: [], containers: connection.containers(), hostImages: [], docker: connection.state, now: new Date() })[0]!;
  const container = await vi.waitFor(() => {
    const found = find().container;
    expect(found).toBeDefined();
    return found!;
  }, soon);
  return { store: openNodeImageStore(find(), { connection, node: () => node }), container };
}

async function loaded(store: NodeImageStore, tag: string): Promise<{ name: string; id: string }> {
  const docker = connection.docker();
  const name = `${NAME}:${tag}`;
  const id = await buildTestImage(docker, name, 100_000);
  cleanUp.defer(() => removeTestImage(docker, name));
  cleanUp.defer(() => store.remove!(id));
  await loadImage({ docker, store, reference: name, signal: never });
  return { name, id };
}

/** The image as the node had it, and as it has it again. */
async function removeAndBringBack(store: NodeImageStore): Promise<{ before: unknown; after: unknown }> {
  const { name, id } = await loaded(store, 'undo');
  const before = await store.identify(name);
  expect(before?.id).toBe(id);
  const seen: (string | undefined)[] = [];
  await using watch = watchNodeImages(store, { onImages: images => seen.push(findNodeImage(images, name)?.id) });
  await watch.refresh();
  const file = join(folder, 'image.tar');
  await pipeline(store.export!(name, never), createWriteStream(file));
  await store.remove!(name);
  expect((await store.list()).images.find(image => image.id === id)).toBeUndefined();
  await vi.waitFor(() => expect(seen.at(-1)).toBeUndefined(), soon);
  await store.remove!(name); // is gone: nothing to do
  await store.load!(createReadStream(file), never);
  await vi.waitFor(() => expect(seen.at(-1)).toBe(id), soon);
  return { before, after: await store.identify(name) };
}

test('kind: an image is removed with its layers, and comes back from its export as it was', async () => {
  const { store, container } = await open('kind-control-plane', 'containerd://1.6.20');
  const { before, after } = await removeAndBringBack(store);
  expect(after).toEqual(before);
  const { name, id } = await loaded(store, 'layers');
  const content = async () => new Set((await inside(container, 'ctr', '--namespace=k8s.io', 'content', 'ls', '-q')).stdout.split('\n'));
  expect(await content()).toContain(id);
  await store.remove!(name);
  expect(await content()).not.toContain(id);
});

test('minikube: the same in its Docker', async () => {
  const { before, after } = await removeAndBringBack((await open('minikube', 'docker://20.10.24')).store);
  expect(after).toEqual(before);
});

test('k3d: the same where k3s has its containerd, with the snapshotter of its configuration', async () => {
  const node = cleanUp.use(await startTestNode({ connection, name: `k3d-${NAME}-server-0`, kind: 'k3d' }));
  const { store, container } = await open(`k3d-${NAME}-server-0`, 'containerd://1.7.23-k3s2');
  expect([container, store.kind, store.loadCommand('app:1')]).toEqual([node.container, 'k3d', `k3d image import app:1 -c k3d-${NAME}-server-0`]);
  expect(await node.sh('ls /run/containerd/containerd.sock 2>/dev/null; true')).toBe('');
  const { before, after } = await removeAndBringBack(store);
  expect(after).toEqual(before);
  const snapshots = async (snapshotter: string) => (await node.sh(`ctr --namespace=k8s.io snapshots --snapshotter ${snapshotter} ls`)).trim().split('\n').length - 1;
  expect([await snapshots('native'), await snapshots('overlayfs')]).toEqual([2, 0]);
  const { layers } = await connection.docker().getImage(`${NAME}:undo`).inspect().then(({ RootFS }) => ({ layers: RootFS.Layers ?? [] }));
  expect([...(await store.holds!(layers, never)).keys()]).toEqual(expect.arrayContaining(layers));
});

test.each([['kind-control-plane', 'containerd://1.6.20'], ['minikube', 'docker://20.10.24']])('%s: one of two names goes alone; by its ID an image goes with all names', async (nodeName, runtime) => {
  const { store, container } = await open(nodeName, runtime);
  const { name, id } = await loaded(store, 'first');
  const second = `${NAME}:second`;
  const tag = runtime.startsWith('docker') ? ['docker', 'tag', name, second] : ['ctr', '--namespace=k8s.io', 'images', 'tag', `docker.io/library/${name}`, `docker.io/library/${second}`];
  expect((await inside(container, ...tag)).exitCode).toBe(0);
  await store.remove!(name);
  expect([await store.identify(name), (await store.identify(second))?.id]).toEqual([undefined, id]);
  expect((await inside(container, ...tag.map(word => (word.endsWith(name) ? word.replace(name, second) : word.endsWith(second) ? word.replace(second, name) : word)))).exitCode).toBe(0);
  await store.remove!(id);
  expect((await store.list()).images.filter(image => image.id === id || image.names.some(other => other.includes(NAME)))).toEqual([]);
});

test('minikube: Docker keeps the last name of an image that runs; one that has ended keeps nothing', async () => {
  const { store, container } = await open('minikube', 'docker://20.10.24');
  const { name } = await loaded(store, 'runs');
  const running = `${NAME}-runs`;
  cleanUp.defer(async () => { await inside(container, 'docker', 'rm', '--force', running); });
  expect(await inside(container, 'docker', 'run', '--detach', '--name', running, '--network', 'none', name)).toMatchObject({ exitCode: 0 });
  expect(await dataOf(store.remove!(name))).toEqual({ code: 'IMAGE_IN_USE', params: { image: name }, cause: `container ${running}` });
  expect(await store.identify(name)).toBeDefined();
  await inside(container, 'docker', 'kill', running);
  await store.remove!(name);
  expect(await store.identify(name)).toBeUndefined();
});

test.each([['kind-control-plane', 'containerd://1.6.20'], ['minikube', 'docker://20.10.24']])('%s: an export that cannot be had fails, and never ends as if it were whole', async (nodeName, runtime) => {
  const { store } = await open(nodeName, runtime);
  await expect(pipeline(store.export!(`${NAME}:absent`, never), createWriteStream(join(folder, 'none')))).rejects.toThrow(/has no image|does not exist/);
  const cancel = new AbortController();
  const archive = store.export!('k8s.gcr.io/pause:3.2', cancel.signal);
  archive.once('data', () => cancel.abort(new Error('enough')));
  await expect(pipeline(archive, createWriteStream(join(folder, 'cut')))).rejects.toThrow('enough');
});

test('an image whose layers the node has discarded: no export, and that is named where a registry has it; it is removed all the same', async () => {
  const { store, sh } = cleanUp.use(await startTestNode({ connection, name: `${NAME}-discards` }));
  const { name, id } = await loaded(store, 'discarded');
  const ctr = 'ctr --namespace=k8s.io';
  // All that is no JSON: the layers.
  await sh(`for blob in $(${ctr} content ls -q); do ${ctr} content get $blob | head -c 1 | grep -q '{' || ${ctr} content rm $blob; done`);
  const exported = () => dataOf(pipeline(store.export!(name, never), createWriteStream(join(folder, 'discarded'))));
  expect(await exported()).toMatchObject({ message: expect.stringContaining('not found') as string });
  await sh(`digest=$(${ctr} images ls | awk '/:discarded/ { print $3 }'); ${ctr} images tag docker.io/library/${name} registry.test/shop/app@$digest`);
  expect(await exported()).toEqual({ code: 'IMAGE_NOT_KEPT', params: { image: name, place: store.node, why: 'discarded' }, cause: expect.stringContaining('not found') as string });
  await store.remove!(id);
  expect((await store.list()).images).toEqual([]);
});
