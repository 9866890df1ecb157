// What goes wrong in the middle of a load, for real: an image deleted, a node's container killed, its disk full, a Docker restarted; and archives that
// are cut or changed on their way. What is killed and filled up is the test's own: a node's container with a containerd, a second dockerd.
// Nothing hangs, the failure names the cause, and the node has no image of that name and none of its content afterwards.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Transform } from 'node:stream';
import type Dockerode from 'dockerode';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { dockerClient, ping } from '../docker/client.ts';
import type { DockerEndpoint } from '../docker/client.ts';
import { watchDocker } from '../docker/connection.ts';
import type { DockerConnection } from '../docker/connection.ts';
import { findDockerEndpoint } from '../docker/endpoint.ts';
import { execInContainer } from '../docker/exec.ts';
import { removeImage } from '../docker/images.ts';
import { loadImage, loadIntoStores } from './load.ts';
import type { NodeImageStore } from './node-image-store.ts';
import { openNodeImageStore } from './open-store.ts';
import { buildTestImage, removeTestImage, startTestNode } from './test-node.ts';
import type { TestNode } from './test-node.ts';

const soon = { timeout: 240_000, interval: 20 };
const never = new AbortController().signal;
const NAME = `podlab-faults-test-${process.pid}`;
const MIB = 1024 * 1024;
let endpoint: DockerEndpoint;
let connection: DockerConnection;
let node: TestNode;
let cleanUp: AsyncDisposableStack;

beforeAll(async () => {
  endpoint = await findDockerEndpoint();
  connection = watchDocker({ onState() {}, onImages() {} });
  await vi.waitFor(() => connection.docker(), soon);
  node = await startTestNode({ connection, name: NAME });
});
beforeEach(() => { cleanUp = new AsyncDisposableStack(); });
afterEach(() => cleanUp.disposeAsync());
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await connection[Symbol.asyncDispose]();
});

const dataOf = (promise: Promise<unknown>) => promise.then(value => value, (error: unknown) => (error instanceof Failure ? error.toData() : error));

async function image(tag: string, bytes = 0, docker = connection.docker()): Promise<{ name: string; id: string }> {
  const name = `${NAME}:${tag}`;
  cleanUp.defer(() => removeTestImage(docker, name));
  return { name, id: await buildTestImage(docker, name, bytes) };
}
const load = (docker: Dockerode, store: NodeImageStore, name: string, onSent: (bytes: number) => void = () => {}) =>
  loadImage({ docker, store, reference: name, signal: never, onProgress: ({ sentBytes }) => onSent(sentBytes) });

/** All that a containerd holds: names, content, what is being written, and what keeps it. */
const HELD = 'ctr --namespace=k8s.io images ls -q; ctr --namespace=k8s.io content ls -q; ctr --namespace=k8s.io content active; ctr --namespace=k8s.io leases ls -q; ctr --namespace=k8s.io snapshots ls';
const held = (of: TestNode) => of.sh(HELD);
/** The same once containerd has thrown away what nothing keeps: an import leaves some of that, for a while. */
const keeps = (of: TestNode) => of.sh(`lease=$(ctr --namespace=k8s.io leases create); ctr --namespace=k8s.io leases delete --sync "$lease" >/dev/null; ${HELD}`);

/** A client of Docker that does something with the answer to `docker save`. */
function whileSaving({ before = () => Promise.resolve(), body }: { before?: () => Promise<unknown>; body?: (saved: IncomingMessage) => PassThrough | Transform }): Dockerode {
  const docker = dockerClient(endpoint);
  const dial = docker.modem.dial.bind(docker.modem);
  docker.modem.dial = (options, callback) => {
    if (!/^\/images\/.*\/get\?/.test(options.path)) return dial(options, callback);
    before().then(() => dial(options, (error, answer) => {
      callback?.(error, error || !body ? answer : body(answer as IncomingMessage));
    }), (error: Error) => callback?.(error, null));
  };
  return docker;
}

test('an image that is deleted before Docker begins to save it is not in Docker', async () => {
  const { name } = await image('deleted');
  const before = await keeps(node);
  const docker = whileSaving({ before: () => removeImage(connection.docker(), name) });
  expect(await dataOf(load(docker, node.store, name))).toEqual({
    code: 'IMAGE_NOT_IN_DOCKER', params: { image: expect.stringContaining(name) as string }, cause: expect.stringMatching(/No such image|reference does not exist/) as string,
  });
  expect(await held(node)).toBe(before);
});

