// A kind cluster of two nodes, and an image that only one of them has: Podlab says which, for the image and for a pod that has no node yet,
// and a load brings it to both. The second node is there for this test alone, tainted, so that nothing else comes to it.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImageRow, LoadedOnNode } from '../shared/contract/images.ts';
import type { PodRow } from '../shared/contract/pods.ts';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import { docker, kubectl, kubectlInput, newNamespace, putOnNode } from './fixtures/command-line.ts';
import { contentOf } from './registry/image-content.ts';
import { registryOnNode } from './registry/on-node.ts';

// The second node's containerd keeps no layers of what the kubelet has pulled, as kind's own nodes do not.
const cluster = (...args: string[]) => promisify(execFile)(join(import.meta.dirname, 'cluster/cluster'), args, { env: { ...process.env, DISCARD_LAYERS: 'true' } });
const context = 'kind-kind';
const control = 'kind-control-plane';
const worker = 'kind-worker';
const image = 'two-nodes:1';
const LONG = 240_000;

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-two-nodes-'));
  await cluster('down', worker); // Of a test that was killed.
  await forget();
  await cluster('up', worker);
  engine = await openEngine({ stateDirectory: join(folder, 'state') });
}, 240_000);
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await cluster('down', worker); // Also where a test failed.
  await forget();
  await rm(folder, { recursive: true });
}, 240_000);

async function forget(): Promise<void> {
  await docker('rmi', '-f', image).catch(() => '');
  await docker('exec', control, 'ctr', '-n', 'k8s.io', 'images', 'rm', `docker.io/library/${image}`).catch(() => '');
}

/** @param base what is in a layer below. @returns the ID of an image that says so and stays */
async function build(what: string, base = Buffer.alloc(0)): Promise<string> {
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  await writeFile(join(folder, 'build'), `${what}\n`);
  await writeFile(join(folder, 'base'), base);
  const command = ['/bin/busybox', 'sh', '-c', '/bin/busybox cat /build; exec /bin/busybox sleep 3600'];
  await writeFile(join(folder, 'Dockerfile'), `FROM scratch\nCOPY busybox /bin/busybox\nCOPY base /base\nCOPY build /build\nCMD ${JSON.stringify(command)}\n`);
  return (await docker('build', '-q', '-t', image, folder)).trim();
}

/** The image's row once it is as wanted. */
async function imageUntil(wanted: (row: ImageRow) => boolean): Promise<ImageRow> {
  let last: ImageRow | undefined;
  for await (const { rows } of engine.calls.images.watch({ context }, AbortSignal.timeout(LONG))) {
    last = rows.find(({ reference }) => reference === image);
    if (last && wanted(last)) return last;
  }
  throw new Error(`not seen in time; last: ${JSON.stringify(last)}`);
}

async function podUntil(namespace: string, name: string, wanted: (row: PodRow) => boolean): Promise<PodRow> {
  let last: PodRow | undefined;
  for await (const event of engine.calls.pods.watch({ context, namespace }, AbortSignal.timeout(LONG))) {
    last = (event.type === 'snapshot' ? event.rows : event.upserted).find((row) => row.name === name) ?? last;
    if (last && wanted(last)) return last;
  }
  throw new Error(`not seen in time; last: ${JSON.stringify(last)}`);
}

async function load(nodes?: string[]): Promise<LoadedOnNode[]> {
  for await (const event of engine.calls.images.load({ context, image, ...(nodes && { nodes }) }, AbortSignal.timeout(LONG))) {
    if (event.type === 'done') return event.result.nodes;
  }
  throw new Error('the load told no end');
}

const byNode = <Item extends { node: string }>(items: readonly Item[]) => items.toSorted((a, b) => a.node.localeCompare(b.node));
const presences = ({ nodes }: Pick<ImageRow, 'nodes'>) => Object.fromEntries(nodes.map(({ node, presence }) => [node, presence]));
const isOn = (here: string, there: string) => (row: Pick<ImageRow, 'nodes'>) => presences(row)[control] === here && presences(row)[worker] === there;
/** What the node itself says. */
const inStore = async (node: string) => (await docker('exec', node, 'ctr', '-n', 'k8s.io', 'images', 'ls', '-q')).split('\n').includes(`docker.io/library/${image}`);

const pod = (name: string, spec: object) => JSON.stringify({
  apiVersion: 'v1', kind: 'Pod', metadata: { name },
  spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image, imagePullPolicy: 'Never' }], ...spec },
});

