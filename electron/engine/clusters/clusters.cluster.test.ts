// The local clusters against a real Docker and the three real test clusters. What is started, stopped and deleted is a container of the test's own,
// labelled as the node of a kind cluster; the shared clusters are only looked at. With a real `kind` (Debian sid has it) its list, its words and its
// deletion are tried, too. It cannot create a cluster here, since its node image cannot be had: that it takes our arguments is seen by how it fails.
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Outputs } from '../../../shared/contract/contract.ts';
import { docker, kubectl } from '../../../test/fixtures/command-line.ts';
import { findTool, toolsOfThisMachine } from '../../clients/tools/find-tool.ts';
import { openEngine, type Engine } from '../engine.ts';

const kindProgram = await findTool('kind', toolsOfThisMachine());
const name = `podlab-clusters-${process.pid}`;
const node = `${name}-control-plane`;
let folder: string;
let engine: Engine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-clusters-'));
  // A copy: kind takes the context of a deleted cluster out of its kubeconfig.
  await copyFile(process.env.KUBECONFIG!, join(folder, 'kubeconfig'));
  vi.stubEnv('KUBECONFIG', join(folder, 'kubeconfig'));
  engine = await openEngine({ stateDirectory: folder });
  const image = (await docker('inspect', 'kind-control-plane', '--format', '{{.Config.Image}}')).trim();
  // `sleep` as the first process does not end on SIGTERM, and Docker would wait ten seconds.
  await docker('run', '-d', '--name', node, '--label', `io.x-k8s.kind.cluster=${name}`, '--label', 'io.x-k8s.kind.role=control-plane', '--network', 'none',
    '--stop-signal', 'KILL', '--entrypoint', 'sleep', image, 'infinity');
});
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await docker('rm', '-f', node).catch(() => '');
  await rm(folder, { recursive: true, force: true });
});

const soon = () => AbortSignal.timeout(240_000);
type State = Outputs['clusters']['watch'] extends AsyncIterable<infer Event> ? Event : never;
async function until(wanted: (state: State) => boolean): Promise<State> {
  for await (const state of engine.calls.clusters.watch(undefined, soon())) if (wanted(state)) return state;
  throw new Error(`never so: ${JSON.stringify(await engine.calls.clusters.watch(undefined, soon()).next())}`);
}
const own = ({ clusters }: State) => clusters.find((cluster) => cluster.name === name);
const stateInDocker = async () => (await docker('inspect', node, '--format', '{{.State.Status}}')).trim();
async function drain(stream: AsyncIterable<unknown>) {
  for await (const _ of stream);
}

test('the clusters of kind and minikube by their containers, with their contexts', async () => {
  const { clusters } = await until((state) => own(state)?.state === 'running' && state.clusters.length >= 3);
  expect(clusters).toEqual(expect.arrayContaining([
    { tool: 'kind', name: 'kind', context: 'kind-kind', state: 'running', nodes: expect.arrayContaining([{ name: 'kind-control-plane', state: 'running' }]) as unknown },
    { tool: 'kind', name, state: 'running', nodes: [{ name: node, state: 'running' }] },
    { tool: 'minikube', name: 'minikube', context: 'minikube', state: 'running', nodes: [{ name: 'minikube', state: 'running' }] },
  ]));
});

test('every context, with what kubectl says of its nodes', async () => {
  for await (const { contexts } of engine.calls.clusters.watchContexts({ ask: [] }, soon())) {
    if (!contexts.every(({ connection, serverVersion, nodes }) => connection.state === 'live' && serverVersion && nodes.every(({ store }) => store.known !== 'no-docker'))) continue;
    expect(contexts.map(({ context, kind }) => [context, kind]).sort()).toEqual([['docker-desktop', 'docker-desktop'], ['kind-kind', 'kind'], ['minikube', 'minikube']]);
    for (const { context, nodes } of contexts) {
      const lines = await kubectl(context as 'minikube', 'get', 'nodes', '-o', 'jsonpath={range .items[*]}{.metadata.name} {.status.nodeInfo.containerRuntimeVersion}{"\\n"}{end}');
      expect(nodes.map((one) => `${one.name} ${one.runtime}`).sort()).toEqual(lines.trim().split('\n').sort());
    }
    expect(Object.fromEntries(contexts.map(({ context, nodes }) => [context, nodes[0]!.store.known]))).toMatchObject({ 'kind-kind': 'node-container-label', minikube: 'node-container-label' });
    return;
  }
  throw new Error('not all three contexts came alive');
});

test('a kind cluster stops and starts in Docker, with and without Podlab, and the list follows', async () => {
  const cluster = { tool: 'kind', name } as const;
  await drain(engine.calls.clusters.stop(cluster, soon()));
  expect(await stateInDocker()).toBe('exited');
  expect(own(await until((state) => own(state)?.state === 'stopped'))?.nodes).toEqual([{ name: node, state: 'stopped' }]);
  await drain(engine.calls.clusters.stop(cluster, soon())); // stopped already: nothing to do, no failure
  await drain(engine.calls.clusters.start(cluster, soon()));
  expect(await stateInDocker()).toBe('running');
  await until((state) => own(state)?.state === 'running');
  const stopped = until((state) => own(state)?.state === 'stopped');
  await docker('stop', node);
  await stopped;
  for await (const { entries } of engine.calls.activity.watch(undefined, soon())) {
    expect(entries.map(({ state, commands }) => [state, ...commands])).toEqual([['done', `docker stop ${node}`], ['done', `docker stop ${node}`], ['done', `docker start ${node}`]]);
    break;
  }
});

test('a cluster that Docker has not cannot be started', async () => {
  await expect(drain(engine.calls.clusters.start({ tool: 'kind', name: `${name}-none` }, soon()))).rejects.toMatchObject({ code: 'CLUSTER_GONE', raw: `Docker has no node of the cluster ${name}-none` });
});

test.runIf(kindProgram)('kind itself: it lists what the labels say, takes our arguments, and deletes what it is told', async () => {
  const { tools } = await until((state) => state.tools[0]?.state === 'found');
  expect(tools[0]).toMatchObject({ tool: 'kind', path: kindProgram, version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown });
  await expect(drain(engine.calls.clusters.create({ tool: 'kind', name: 'kind', nodes: 1 }, soon()))).rejects.toMatchObject({ code: 'CLUSTER_EXISTS' });
  await expect(drain(engine.calls.clusters.create({ tool: 'kind', name: `${name}-new`, nodes: 2, kubernetesVersion: '1.34.0' }, soon()))).rejects.toMatchObject({
    code: 'TOOL_FAILED', raw: expect.stringMatching(/failed to pull image "kindest\/node:v1\.34\.0"/) as unknown,
  });
  expect((await until(() => true)).clusters.map((cluster) => cluster.name)).not.toContain(`${name}-new`);
  await expect(drain(engine.calls.clusters.remove({ tool: 'kind', name, confirm: 'kind' }, soon()))).rejects.toMatchObject({ code: 'NOT_CONFIRMED' });
  await drain(engine.calls.clusters.remove({ tool: 'kind', name, confirm: name }, soon()));
  expect(own(await until(() => true))).toBeUndefined();
  await expect(stateInDocker()).rejects.toThrow('No such object');
}, 60_000);

test.runIf(!kindProgram)('without kind a cluster cannot be deleted, and stays', async () => {
  await expect(drain(engine.calls.clusters.remove({ tool: 'kind', name, confirm: name }, soon()))).rejects.toMatchObject({ code: 'TOOL_MISSING' });
  expect(await stateInDocker()).toBe('exited');
});
