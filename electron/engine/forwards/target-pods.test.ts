import { expect, test } from 'vitest';
import type { ForwardTarget } from '../../../shared/contract/forwards.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { servingPods } from './target-pods.ts';

interface Sketch { readonly labels?: Record<string, string>; readonly ready?: boolean; readonly phase?: string; readonly deleting?: boolean; readonly age?: number; readonly ports?: NonNullable<NonNullable<Pod['spec']>['containers']>[number]['ports'] }
const pod = (name: string, { labels = { app: 'web' }, ready = true, phase = 'Running', deleting = false, age = 0, ports = [{ containerPort: 8080, name: 'http' }] }: Sketch = {}): Pod => ({
  metadata: {
    name, uid: `uid-${name}`, namespace: 'n', labels, creationTimestamp: new Date(1e12 - age * 1000).toISOString(),
    ...(deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
  },
  spec: { containers: [{ name: 'c', ...(ports ? { ports } : {}) }] },
  status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});
const workload = (selector: unknown): KubeObject => ({ metadata: { name: 'web' }, spec: { selector } });
const service = (spec: object): KubeObject => ({ metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ...spec } });
const target = (kind: ForwardTarget['kind'], port: string): ForwardTarget => ({ kind, name: 'web', port });

/** `name:port` of each, or the failure's code. */
function read(asked: ForwardTarget, object: KubeObject | undefined, ...pods: readonly Pod[]): string {
  const found = servingPods(asked, object, pods);
  return found instanceof Failure ? found.code : found.map(({ name, port }) => `${name}:${port}`).join(' ');
}

test.each<[string, string, string, Sketch | undefined]>([
  ['a number that it declares', '8080', 'web:8080', {}],
  ['a number that nobody declares', '9', 'web:9', {}],
  ['a name', 'http', 'web:8080', {}],
  ['a name that it does not have', 'grpc', 'PORT_NAME_UNKNOWN', {}],
  ['not Ready, as kubectl takes it', '8080', 'web:8080', { ready: false }],
  ['starting', '8080', 'POD_NOT_RUNNING', { phase: 'Pending' }],
  ['ended', '8080', 'POD_NOT_RUNNING', { phase: 'Succeeded' }],
  ['ending', '8080', 'POD_ENDING', { deleting: true }],
  ['not there', '8080', 'POD_GONE', undefined],
  ['UDP', '53', 'PORT_NOT_TCP', { ports: [{ containerPort: 53, protocol: 'UDP' }] }],
  ['SCTP by its name', 'sig', 'PORT_NOT_TCP', { ports: [{ containerPort: 99, name: 'sig', protocol: 'SCTP' }] }],
  ['UDP and TCP', '53', 'web:53', { ports: [{ containerPort: 53, protocol: 'UDP' }, { containerPort: 53, protocol: 'TCP' }] }],
  ['0', '0', 'PORT_INVALID', {}],
  ['70000', '70000', 'PORT_INVALID', {}],
])('a pod: %s', (_, port, expected, sketch) => {
  expect(read(target('Pod', port), undefined, ...(sketch ? [pod('web', sketch)] : []))).toBe(expected);
});

test('a workload leads to its ready pods, the oldest first, and to no other', () => {
  const pods = [pod('young', { age: 1 }), pod('old', { age: 9 }), pod('unready', { ready: false }), pod('ending', { deleting: true }), pod('other', { labels: { app: 'x' } })];
  expect(read(target('Deployment', 'http'), workload({ matchLabels: { app: 'web' } }), ...pods)).toBe('old:8080 young:8080');
  expect(read(target('StatefulSet', '1'), workload({ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'x'] }] }), ...pods)).toBe('old:1 young:1 other:1');
  expect(read(target('Deployment', '1'), workload({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }), ...pods)).toBe('other:1');
  expect(read(target('Deployment', '1'), workload({ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }), pod('a'), pod('b', { labels: { tier: '1' } }))).toBe('a:1');
  expect(read(target('Deployment', '1'), workload({}), ...pods)).toBe('NO_READY_POD');
  expect(read(target('Deployment', '1'), undefined, ...pods)).toBe('OBJECT_GONE');
  expect(read(target('Deployment', '1'), workload({ matchLabels: { app: 'web' } }))).toBe('NO_READY_POD');
  // Waiting for it to be ready would not give it that name.
  expect(read(target('Deployment', 'grpc'), workload({ matchLabels: { app: 'web' } }), pod('p', { ready: false }))).toBe('PORT_NAME_UNKNOWN');
});

test('during a rolling update a named port may be another number in each pod', () => {
  const pods = [pod('old', { age: 9 }), pod('new', { ports: [{ containerPort: 9090, name: 'http' }] })];
  expect(read(target('Deployment', 'http'), workload({ matchLabels: { app: 'web' } }), ...pods)).toBe('old:8080 new:9090');
});

test.each<[string, string, object, string]>([
  ['by its port', '80', { ports: [{ port: 80, targetPort: 8080 }] }, 'p:8080'],
  ['by the name of its port', 'www', { ports: [{ name: 'www', port: 80, targetPort: 'http' }] }, 'p:8080'],
  ['without a targetPort', '80', { ports: [{ port: 80 }] }, 'p:80'],
  ['a port that it does not have', '8080', { ports: [{ port: 80, targetPort: 8080 }] }, 'PORT_NAME_UNKNOWN'],
  ['a targetPort that no pod has', '80', { ports: [{ port: 80, targetPort: 'grpc' }] }, 'PORT_NAME_UNKNOWN'],
  ['UDP', '53', { ports: [{ port: 53, protocol: 'UDP' }] }, 'PORT_NOT_TCP'],
  ['TCP beside UDP', '53', { ports: [{ port: 53, protocol: 'UDP', name: 'u' }, { port: 53, protocol: 'TCP', name: 't' }] }, 'p:53'],
  ['a name outside', '80', { type: 'ExternalName', externalName: 'example.com', selector: undefined, ports: [{ port: 80 }] }, 'SERVICE_EXTERNAL'],
  ['without a selector', '80', { selector: undefined, ports: [{ port: 80 }] }, 'SERVICE_WITHOUT_SELECTOR'],
])('a Service: %s', (_, port, spec, expected) => {
  expect(read(target('Service', port), service(spec), pod('p'), pod('unready', { ready: false }), pod('other', { labels: {} }))).toBe(expected);
});
