import { expect, test } from 'vitest';
import type { Node } from '../objects.ts';
import { nodeImages } from './node-images.ts';
import { createTestCluster, createTestClock, createTestRuntime } from './test-cluster.ts';

const node = (cluster: ReturnType<typeof createTestCluster>) => cluster.store.get('nodes', '', 'node') as Node;

test('the node is there at once, ready and with its labels', async () => {
  using cluster = createTestCluster();
  await cluster.clock.turn(0);
  expect(node(cluster).metadata.labels).toMatchObject({ 'kubernetes.io/hostname': 'node', 'kubernetes.io/os': 'linux' });
  expect(node(cluster).status).toMatchObject({
    addresses: [
      { type: 'InternalIP', address: '192.0.2.2' },
      { type: 'Hostname', address: 'node' },
    ],
    capacity: { pods: '110' },
    nodeInfo: { containerRuntimeVersion: 'docker://1', kubeletVersion: 'v1.34.0', operatingSystem: 'linux' },
  });
  expect(node(cluster).status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
  });
});

test('a new image is told within the real kubelet\'s 40 seconds, not at once', async () => {
  using cluster = createTestCluster();
  await cluster.clock.turn(0);
  cluster.runtime.addImage('app:1');
  expect(node(cluster).status.images).toEqual([]);
  await cluster.clock.turn(40_000);
  expect(node(cluster).status.images).toEqual([{ names: ['app:1'], sizeBytes: 1000 }]);
});

test('the lease is renewed', async () => {
  using cluster = createTestCluster();
  cluster.store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-node-lease' } });
  await cluster.clock.turn(1000);
  const lease = () => cluster.store.get('leases.coordination.k8s.io', 'kube-node-lease', 'node')?.spec as { renewTime: string };
  const first = lease();
  expect(first).toMatchObject({ holderIdentity: 'node', leaseDurationSeconds: 40 });
  await cluster.clock.turn(11_000);
  expect(lease().renewTime > first.renewTime).toBe(true);
});

test('of images: the 50 largest, the largest first, 5 names each, digests before tags, in the runtime\'s form', () => {
  const stored = Array.from({ length: 60 }, (_, index) => ({
    image: { size: index },
    names: Array.from({ length: 5 }, (_, tag) => `docker.io/library/app${index}:${tag}`),
    digests: [`docker.io/library/app${index}@sha256:0`],
  }));
  const runtime = createTestRuntime(createTestClock());
  Object.assign(runtime.images, { list: () => stored });
  const docker = nodeImages({ images: runtime.images, kind: 'docker' }, 34);
  expect(docker).toHaveLength(50);
  expect(docker[0]).toEqual({ names: ['app59@sha256:0', 'app59:0', 'app59:1', 'app59:2', 'app59:3'], sizeBytes: 59 });
  expect(nodeImages({ images: runtime.images, kind: 'containerd' }, 34)[0]?.names[0]).toBe('docker.io/library/app59@sha256:0');
});