test('an image that is deleted while it is saved arrives whole: Docker keeps the layers until then', async () => {
  const { name, id } = await image('deleted-late', 8 * MIB);
  cleanUp.defer(() => node.store.remove!(name));
  let removed: Promise<unknown> | undefined;
  const loaded = await load(connection.docker(), node.store, name, sent => {
    if (sent > MIB) removed ??= removeImage(connection.docker(), name);
  });
  expect(await removed).toMatchObject({ untagged: [name] });
  expect(loaded).toMatchObject({ imageId: id, alreadyThere: false });
  expect((await node.store.identify(name))?.id).toBe(id);
});

test('a node whose container is killed is the failure; it has no such image when it is back', async () => {
  const own = cleanUp.use(await startTestNode({ connection, name: `${NAME}-killed` }));
  const { name, id } = await image('killed', 24 * MIB);
  let killed: Promise<void> | undefined;
  const failed = await dataOf(load(connection.docker(), own.store, name, sent => {
    if (sent > 4 * MIB) killed ??= own.kill();
  }));
  await killed;
  expect(failed).toEqual({ code: 'NODE_STORE_UNREACHABLE', params: { node: `${NAME}-killed` }, cause: expect.stringMatching(/^the node's container has stopped: ./) as string });
  await own.start();
  expect((await own.store.list()).images).toEqual([]);
  expect(await load(connection.docker(), own.store, name)).toMatchObject({ imageId: id });
});

test('a disk that is full is named as that; the node gets its room back, and a smaller image still goes in', async () => {
  const own = cleanUp.use(await startTestNode({ connection, name: `${NAME}-full`, diskBytes: 48 * MIB }));
  const { name } = await image('too-big', 40 * MIB);
  const { name: small, id } = await image('small', MIB);
  const before = await keeps(own);
  const failed = await dataOf(load(connection.docker(), own.store, name));
  expect(failed).toEqual({ code: 'NODE_DISK_FULL', params: { image: name, node: `${NAME}-full` }, cause: expect.stringContaining('no space left on device') as string });
  await vi.waitFor(async () => expect(await held(own)).toBe(before), soon);
  expect(await load(connection.docker(), own.store, small)).toMatchObject({ imageId: id });
});

const runs = (of: TestNode, name: string) => of.sh(`ctr --namespace=k8s.io run --rm docker.io/library/${name} once /busybox echo it runs`);

test('a disk that is full over an older build: the name leads to that again, it runs, and with more room the newer one is loaded', async () => {
  const own = cleanUp.use(await startTestNode({ connection, name: `${NAME}-full-older`, diskBytes: 48 * MIB }));
  const { name, id: older } = await image('rebuilt');
  expect(await load(connection.docker(), own.store, name)).toMatchObject({ imageId: older });
  const before = await keeps(own);
  const { id: newer } = await image('rebuilt', 40 * MIB);
  expect(await dataOf(load(connection.docker(), own.store, name))).toMatchObject({ code: 'NODE_DISK_FULL', params: { image: name, node: `${NAME}-full-older` } });
  expect((await own.store.identify(name))?.id).toBe(older);
  expect(await runs(own, name)).toBe('it runs\n');
  await vi.waitFor(async () => expect(await held(own)).toBe(before), soon);
  await own.sh(`mount -o remount,size=${256 * MIB} /var/lib/containerd`);
  expect(await load(connection.docker(), own.store, name)).toMatchObject({ imageId: newer, alreadyThere: false });
  expect(await runs(own, name)).toBe('it runs\n');
});

test('a disk that is full over an older build that has gone meanwhile: nothing has the name, and with more room it is loaded', async () => {
  const own = cleanUp.use(await startTestNode({ connection, name: `${NAME}-full-gone`, diskBytes: 48 * MIB }));
  const { name, id: older } = await image('rebuilt-gone');
  await load(connection.docker(), own.store, name);
  const { id: newer } = await image('rebuilt-gone', 40 * MIB);
  // As a clean-up in the node does it: the older build has no other name left.
  await own.sh(`ctr --namespace=k8s.io images rm ${older}`);
  expect(await dataOf(load(connection.docker(), own.store, name))).toMatchObject({ code: 'NODE_DISK_FULL' });
  expect((await own.store.list()).images).toEqual([]);
  await own.sh(`mount -o remount,size=${256 * MIB} /var/lib/containerd`);
  expect(await load(connection.docker(), own.store, name)).toMatchObject({ imageId: newer, alreadyThere: false });
  expect(await runs(own, name)).toBe('it runs\n');
});

const cut = (saved: IncomingMessage) => {
  let passed = 0;
  return saved.pipe(new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const rest = 3 * MIB - passed;
      passed += chunk.length;
      if (rest <= 0) return done();
      this.push(chunk.subarray(0, rest));
      if (rest <= chunk.length) this.push(null);
      done();
    },
  }));
};
/** One byte in the middle of a layer. */
const changed = (saved: IncomingMessage) => {
  let passed = 0;
  return saved.pipe(new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const at = 3 * MIB - passed;
      passed += chunk.length;
      const copy = Buffer.from(chunk);
      if (at >= 0 && at < copy.length) copy[at]! ^= 1;
      done(null, copy);
    },
  }));
};

