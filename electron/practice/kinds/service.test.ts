import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/api-error.ts';
import { testCluster, type TestCluster } from '../controllers/cluster-for-test.ts';
import type { Service } from '../objects.ts';
import { kindOf } from './all-kinds.ts';

const service = (cluster: TestCluster, name: string, spec: Record<string, unknown>) => cluster.add('services', 'default', { metadata: { name }, spec }) as Service;

function answer(spec: Record<string, unknown>): string {
  try {
    service(testCluster(20), 's', spec);
    return 'accepted';
  } catch (error) {
    return error instanceof ApiError ? error.message.replace('Service "s" is invalid: ', '') : String(error);
  }
}

describe('a new service', () => {
  it('is given an address of its own', () => {
    const cluster = testCluster(20);
    const first = service(cluster, 'a', { ports: [{ port: 80 }] });
    const second = service(cluster, 'b', { ports: [{ port: 80, targetPort: 'http' }] });
    expect(first.spec.clusterIP).toMatch(/^10\.(9[6-9]|10\d|11[01])\.\d+\.\d+$/);
    expect(second.spec.clusterIP).not.toBe(first.spec.clusterIP);
    expect(first.spec).toEqual({
      clusterIP: first.spec.clusterIP,
      clusterIPs: [first.spec.clusterIP],
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    });
    expect(first['status']).toEqual({ loadBalancer: {} });
  });

  it('may have the families of addresses told by later versions', () => {
    expect(service(testCluster(34), 'a', { ports: [{ port: 80 }] }).spec).toMatchObject({ ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster' });
  });

  it('keeps what it was given, and takes no address that another has', () => {
    const cluster = testCluster(20);
    service(cluster, 'a', { clusterIP: '10.96.0.10', ports: [{ port: 80 }] });
    expect(() => service(cluster, 'b', { clusterIP: '10.96.0.10', ports: [{ port: 80 }] })).toThrow(
      'Service "b" is invalid: spec.clusterIPs: Invalid value: []string{"10.96.0.10"}: failed to allocated ip:10.96.0.10 with error:provided IP is already allocated',
    );
    const kind = kindOf(cluster.kinds, 'services');
    const updated = cluster.api.update(kind, '', 'default', 'a', (old) => ({ ...old, spec: { ports: [{ port: 81 }] } }), { manager: 'test' });
    expect((updated as Service).spec).toMatchObject({ clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] });
    expect(() => cluster.api.update(kind, '', 'default', 'a', (old) => ({ ...old, spec: { ...(old as Service).spec, clusterIP: '10.96.0.11', clusterIPs: ['10.96.0.11'] } }), { manager: 'test' })).toThrow(
      'may not change once set',
    );
  });

  it('of type NodePort has a port of the node', () => {
    const made = service(testCluster(20), 'a', { type: 'NodePort', ports: [{ port: 80 }, { port: 81, nodePort: 30_081, name: 'b' }].map((port, index) => ({ name: `p${index}`, ...port })) });
    const [first, second] = made.spec.ports ?? [];
    expect(first?.nodePort).toBeGreaterThanOrEqual(30_000);
    expect(first?.nodePort).toBeLessThanOrEqual(32_767);
    expect(second?.nodePort).toBe(30_081);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no ports', {}, 'spec.ports: Required value'],
    ['no ports but no address either', { clusterIP: 'None' }, 'accepted'],
    ['two without names', { ports: [{ port: 80 }, { port: 81 }] }, '[spec.ports[0].name: Required value, spec.ports[1].name: Required value]'],
    ['a type', { type: 'X', ports: [{ port: 80 }] }, 'spec.type: Unsupported value: "X": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'],
    ['no address', { clusterIP: 'x', ports: [{ port: 80 }] }, 'spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ['a port of the node for the cluster alone', { ports: [{ port: 80, nodePort: 30_080 }] }, "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ['a port that no node gives', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }, 'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767'],
    ['no name to point at', { type: 'ExternalName' }, 'spec.externalName: Required value'],
  ])('with %s', (_, spec, words) => {
    expect(answer(spec)).toBe(words);
  });
});

describe('the columns of a service', () => {
  const cluster = testCluster(20);
  const kind = kindOf(cluster.kinds, 'services');
  let count = 0;
  it.each<[Record<string, unknown>, (string | number)[]]>([
    [{ clusterIP: '10.96.0.20', ports: [{ port: 443 }], selector: { b: '2', a: '1' } }, ['ClusterIP', '10.96.0.20', '<none>', '443/TCP', '0s', 'a=1,b=2']],
    [{ clusterIP: 'None', selector: { a: '1' } }, ['ClusterIP', 'None', '<none>', '<none>', '0s', 'a=1']],
    [{ type: 'NodePort', clusterIP: '10.96.0.21', ports: [{ port: 80, nodePort: 30_080 }] }, ['NodePort', '10.96.0.21', '<none>', '80:30080/TCP', '0s', '<none>']],
    [{ type: 'LoadBalancer', clusterIP: '10.96.0.22', ports: [{ port: 80, nodePort: 30_081 }] }, ['LoadBalancer', '10.96.0.22', '<pending>', '80:30081/TCP', '0s', '<none>']],
    [{ type: 'ExternalName', externalName: 'example.com' }, ['ExternalName', '<none>', 'example.com', '<none>', '0s', '<none>']],
  ])('of %j', (spec, cells) => {
    count += 1;
    const made = service(cluster, `s${count}`, spec);
    expect(kind.cells(made, cluster).slice(1)).toEqual(cells);
  });
});
