// Services and the endpoints behind them.
import { describe, expect, test } from 'vitest';
import { failure, soon, type Bench, type Namespace } from '../bench.ts';
import type { Json } from '../http.ts';

export function services(bench: () => Bench): void {
  describe.concurrent('services', () => {
    const subsets = async (namespace: Namespace, wanted: (subsets: Json[]) => boolean): Promise<Json[]> =>
      soon(async () => {
        const { body } = await namespace.api.get(`${namespace.path}/endpoints/s`);
        return wanted(body.subsets ?? []) ? (body.subsets ?? []) : undefined;
      }, 60);

    test('get an IP of their own and the defaults', async () => {
      await using namespace = await bench().namespace('service');
      const service = await namespace.create('services', { metadata: { name: 's' }, spec: { selector: { app: 'a' }, ports: [{ port: 80 }] } });
      expect(service).toMatchObject({
        spec: {
          type: 'ClusterIP',
          sessionAffinity: 'None',
          clusterIP: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
          ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
        },
        status: { loadBalancer: {} },
      });
      expect(service.spec.clusterIPs).toEqual([service.spec.clusterIP]);
      const other = await namespace.create('services', { metadata: { name: 'other' }, spec: { ports: [{ port: 80 }] } });
      expect(other.spec.clusterIP).not.toBe(service.spec.clusterIP);
      const headless = await namespace.create('services', { metadata: { name: 'headless' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } });
      expect(headless.spec.clusterIP).toBe('None');
    });

    test('node ports, and types that there are not', async () => {
      await using namespace = await bench().namespace('service');
      const service = await namespace.create('services', { metadata: { name: 's' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } });
      expect(service.spec.ports[0].nodePort).toBeGreaterThanOrEqual(30000);
      expect(service.spec.ports[0].nodePort).toBeLessThan(32768);
      const answer = await namespace.api.post(`${namespace.path}/services`, { metadata: { name: 'x' }, spec: { type: 'Nothing', ports: [{ port: 80 }] } });
      expect(failure(answer)).toMatchObject({
        code: 422,
        message: expect.stringContaining('spec.type: Unsupported value: "Nothing": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'),
      });
      expect(failure(await namespace.api.post(`${namespace.path}/services`, { metadata: { name: 'x' }, spec: {} }))).toMatchObject({
        code: 422,
        message: expect.stringContaining('spec.ports: Required value'),
      });
    });

    test('have the pods that are ready as endpoints, and the others as not ready', async () => {
      await using namespace = await bench().namespace('service');
      await namespace.create('services', { metadata: { name: 's' }, spec: { selector: { app: 'a' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } });
      expect(await subsets(namespace, (found) => found.length === 0)).toEqual([]);
      await namespace.run('one', 'sleep 3600', { labels: { app: 'a' } });
      await namespace.run('stays-unready', 'sleep 3600', {
        labels: { app: 'a' },
        container: { readinessProbe: { exec: { command: ['false'] }, periodSeconds: 1 } },
      });
      await namespace.run('other', 'sleep 3600', { labels: { app: 'b' } });
      const one = await namespace.ready('one');
      const unready = await namespace.podUntil('stays-unready', (pod) => pod.status.podIP && pod.status.phase === 'Running');
      const [subset] = await subsets(namespace, (found) => found[0]?.addresses?.length === 1 && found[0]?.notReadyAddresses?.length === 1);
      expect(subset).toMatchObject({
        addresses: [
          { ip: one.status.podIP, nodeName: bench().target.node, targetRef: { kind: 'Pod', namespace: namespace.name, name: 'one', uid: one.metadata.uid } },
        ],
        notReadyAddresses: [{ ip: unready.status.podIP, targetRef: { name: 'stays-unready' } }],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      });
      await namespace.api.delete(namespace.pod('one'), { gracePeriodSeconds: 0 });
      await subsets(namespace, (found) => !found[0]?.addresses);
      await namespace.api.delete(`${namespace.path}/services/s`);
      await soon(async () => ((await namespace.api.get(`${namespace.path}/endpoints/s`)).status === 404 ? true : undefined), 60);
    }, 90_000);
  });
}
