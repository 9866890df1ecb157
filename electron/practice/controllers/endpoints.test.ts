import { afterEach, describe, expect, it } from 'vitest';
import { kindOf } from '../kinds/all-kinds.ts';
import type { Pod } from '../objects.ts';
import { testCluster, type TestCluster } from './cluster-for-test.ts';
import { startEndpoints } from './endpoints.ts';

const running: Disposable[] = [];
afterEach(() => running.splice(0).forEach((each) => each[Symbol.dispose]()));

function started(): TestCluster {
  const cluster = testCluster(34);
  running.push(startEndpoints(cluster));
  return cluster;
}

const subsets = ({ store }: TestCluster) => store.get('endpoints', 'default', 'web')?.['subsets'];
const service = (cluster: TestCluster, spec: Record<string, unknown>) =>
  cluster.add('services', 'default', { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }], ...spec } });

function podWith(cluster: TestCluster, name: string, ip: string, ready: boolean, port = 8080): void {
  const containers = [{ name: 'c', image: 'web:1', ports: [{ name: 'http', containerPort: port }] }];
  cluster.pod(name, { containers, nodeName: 'n1' }, { labels: { app: 'web' } });
  const status = (pod: Pod): Pod => ({
    ...pod,
    status: {
      ...pod.status,
      podIP: ip,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastProbeTime: null, lastTransitionTime: '2026-01-01T00:00:00Z' }],
    },
  });
  cluster.api.update(kindOf(cluster.kinds, 'pods'), 'status', 'default', name, (pod) => status(pod as Pod), { manager: 'kubelet' });
}

describe('endpoints', () => {
  it('has the ready pods by their named port, in the order of their addresses, and the others apart', async () => {
    const cluster = started();
    service(cluster, {});
    await cluster.settled();
    expect(cluster.store.get('endpoints', 'default', 'web')).toBeDefined();
    expect(subsets(cluster)).toBeUndefined();
    podWith(cluster, 'b', '10.1.0.10', true);
    podWith(cluster, 'a', '10.1.0.9', true);
    podWith(cluster, 'c', '10.1.0.11', false);
    podWith(cluster, 'd', '10.1.0.12', true, 9090);
    await cluster.settled();
    expect(subsets(cluster)).toMatchObject([
      { addresses: [{ ip: '10.1.0.9', nodeName: 'n1', targetRef: { kind: 'Pod', name: 'a' } }, { ip: '10.1.0.10' }], notReadyAddresses: [{ ip: '10.1.0.11' }], ports: [{ port: 8080, protocol: 'TCP' }] },
      { addresses: [{ ip: '10.1.0.12' }], ports: [{ port: 9090, protocol: 'TCP' }] },
    ]);
  });

  it('counts pods that are not ready when the service says so', async () => {
    const cluster = started();
    service(cluster, { publishNotReadyAddresses: true });
    podWith(cluster, 'a', '10.1.0.9', false);
    await cluster.settled();
    expect(subsets(cluster)).toMatchObject([{ addresses: [{ ip: '10.1.0.9' }] }]);
  });

  it('lets go of a pod that is on its way, and goes with its service', async () => {
    const cluster = started();
    service(cluster, {});
    podWith(cluster, 'a', '10.1.0.9', true);
    await cluster.settled();
    expect(subsets(cluster)).toHaveLength(1);
    cluster.api.delete(kindOf(cluster.kinds, 'pods'), 'default', 'a', {});
    await cluster.settled();
    expect(subsets(cluster)).toBeUndefined();
    cluster.api.delete(kindOf(cluster.kinds, 'services'), 'default', 'web', {});
    await cluster.settled();
    expect(cluster.store.get('endpoints', 'default', 'web')).toBeUndefined();
  });

  it("leaves a person's own alone", async () => {
    const cluster = started();
    cluster.add('endpoints', 'default', { metadata: { name: 'web' }, subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 1 }] }] });
    service(cluster, { selector: {} });
    await cluster.settled();
    expect(subsets(cluster)).toMatchObject([{ addresses: [{ ip: '10.0.0.1' }] }]);
  });
});
