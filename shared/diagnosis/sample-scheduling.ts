// Worlds of pods that no node takes, that do not start, and that were ended. The texts are those of Kubernetes 1.20.2 on the two kinds of test
// cluster, unless a test says otherwise.
import type { Finding } from '../contract/findings.ts';
import type { KubeEvent, KubeNode, KubeObject, Pod } from '../kubernetes/objects.ts';
import { created, now, sharedWorld } from './sample-worlds.ts';
import type { World } from './world.ts';

const GI = 2 ** 30;

/** The only node, of 2 cores and 8Gi. */
export const oneNode = (spec: KubeNode['spec'] = {}, labels: Record<string, string> = {}): KubeNode => ({
  metadata: { name: 'node-1', labels: { 'kubernetes.io/os': 'linux', ...labels } }, spec,
  status: { allocatable: { cpu: '2', memory: String(8 * GI), pods: '110' }, conditions: [{ type: 'Ready', status: 'True' }] },
});

export const pod = (spec: NonNullable<Pod['spec']> = {}, rest: Pick<Pod, 'status'> & { metadata?: Pod['metadata'] } = {}): Pod => ({
  metadata: { name: 'spring', namespace: 'default', uid: 'u1', creationTimestamp: created, ...rest.metadata },
  spec: { containers: [{ name: 'app', image: 'spring-server:1' }], ...spec },
  status: { phase: 'Pending', ...rest.status },
});

export const asking = (requests: Record<string, string>, rest: NonNullable<Pod['spec']> = {}): NonNullable<Pod['spec']> =>
  ({ containers: [{ name: 'app', resources: { requests } }], ...rest });

/** The pod with what the scheduler said of it. */
export function refusedWorld(message: string, spec: NonNullable<Pod['spec']> = {}, rest: Partial<World> = {}): World {
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: created }];
  return sharedWorld(pod(spec, { status: { phase: 'Pending', conditions } }), { nodes: [oneNode()], otherPods: [], ...rest });
}

/** A pod on its node whose containers wait. */
export function startingWorld(events: readonly KubeEvent[], spec: NonNullable<Pod['spec']> = {}, rest: Partial<World> = {}): World {
  const status = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True' }], containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ContainerCreating' } } }] };
  return sharedWorld(pod({ nodeName: 'node-1', ...spec }, { status }), { nodes: [oneNode()], events, ...rest });
}

export const event = (reason: string, message: string, minute = 4, rest: Partial<KubeEvent> = {}): KubeEvent => ({
  metadata: { name: `spring.${reason}${minute}`, namespace: 'default' }, type: 'Warning', reason, message, count: 3, firstTimestamp: created,
  lastTimestamp: new Date(Date.parse(created) + minute * 60_000).toISOString(), involvedObject: { kind: 'Pod', namespace: 'default', name: 'spring', uid: 'u1' }, ...rest,
});

/** As the scheduler writes them: no count, no first and last time. */
export const schedulerEvent = (message: string): KubeEvent => ({
  metadata: { name: 'spring.17', namespace: 'default' }, type: 'Warning', reason: 'FailedScheduling', message, count: null, firstTimestamp: null, lastTimestamp: null,
  eventTime: '2026-03-01T12:00:01.000000Z', source: {}, reportingComponent: 'default-scheduler', involvedObject: { kind: 'Pod', namespace: 'default', name: 'spring', uid: 'u1' },
});

/** Another pod on the node. */
export const other = (name: string, spec: NonNullable<Pod['spec']>, metadata: Pod['metadata'] = {}): Pod =>
  ({ metadata: { name, namespace: 'default', uid: name, ...metadata }, spec: { nodeName: 'node-1', containers: [{ name: 'app' }], ...spec }, status: { phase: 'Running' } });

export const deployment = (replicas: number): KubeObject => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'spring', namespace: 'default', uid: 'd' }, spec: { replicas } });
export const replicaSet = (uid: string): KubeObject => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: `spring-${uid}`, namespace: 'default', uid } });
export const owned = (uid: string): Pod['metadata'] => ({ ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `spring-${uid}`, uid, controller: true }] });

export const minutesAgo = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();

/** A finding in a word: its id, the last part of its sentence's key, and its fixes with `*` for the recommended one. */
export const brief = (findings: readonly Finding[]): string[] => findings.map(({ id, message, fixes }) => [
  id, message.key.split('.').at(-1)?.replace(/^sentence-?/, '') || '-', ...fixes.map((fix) => `${fix.recommended ? '*' : ''}${'key' in fix ? fix.key : fix.action}`),
].join(' '));
