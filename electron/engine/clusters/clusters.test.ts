// The calls for clusters, on stand-ins for kind and minikube (test-tools.ts): neither tool can make a cluster where its node image cannot be had, so
// what they are given is recorded (arguments, standard input, variables), and what they print is what the real ones print. Start and stop of a kind
// cluster are Docker's and are tried on containers in clusters.cluster.test.ts.
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Progress } from '../../../shared/contract/progress.ts';
import { json, startApiServer, type TestApiServer } from '../../clients/cluster/test-api-server.ts';
import { isAlive, standInTools, type StandInTools } from '../../clients/tools/test-tools.ts';
import { openEngine, type Engine } from '../engine.ts';

// Each asks several programs in turn, which takes its time on a busy computer.
vi.setConfig({ testTimeout: 30_000 });

let server: TestApiServer;
let tools: StandInTools;
let engine: Engine;
let kubeconfig: string;

async function open(profiles: readonly object[] = [], present?: readonly string[]) {
  tools = await standInTools(`http://127.0.0.1:${server.port}`, profiles, present);
  kubeconfig = join(tools.folder, 'kubeconfig');
  await writeFile(kubeconfig, '');
  vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
  vi.stubEnv('KUBECONFIG', kubeconfig);
  vi.stubEnv('PATH', tools.folder);
  vi.stubEnv('HOME', tools.folder);
  engine = await openEngine({ stateDirectory: tools.folder });
}
beforeEach(async () => {
  server = await startApiServer(({ url }, response) => {
    if (url.includes('watch=true')) return void response.writeHead(200).write('\n');
    if (url.startsWith('/version')) return json(response, 200, { gitVersion: 'v1.34.0' });
    const items = url.startsWith('/api/v1/nodes') ? [{ metadata: { name: 'dev-control-plane' }, status: { nodeInfo: { containerRuntimeVersion: 'containerd://2.1.3', architecture: 'amd64' } } }] : [];
    json(response, 200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items });
  });
});
afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await rm(tools.folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

/** What only acts; the questions are asked when there is reason to, however often. */
const acts = async () => (await tools.calls()).filter(({ args }) => ['create', 'delete', 'start', 'stop'].includes(args[0]!)).map(({ tool, args }) => [tool, ...args].join(' '));
async function follow<Result>(stream: AsyncIterable<Progress<Result>>) {
  const told: Progress<Result>[] = [];
  for await (const event of stream) told.push(event);
  return {
    log: told.flatMap((event) => (event.type === 'log' ? [event.text] : [])).join(''),
    result: told.flatMap((event) => (event.type === 'done' ? [event.result] : []))[0],
    steps: told.flatMap((event) => (event.type === 'step' && event.state === 'done' ? [event.step.key] : [])),
  };
}
async function firstOf<Event>(stream: AsyncIterable<Event>, wanted: (event: Event) => boolean): Promise<Event> {
  for await (const event of stream) if (wanted(event)) return event;
  throw new Error('the stream ended');
}
const soon = () => AbortSignal.timeout(20_000);
const entries = () => firstOf(engine.calls.activity.watch(undefined, soon()), () => true).then((event) => event.entries);
const seen = () => firstOf(engine.calls.clusters.watch(undefined, soon()), ({ tools: found }) => found.every(({ state, cause }) => state !== 'unknown' || cause));
const code = (wanted: string, raw?: string) => expect.objectContaining({ code: wanted, ...(raw === undefined ? {} : { raw: expect.stringContaining(raw) as string }) }) as unknown;

test('the tools with their versions, and the clusters that they list', async () => {
  await open([{ Name: 'vm', Status: 'Stopped', Config: { Name: 'vm', Driver: 'kvm2', Nodes: [{ Name: '' }] } }]);
  expect(await seen()).toEqual({
    tools: [{ tool: 'kind', state: 'found', version: '0.30.0', path: join(tools.folder, 'kind') }, { tool: 'minikube', state: 'found', version: '1.37.0', path: join(tools.folder, 'minikube') }],
    clusters: [{ tool: 'minikube', name: 'vm', state: 'stopped', nodes: [{ name: 'vm', state: 'stopped' }] }],
  });
});

test('a tool that is missing, one that cannot answer, and one that comes', async () => {
  await open([], ['minikube']);
  await writeFile(join(tools.folder, 'state.json'), 'broken');
  const { tools: found } = await seen();
  expect(found[0]).toEqual({ tool: 'kind', state: 'missing' });
  expect(found[1]).toMatchObject({ tool: 'minikube', state: 'unknown', cause: { code: 'TOOL_FAILED', cause: expect.stringContaining('SyntaxError') as unknown } });
  await expect(follow(engine.calls.clusters.create({ tool: 'kind', name: 'dev', nodes: 1 }, soon()))).rejects.toEqual(code('TOOL_MISSING'));
  const later = firstOf(engine.calls.clusters.watch(undefined, soon()), ({ tools: now }) => now[0]?.state === 'found');
  await using other = await standInTools('http://127.0.0.1:1');
  await writeFile(join(tools.folder, 'kind'), await readFile(join(other.folder, 'kind')), { mode: 0o755 });
  expect((await later).tools[0]?.version).toBe('0.30.0');
});

test('kind: create streams what it prints, and ends when the new context’s cluster answers', async () => {
  await open();
  const { log, result, steps } = await follow(engine.calls.clusters.create({ tool: 'kind', name: 'dev', nodes: 2, kubernetesVersion: 'v1.33.4' }, soon()));
  expect(result).toEqual({ context: 'kind-dev' });
  expect(log).toContain('Ensuring node image');
  expect(steps).toEqual(['step.look-for-cluster', 'step.create-cluster', 'step.wait-for-cluster']);
  const call = (await tools.calls()).find(({ args }) => args[0] === 'create')!;
  expect(call).toMatchObject({
    args: ['create', 'cluster', '--name', 'dev', '--image', 'kindest/node:v1.33.4', '--config', '-'],
    input: 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n- role: control-plane\n- role: worker\n',
    kubeconfig,
    dockerHost: 'unix:///nowhere/docker.sock',
    path: expect.stringMatching(/^.+:\/usr\/local\/bin:/) as unknown,
  });
  const [entry] = await entries();
  expect(entry).toMatchObject({
    state: 'done', title: { key: 'activity.create-cluster', params: { tool: 'kind', cluster: 'dev' } },
    commands: [String.raw`printf 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n- role: control-plane\n- role: worker\n' | kind create cluster --name dev --image kindest/node:v1.33.4 --config -`],
  });
  const row = await firstOf(engine.calls.clusters.watchContexts({ ask: [] }, soon()), ({ contexts }) => contexts[0]?.connection.state === 'live' && contexts[0].serverVersion !== undefined);
  expect(row.contexts).toMatchObject([{ context: 'kind-dev', kind: 'kind', isLocal: true, asked: true, serverVersion: 'v1.34.0', nodes: [{ runtime: 'containerd://2.1.3' }] }]);
});

test('minikube: create, stop, start, delete', async () => {
  await open();
  const dev = { tool: 'minikube', name: 'dev' } as const;
  expect((await follow(engine.calls.clusters.create({ ...dev, nodes: 1 }, soon()))).result).toEqual({ context: 'dev' });
  await follow(engine.calls.clusters.stop(dev, soon()));
  expect((await seen()).clusters).toMatchObject([{ name: 'dev', context: 'dev', state: 'stopped' }]);
  expect((await follow(engine.calls.clusters.start(dev, soon()))).steps).toEqual(['step.look-for-cluster', 'step.start-cluster', 'step.wait-for-cluster']);
  expect((await seen()).clusters).toMatchObject([{ name: 'dev', state: 'running' }]);
  await follow(engine.calls.clusters.remove({ ...dev, confirm: 'dev' }, soon()));
  expect((await seen()).clusters).toEqual([]);
  expect(await acts()).toEqual(['minikube start -p dev --driver docker', 'minikube stop -p dev', 'minikube start -p dev', 'minikube delete -p dev']);
  expect((await entries()).map(({ commands }) => commands)).toEqual([['minikube start -p dev --driver docker'], ['minikube stop -p dev'], ['minikube start -p dev'], ['minikube delete -p dev']]);
  expect((await entries()).map(({ undo }) => undo)).toEqual(['none', 'none', 'none', 'none']);
});

test('what fails says why in the tool’s own words, and nothing is taken away', async () => {
  await open();
  await expect(follow(engine.calls.clusters.create({ tool: 'kind', name: 'broken', nodes: 1 }, soon()))).rejects.toEqual(code('TOOL_FAILED', 'failed to pull image "kindest/node:v1.34.0"'));
  await expect(follow(engine.calls.clusters.create({ tool: 'minikube', name: 'broken', nodes: 1 }, soon()))).rejects.toEqual(code('TOOL_FAILED', 'PROVIDER_DOCKER_NOT_RUNNING'));
  await expect(follow(engine.calls.clusters.start({ tool: 'kind', name: 'dev' }, soon()))).rejects.toEqual(code('DOCKER_ABSENT'));
  expect((await acts()).filter((line) => line.includes('delete'))).toEqual([]);
});

test('a cluster that the tool does not list is not started, stopped or deleted: minikube would create it', async () => {
  await open();
  const gone = { tool: 'minikube', name: 'gone' } as const;
  await expect(follow(engine.calls.clusters.start(gone, soon()))).rejects.toEqual(code('CLUSTER_GONE', 'minikube lists no gone'));
  await expect(follow(engine.calls.clusters.stop(gone, soon()))).rejects.toEqual(code('CLUSTER_GONE'));
  await expect(follow(engine.calls.clusters.remove({ ...gone, confirm: 'gone' }, soon()))).rejects.toEqual(code('CLUSTER_GONE'));
  await expect(follow(engine.calls.clusters.remove({ tool: 'kind', name: '', confirm: '' }, soon()))).rejects.toEqual(code('CLUSTER_GONE'));
  expect(await acts()).toEqual([]);
  expect((await entries()).map(({ state }) => state)).toEqual(['failed', 'failed', 'failed', 'failed']);
});

test('a tool that does not say what it has is asked once, within its limit, and nothing is done', async () => {
  await open();
  await writeFile(join(tools.folder, 'state.json'), 'broken');
  await expect(follow(engine.calls.clusters.remove({ tool: 'kind', name: 'dev', confirm: 'dev' }, soon()))).rejects.toEqual(code('TOOL_FAILED', 'SyntaxError'));
  expect((await tools.calls()).filter(({ tool, args }) => tool === 'kind' && args[0] === 'get')).toHaveLength(1);
  expect(await acts()).toEqual([]);
});

test('bad input is refused before anything runs', async () => {
  await open();
  const create = (name: string, kubernetesVersion?: string) => follow(engine.calls.clusters.create({ tool: 'kind', name, nodes: 1, ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }) }, soon()));
  await expect(create('My Cluster')).rejects.toEqual(code('CLUSTER_NAME_INVALID'));
  await expect(create('--retain')).rejects.toEqual(code('CLUSTER_NAME_INVALID'));
  await expect(create('dev', 'latest')).rejects.toEqual(code('KUBERNETES_VERSION_INVALID'));
  await expect(create('dev', '1.33')).rejects.toEqual(code('KUBERNETES_VERSION_INVALID'));
  await create('dev', ' ');
  await expect(create('dev')).rejects.toEqual(code('CLUSTER_EXISTS'));
  for (const confirm of ['', 'DEV', 'dev ', 'kind-dev'])
    await expect(follow(engine.calls.clusters.remove({ tool: 'kind', name: 'dev', confirm }, soon()))).rejects.toEqual(code('NOT_CONFIRMED'));
  expect(await acts()).toEqual(['kind create cluster --name dev']);
  expect((await entries()).map(({ state }) => state)).toEqual(['done', 'failed']);
});