async function minikubeNode(): Promise<{ store: NodeImageStore; held(): Promise<string>; keeps(): Promise<string> }> {
  const docker = connection.docker();
  const found = { node: 'minikube', kind: 'minikube', container: 'minikube', cluster: 'minikube', sharesDocker: 'no', known: 'node-container-label' } as const;
  const info = { containerRuntimeVersion: 'docker://20.10.24', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
  // Others may load into it meanwhile.
  const images = async () => (await execInContainer(docker, 'minikube', ['docker', 'images', '--all', '--quiet', '--no-trunc', NAME])).stdout;
  return {
    store: openNodeImageStore(found, { connection, node: () => ({ metadata: { name: 'minikube' }, status: { nodeInfo: info } }) }),
    held: images, keeps: images,
  };
}
const inContainerd = () => Promise.resolve({ store: node.store, held: () => held(node), keeps: () => keeps(node) });

test.each([
  ['containerd', 'is cut', cut, inContainerd], ['containerd', 'was changed on its way', changed, inContainerd],
  ['Docker', 'is cut', cut, minikubeNode], ['Docker', 'was changed on its way', changed, minikubeNode],
])('%s in the node: an archive that %s is refused, and nothing of it stays', async (_runtime, _what, body, open) => {
  const into = await open();
  const { name, id } = await image('corrupt', 6 * MIB);
  cleanUp.defer(() => into.store.remove!(name));
  const before = await into.keeps();
  const failed = await dataOf(load(whileSaving({ body }), into.store, name));
  expect(failed).toMatchObject({ code: 'LOAD_FAILED', params: { image: name, node: into.store.node }, cause: expect.stringMatching(/digest|diffID|breaks off|unexpected EOF|unexpected end/i) as string });
  expect(await into.store.identify(name)).toBeUndefined();
  await vi.waitFor(async () => expect(await into.held()).toBe(before), soon);
  expect(await load(connection.docker(), into.store, name)).toMatchObject({ imageId: id });
});

test.each([['containerd', inContainerd], ['Docker', minikubeNode]])('%s in the node: a load that is cancelled at its last byte gives the name back to the older build', async (_runtime, open) => {
  const into = await open();
  const { name, id: older } = await image('cancelled');
  cleanUp.defer(() => into.store.remove!(name));
  await load(connection.docker(), into.store, name);
  const before = await into.keeps();
  const { id: newer } = await image('cancelled', MIB);
  const cancel = new AbortController();
  const store: NodeImageStore = { ...into.store, async load(archive, signal) {
    await into.store.load!(archive, signal);
    expect((await into.store.identify(name))?.id).toBe(newer);
    cancel.abort(new Error('enough'));
  } };
  await expect(loadImage({ docker: connection.docker(), store, reference: name, signal: cancel.signal })).rejects.toThrow('enough');
  expect((await into.store.identify(name))?.id).toBe(older);
  await vi.waitFor(async () => expect(await into.held()).toBe(before), soon);
});

test('a cancel while the first of two nodes is read back takes the name from both, or gives it back', async () => {
  const [first, second] = [await minikubeNode(), await inContainerd()];
  const { name, id: older } = await image('cancelled-two');
  cleanUp.defer(() => second.store.remove!(name));
  cleanUp.defer(() => first.store.remove!(name));
  await load(connection.docker(), second.store, name);
  const { id: newer } = await image('cancelled-two', MIB);
  const cancel = new AbortController();
  const cancelling: NodeImageStore = { ...first.store, async identify(reference, signal) {
    const found = await first.store.identify(reference, signal);
    if (found?.id === newer) cancel.abort(new Error('enough'));
    signal?.throwIfAborted();
    return found;
  } };
  await expect(loadIntoStores({ docker: connection.docker(), stores: [cancelling, second.store], reference: name, signal: cancel.signal })).rejects.toThrow('enough');
  expect(await first.store.identify(name)).toBeUndefined();
  expect((await second.store.identify(name))?.id).toBe(older);
});

test('what is no archive at all is refused with the node\'s words', async () => {
  const before = await keeps(node);
  const nonsense = new PassThrough();
  nonsense.end(Buffer.alloc(MIB, 'no archive '));
  await expect(node.store.load!(nonsense, never)).rejects.toThrow(/tar|header|archive|unrecognized/i);
  await vi.waitFor(async () => expect(await held(node)).toBe(before), soon);
});

/**
 * A second dockerd, with everything of its own; it runs no container. Its own network and mounts, too: a dockerd that is to have no bridge begins
 * with removing `docker0`, whosever it is, and one that dies leaves its mounts.
 */
async function secondDocker(folder: string): Promise<{ endpoint: DockerEndpoint; start(): Promise<void>; end(how: 'SIGTERM' | 'SIGKILL'): Promise<void> }> {
  const own: DockerEndpoint = { endpoint: `unix://${folder}/docker.sock`, source: 'DOCKER_HOST' };
  let child: ChildProcess | undefined;
  await writeFile(`${folder}/daemon.json`, '{}');
  const start = async () => {
    child = spawn('unshare', [
      '--net', '--mount', 'dockerd', '--host', own.endpoint, '--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`, '--pidfile', `${folder}/pid`,
      '--bridge', 'none', '--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false', '--config-file', `${folder}/daemon.json`,
    ], { stdio: 'ignore' });
    await vi.waitFor(() => ping(dockerClient(own), AbortSignal.timeout(1000)), soon);
  };
  const end = async (how: 'SIGTERM' | 'SIGKILL') => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(how);
    await once(child, 'exit');
  };
  await start();
  return { endpoint: own, start, end };
}

