// The stores of a cluster's nodes as they are found, read and lost: with a node's container of the test's own in the real Docker, which is killed and
// started again. The node object is the test's, since nothing of Kubernetes runs in that container.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { KubeNode, Pod } from '../../../shared/kubernetes/objects.ts';
import { startTestNode, type TestNode } from '../../clients/nodes/test-node.ts';
import { openDocker, type Docker } from '../docker.ts';
import { createTopic } from '../topic.ts';
import { notConnected, type LiveTable } from './live-table.ts';
import { followNodeStores } from './node-stores.ts';

const soon = { timeout: 240_000, interval: 20 };
const NAME = `podlab-followed-test-${process.pid}`;
let docker: Docker;
let container: TestNode;

beforeAll(async () => {
  docker = openDocker();
  await vi.waitFor(() => docker.connection.docker(), soon);
  container = await startTestNode({ connection: docker.connection, name: NAME });
});
afterAll(async () => {
  await container[Symbol.asyncDispose]();
  await docker[Symbol.asyncDispose]();
});

test('a node is found by its container, read, told as lost when that dies, and read again when it is back', async () => {
  const followed = new AbortController();
  const nodes = createTopic<LiveTable<KubeNode>>(notConnected(new Date()));
  const stores = followNodeStores(docker, nodes, createTopic<LiveTable<Pod>>(notConnected(new Date())), followed.signal);
  const node = (runtime?: string): KubeNode => ({
    metadata: { name: NAME, uid: 'n' }, status: { nodeInfo: { architecture: process.arch === 'x64' ? 'amd64' : process.arch, ...(runtime && { containerRuntimeVersion: runtime }) } },
  });
  const set = (item: KubeNode) => nodes.set({ ...nodes.value, items: new Map([['n', item]]) });
  const seen = () => ({
    images: stores.images.value.read.flatMap(({ source, images }) => [source, ...images.flatMap(({ names }) => names)]),
    problems: [...stores.images.value.problems.values()].map(({ code }) => code),
    loadable: stores.loadable().map((store) => store.node),
  });
  // A node that has only just joined does not say yet what it runs: then its status is all there is.
  set(node());
  await vi.waitFor(() => expect(seen()).toEqual({ images: ['node-status'], problems: [], loadable: [] }), soon);
  set(node('containerd://1.6.20'));
  await vi.waitFor(() => expect(seen()).toEqual({ images: ['ctr'], problems: [], loadable: [NAME] }), soon);
  await container.sh('ctr --namespace=k8s.io images import /pause.tar');
  await vi.waitFor(() => expect(seen().images).toEqual(['ctr', 'k8s.gcr.io/pause:3.2']), soon);
  await container.kill();
  await vi.waitFor(() => expect(seen()).toMatchObject({ images: [], problems: ['NODE_STORE_UNREACHABLE'] }), soon);
  await container.start();
  await vi.waitFor(() => expect(seen()).toEqual({ images: ['ctr', 'k8s.gcr.io/pause:3.2'], problems: [], loadable: [NAME] }), soon);
  nodes.set({ ...nodes.value, items: new Map() });
  expect(seen()).toEqual({ images: [], problems: [], loadable: [] });
  followed.abort();
});
