// Forwards while the cluster is away: its API server restarted, the network to it cut without a word, and another cluster under the same context name. Sleep and
// Wi-Fi cannot be had here and are not proven.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { openEngine } from '../../electron/engine/engine.ts';
import type { ForwardRow } from '../../shared/contract/forwards.ts';
import { kubectl, kubectlInput, type TestContext } from '../fixtures/command-line.ts';
import { kindServer } from '../kill/api-server.ts';
import { buildServer, openScene, outcome, pod, sceneOf, toPod, type Scene } from './scene.ts';

const run = promisify(execFile);
const { signal } = new AbortController();
let scene: Scene;
let folder: string;
beforeAll(async () => {
  await buildServer('kind-kind', 'minikube');
  scene = await openScene('kind-kind');
  folder = await mkdtemp(join(tmpdir(), 'podlab-faults-'));
  await scene.create(pod('web'));
  await scene.ready('web');
});
afterAll(async () => {
  await scene[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** What a forward said of itself, each state once in its order. */
function states(of: Scene['until'], id: string): { readonly seen: ForwardRow['state'][]; stop(): void } {
  const seen: ForwardRow['state'][] = [];
  const stopped = new AbortController();
  void of(id, (row) => {
    if (seen.at(-1) !== row.state) seen.push(row.state);
    return stopped.signal.aborted;
  }, 300_000).catch(() => {});
  return { seen, stop: () => stopped.abort() };
}

test('P12: the API server restarts: the forward says so, never that it works, and is back by itself', async () => {
  const row = await scene.start(toPod('web', 8080));
  expect(await outcome(row.localPort)).toBe('web');
  await scene.until(row.id, ({ state }) => state === 'listening');
  const told = states(scene.until, row.id);
  await kindServer.stop();
  const from = performance.now();
  await scene.until(row.id, ({ state }) => state === 'failed');
  console.log(`said ${Math.round(performance.now() - from)} ms after the server was gone`);
  expect((await scene.row(row.id)).reason).toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  // Held for a while, then told; and the port goes on listening.
  const held = performance.now();
  expect(await outcome(row.localPort)).toBe('ECONNRESET');
  console.log(`a connection meanwhile was held for ${Math.round(performance.now() - held)} ms`);
  expect(await scene.row(row.id)).toMatchObject({ state: 'failed', failed: 1 });
  expect(told.seen).not.toContain('connected');
  await kindServer.start();
  const back = performance.now();
  const first = await outcome(row.localPort);
  console.log(`answered ${Math.round(performance.now() - back)} ms after the server was back`);
  expect(first).toBe('web');
  await scene.until(row.id, ({ state, open }) => state === 'listening' && open === 0);
  expect(told.seen.slice(0, 2)).toEqual(['listening', 'failed']);
  told.stop();
});

/** A namespace of its own with one relay in it, so that the way to the API server can be cut without a word to either side. */
async function cuttable(server: URL): Promise<{ readonly address: string; cut(): Promise<void>; mend(): Promise<void> } & AsyncDisposable> {
  const name = `podlab-${process.pid}`;
  const [outside, inside] = [`pl${process.pid % 10_000}a`, `pl${process.pid % 10_000}b`];
  const ip = (...args: string[]) => run('ip', args);
  await ip('netns', 'add', name);
  await ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', name);
  await ip('addr', 'add', '10.213.77.1/30', 'dev', outside);
  await ip('link', 'set', outside, 'up');
  for (const args of [['addr', 'add', '10.213.77.2/30', 'dev', inside], ['link', 'set', inside, 'up'], ['link', 'set', 'lo', 'up']]) await ip('netns', 'exec', name, 'ip', ...args);
  // On this side, from the namespace to the API server; in the namespace, from us to this side.
  const onward = createServer((socket) => {
    const to = connect(Number(server.port), server.hostname);
    socket.on('error', () => to.destroy()).pipe(to).on('error', () => socket.destroy()).pipe(socket);
  }).listen(0, '10.213.77.1');
  await once(onward, 'listening');
  const { port } = onward.address() as AddressInfo;
  const relay = execFile('ip', ['netns', 'exec', name, process.execPath, '-e', `
    const { connect, createServer } = require('node:net');
    createServer((socket) => {
      const to = connect(${port}, '10.213.77.1');
      socket.on('error', () => to.destroy()).pipe(to).on('error', () => socket.destroy()).pipe(socket);
    }).listen(6443, '10.213.77.2', () => console.log('listening'));
  `]);
  await once(relay.stdout!, 'data');
  // What leaves the namespace towards us is dropped: nobody is told.
  const route = (state: string) => ip('netns', 'exec', name, 'ip', 'link', 'set', inside, state);
  return {
    address: 'https://10.213.77.2:6443',
    cut: async () => void (await route('down')),
    mend: async () => void (await route('up')),
    async [Symbol.asyncDispose]() {
      relay.kill();
      onward.close();
      await ip('netns', 'del', name);
      await ip('link', 'del', outside).catch(() => {});
    },
  };
}

interface Kubeconfig { clusters: { name: string; cluster: Record<string, unknown> }[]; users: { name: string; user: object }[]; contexts: { name: string; context: { cluster: string; user: string } }[]; 'current-context'?: string }

/** A kubeconfig whose context `moved` leads where `context` does, changed by `change`; written whole or not at all. */
async function writeKubeconfig(file: string, context: TestContext, change: (cluster: Record<string, unknown>) => Record<string, unknown> = (cluster) => cluster): Promise<URL> {
  const all = parse(await readFile(process.env['KUBECONFIG'] ?? '', 'utf8')) as Kubeconfig;
  const names = all.contexts.find(({ name }) => name === context)!.context;
  const { cluster } = all.clusters.find(({ name }) => name === names.cluster)!;
  const user = all.users.find(({ name }) => name === names.user)!;
  await writeFile(`${file}.new`, stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'moved', users: [{ ...user, name: 'u' }],
    clusters: [{ name: 'c', cluster: change(cluster) }], contexts: [{ name: 'moved', context: { cluster: 'c', user: 'u' } }],
  }));
  await rename(`${file}.new`, file);
  return new URL(String(cluster['server']));
}

test('P12: the network is cut without a word: the forward stops saying that it works, and is back by itself', async () => {
  const file = join(folder, 'cut');
  const server = await writeKubeconfig(file, 'kind-kind');
  await using way = await cuttable(server);
  await writeKubeconfig(file, 'kind-kind', (cluster) => ({ ...cluster, server: way.address, 'tls-server-name': 'localhost' }));
  await using engine = await openEngine({ kubeconfig: file, stateDirectory: join(folder, 'cut-state') });
  const cut = sceneOf(engine, 'moved', scene.namespace, folder);
  const row = await cut.start(toPod('web', 8080));
  expect(await outcome(row.localPort)).toBe('web');
  await cut.until(row.id, ({ state, open }) => state === 'listening' && open === 0);
  await way.cut();
  const from = performance.now();
  expect(await cut.until(row.id, ({ state }) => state === 'failed', 90_000)).toMatchObject({ reason: { code: 'CLUSTER_UNREACHABLE' } });
  console.log(`said ${((performance.now() - from) / 1000).toFixed(1)} s after the cut`);
  await way.mend();
  const back = performance.now();
  await expect.poll(() => outcome(row.localPort), { timeout: 240_000, interval: 100 }).toBe('web');
  console.log(`answered ${Math.round(performance.now() - back)} ms after the network was back`);
  await cut.until(row.id, ({ state }) => state === 'listening');
});

test('P18: another cluster under the same context name: the forward leads into that one, with its credentials', async () => {
  const file = join(folder, 'moved');
  await writeKubeconfig(file, 'kind-kind');
  await kubectl('minikube', 'create', 'namespace', scene.namespace);
  try {
    // The pod says its host name, which is its own name; so the other cluster's is told from this one by that.
    await expect.poll(() => kubectl('minikube', '-n', scene.namespace, 'get', 'serviceaccount', 'default', '--ignore-not-found'), { timeout: 240_000 }).not.toBe('');
    await kubectlInput('minikube', JSON.stringify({ ...pod('web'), spec: { ...pod('web').spec, hostname: 'another' } }), '-n', scene.namespace, 'create', '-f', '-');
    await kubectl('minikube', '-n', scene.namespace, 'wait', '--for=condition=Ready', '--timeout=240s', 'pod', 'web');
    await using engine = await openEngine({ kubeconfig: file, stateDirectory: join(folder, 'moved-state') });
    const moved = sceneOf(engine, 'moved', scene.namespace, folder);
    const row = await moved.start(toPod('web', 8080));
    expect(await outcome(row.localPort)).toBe('web');
    await writeKubeconfig(file, 'minikube');
    const from = performance.now();
    await expect.poll(() => outcome(row.localPort), { timeout: 240_000, interval: 50 }).toBe('another');
    console.log(`led there ${Math.round(performance.now() - from)} ms after the kubeconfig changed`);
    expect(await moved.until(row.id, ({ state, open }) => state === 'listening' && open === 0)).toMatchObject({ localPort: row.localPort });

    // Gone from the kubeconfig, it says so; and it goes on when the context is there again.
    await writeFile(file, 'apiVersion: v1\nkind: Config\n');
    expect(await moved.until(row.id, ({ state }) => state === 'failed')).toMatchObject({ reason: { code: 'CONTEXT_NOT_FOUND' } });
    await writeKubeconfig(file, 'minikube');
    await moved.until(row.id, ({ state }) => state === 'listening');
    expect(await outcome(row.localPort)).toBe('another');
    await moved.engine.calls.forwards.stop({ id: row.id }, signal);
  } finally {
    await kubectl('minikube', 'delete', 'namespace', scene.namespace, '--wait=false');
  }
});