test('a Docker that dies and is restarted in the middle is told as stopped; the node has nothing, and once it is back the load goes through', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-dockerd-'));
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  const second = await secondDocker(folder);
  cleanUp.defer(() => second.end('SIGTERM'));
  const states: string[] = [];
  const surroundings = { env: { DOCKER_HOST: second.endpoint.endpoint }, home: folder, platform: process.platform };
  await using watch = watchDocker({ surroundings, onState: ({ state }) => states.push(state), onImages() {} });
  await vi.waitFor(() => watch.docker(), soon);
  const { name, id } = await image('restarted', 24 * MIB, dockerClient(second.endpoint));
  const before = await keeps(node);
  let stopped: Promise<void> | undefined;
  const failed = await dataOf(load(watch.docker(), node.store, name, sent => {
    if (sent > 4 * MIB) stopped ??= second.end('SIGKILL'); // asked to end, it would send the archive to its end first
  }));
  expect(stopped).toBeDefined();
  expect(failed).toMatchObject({ code: 'DOCKER_STOPPED', params: { endpoint: second.endpoint.endpoint } });
  await stopped;
  expect(await node.store.identify(name)).toBeUndefined();
  await vi.waitFor(async () => expect(await held(node)).toBe(before), soon);
  await vi.waitFor(() => expect(states.at(-1)).toBe('stopped'), soon);
  await second.start();
  await vi.waitFor(() => expect(states).toEqual(['connected', 'stopped', 'connected']), soon);
  cleanUp.defer(() => node.store.remove!(name));
  expect(await load(watch.docker(), node.store, name)).toMatchObject({ imageId: id });
});