test('an image on one of two nodes: which one has it, until a load brings it to both', async () => {
  const id = await build('first');
  await putOnNode(context, image);
  await using namespace = await newNamespace(context, 'two-nodes');
  const create = (name: string, spec: object) => kubectlInput(context, pod(name, spec), '-n', namespace.name, 'create', '-f', '-');
  expect([await inStore(control), await inStore(worker)]).toEqual([true, false]);

  const one = await imageUntil(isOn('present', 'only-in-docker'));
  expect(byNode(one.nodes)).toMatchObject([{ node: control, imageId: id }, { node: worker }]);
  expect(one.nodes.find(({ node }) => node === worker)?.imageId).toBeUndefined();

  // No node is as it wants: it may still come to either.
  await create('homeless', { nodeSelector: { nowhere: 'true' } });
  const homeless = await podUntil(namespace.name, 'homeless', (row) => isOn('present', 'only-in-docker')(row.containers[0]!));
  expect(homeless).toMatchObject({ status: 'Pending', containers: [{ presence: 'present' }] });
  expect(homeless.node).toBeUndefined();
  // Where they are put, each is as its node is.
  await create('on-control', { nodeName: control });
  await create('on-worker', { nodeName: worker });
  const stuck = await podUntil(namespace.name, 'on-worker', ({ status }) => status === 'ErrImageNeverPull');
  expect(stuck.containers[0]).toMatchObject({ presence: 'only-in-docker', nodes: [{ node: worker, presence: 'only-in-docker' }] });
  const runs = await podUntil(namespace.name, 'on-control', ({ status }) => status === 'Running');
  expect(runs.containers[0]).toMatchObject({ presence: 'present', nodes: [{ node: control, presence: 'present' }] });

  expect(byNode(await load())).toMatchObject([{ node: control, imageId: id, alreadyThere: true, sentBytes: 0 }, { node: worker, imageId: id, alreadyThere: false }]);
  const both = await imageUntil(isOn('present', 'present'));
  expect(byNode(both.nodes)).toMatchObject([{ node: control, imageId: id }, { node: worker, imageId: id }]);
  expect([await inStore(control), await inStore(worker)]).toEqual([true, true]);
  await podUntil(namespace.name, 'homeless', (row) => isOn('present', 'present')(row.containers[0]!));
  await podUntil(namespace.name, 'on-worker', ({ status }) => status === 'Running');
  await expect.poll(() => kubectl(context, '-n', namespace.name, 'logs', 'on-worker'), { timeout: LONG }).toBe('first\n');

  // A new build, brought to one node only: the other one has the older.
  const next = await build('second');
  await imageUntil(isOn('older-build', 'older-build'));
  expect(await load([worker])).toMatchObject([{ node: worker, imageId: next, alreadyThere: false }]);
  const mixed = await imageUntil(isOn('older-build', 'present'));
  expect(byNode(mixed.nodes)).toMatchObject([{ node: control, imageId: id }, { node: worker, imageId: next }]);
}, 400_000);

test('a node that has no layers of what it pulled gets them with what is built upon them', async () => {
  await using registry = await registryOnNode(context, {}, worker);
  await using namespace = await newNamespace(context, 'discards');
  const create = (name: string, container: object) =>
    kubectlInput(context, pod(name, { nodeName: worker, containers: [{ name: 'c', ...container }] }), '-n', namespace.name, 'create', '-f', '-');
  const logs = (name: string) => kubectl(context, '-n', namespace.name, 'logs', name).catch(() => '');
  const base = randomBytes(3_000_000);
  await build('pulled', base);
  const pulled = await contentOf(image);
  registry.serve('pulled', { kind: 'image', image: pulled });
  await create('pulls', { image: `${registry.host}/pulled:1`, imagePullPolicy: 'Always' });
  await expect.poll(() => logs('pulls'), { timeout: LONG }).toBe('pulled\n');
  const held = () => docker('exec', worker, 'ctr', '-n', 'k8s.io', 'content', 'ls', '-q');
  expect(await held()).toContain(pulled.config.digest);
  await expect.poll(async () => { const all = await held(); return pulled.layers.filter(({ digest }) => all.includes(digest)); }, { timeout: LONG }).toEqual([]);

  const id = await build('built upon', base);
  const [loaded] = await load([worker]);
  expect(loaded).toMatchObject({ node: worker, imageId: id, alreadyThere: false });
  expect(loaded!.sentBytes).toBeGreaterThan(base.length);
  await create('runs', { image, imagePullPolicy: 'Never' });
  await expect.poll(() => logs('runs'), { timeout: LONG }).toBe('built upon\n');
  // What came by a load stays as it came: of the next build only the last layer is sent.
  const next = await build('built again', base);
  const [reloaded] = await load([worker]);
  expect(reloaded).toMatchObject({ imageId: next, alreadyThere: false });
  expect(reloaded!.sentBytes).toBeLessThan(100_000);
}, 400_000);

test('the second node goes, and the cluster is as it was', async () => {
  // While its kubelet is there to end them: otherwise its pods would stay until somebody collects them.
  await kubectl(context, 'delete', 'pods', '--all-namespaces', `--field-selector=spec.nodeName=${worker}`, '--timeout=240s');
  await cluster('down', worker);
  expect((await kubectl(context, 'get', 'nodes', '-o', 'name')).trim()).toBe(`node/${control}`);
  expect(await docker('exec', control, 'sh', '-c', 'cat /etc/hosts; ip route')).not.toMatch(/kind-worker|10\.244\.1\./);
  for await (const { rows } of engine.calls.images.watch({ context }, AbortSignal.timeout(LONG))) {
    if (rows.length > 0 && rows.every(({ nodes }) => nodes.every(({ node }) => node === control))) return;
  }
  throw new Error('the engine still has the node');
}, 400_000);