test('cancelling a creation ends the tool with its children, and takes back what was half made', async () => {
  await open();
  const stop = new AbortController();
  const created = follow(engine.calls.clusters.create({ tool: 'kind', name: 'slow', nodes: 1 }, stop.signal));
  await vi.waitFor(() => expect(existsSync(tools.waiting)).toBe(true), { timeout: 10_000 });
  await expect(follow(engine.calls.clusters.create({ tool: 'kind', name: 'slow', nodes: 1 }, soon()))).rejects.toEqual(code('CLUSTER_EXISTS'));
  const pids = (await readFile(tools.waiting, 'utf8')).trim().split('\n').map(Number);
  stop.abort();
  await created.catch(() => {});
  const [entry] = (await firstOf(engine.calls.activity.watch(undefined, soon()), (event) => event.entries[0]?.state === 'cancelled')).entries;
  expect(entry?.commands).toEqual(['kind create cluster --name slow', 'kind delete cluster --name slow']);
  expect(entry?.steps.at(-1)?.step.key).toBe('step.take-back-cluster');
  expect(pids.map(isAlive)).toEqual([false, false]);
  expect((await seen()).clusters).toEqual([]);
});

test('a cancelled creation that cannot be taken back says so, in the tool’s own words', async () => {
  await open();
  const stop = new AbortController();
  const created = follow(engine.calls.clusters.create({ tool: 'kind', name: 'stuck', nodes: 1 }, stop.signal));
  await vi.waitFor(() => expect(existsSync(tools.waiting)).toBe(true), { timeout: 10_000 });
  stop.abort();
  await created.catch(() => {});
  const [entry] = (await firstOf(engine.calls.activity.watch(undefined, soon()), (event) => event.entries[0]?.state !== 'running')).entries;
  expect(entry).toMatchObject({
    state: 'failed',
    failure: { code: 'CLUSTER_NOT_TAKEN_BACK', params: { tool: 'kind', name: 'stuck' }, cause: expect.stringContaining('failed to delete nodes: command "docker rm') as unknown },
  });
  expect(entry?.steps.at(-1)).toMatchObject({ step: { key: 'step.take-back-cluster' }, state: 'failed' });
  await firstOf(engine.calls.clusters.watch(undefined, soon()), ({ clusters }) => clusters.some(({ name }) => name === 'stuck'));
});

test('an engine that closes in the middle of a creation takes it back first', async () => {
  await open();
  const created = follow(engine.calls.clusters.create({ tool: 'kind', name: 'slow', nodes: 1 }, soon()));
  await vi.waitFor(() => expect(existsSync(tools.waiting)).toBe(true), { timeout: 10_000 });
  await engine[Symbol.asyncDispose]();
  expect(await acts()).toEqual(['kind create cluster --name slow', 'kind delete cluster --name slow']);
  expect((await created).result).toBeUndefined();
});
