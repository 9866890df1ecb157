// Worlds for the tests of crashes and probes, written by hand. The words are those of Kubernetes 1.20.2 with Docker 20.10.24 and containerd 1.6.20.
import type { Container, ContainerStateTerminated, ContainerStatus, KubeEvent, KubeObject, Pod } from '../kubernetes/objects.ts';
import { created, node, now } from './sample-worlds.ts';
import type { World } from './world.ts';

/** RFC 3339, so many seconds before `now`. */
export const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString().replace('.000', '');

/** A run of three seconds that ended 20 s ago. */
export const ended = (exitCode: number, rest: Partial<ContainerStateTerminated> = {}): ContainerStateTerminated =>
  ({ exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: ago(23), finishedAt: ago(20), ...rest });

export const backOff = (name = 'app') =>
  ({ waiting: { reason: 'CrashLoopBackOff', message: `back-off 40s restarting failed container=${name} pod=p_default(0b1c5c9e-7f0e-4a6e-9d7e-1d7b5f0c9d11)` } });

/** In CrashLoopBackOff after its third end. */
export const looping = (exitCode: number, rest: Partial<ContainerStateTerminated> = {}, name = 'app'): ContainerStatus =>
  ({ name, ready: false, started: false, restartCount: 2, state: backOff(name), lastState: { terminated: ended(exitCode, rest) } });

/** Runs again since ten seconds. */
export const runsAgain = (exitCode: number, rest: Partial<ContainerStatus> = {}): ContainerStatus =>
  ({ name: 'app', ready: true, started: true, restartCount: 2, state: { running: { startedAt: ago(10) } }, lastState: { terminated: ended(exitCode) }, ...rest });

export const runs = (seconds: number, rest: Partial<ContainerStatus> = {}): ContainerStatus =>
  ({ name: 'app', ready: false, started: true, restartCount: 0, state: { running: { startedAt: ago(seconds) } }, ...rest });

export interface Parts {
  readonly containers?: readonly Partial<Container>[];
  readonly statuses: readonly ContainerStatus[];
  readonly spec?: Pod['spec'];
  readonly status?: Pod['status'];
  readonly metadata?: Pod['metadata'];
  readonly world?: Partial<World>;
  /** The log of `app`. */
  readonly log?: string;
}

export function crashWorld({ containers = [{}], statuses, spec, status, metadata, world, log }: Parts): World {
  const pod: Pod = {
    metadata: { name: 'p', namespace: 'default', uid: 'u1', creationTimestamp: created, ...metadata },
    spec: { nodeName: 'node-1', restartPolicy: 'Always', containers: containers.map((each, index) => ({ name: index === 0 ? 'app' : `side-${index}`, image: 'app:1', ...each })), ...spec },
    status: { phase: 'Running', containerStatuses: statuses, ...status },
  };
  const logs = log === undefined ? {} : { logs: { app: { text: log, previous: true } } };
  return { now, pod, owners: [], events: [], nodes: [node('True')], stores: 'unknown', hostImages: 'unknown', nodeImages: 'unknown', memory: {}, ...logs, ...world };
}

export function eventOf(reason: string, message: string, seconds = 21, rest: Partial<KubeEvent> = {}): KubeEvent {
  return {
    metadata: { name: `p.${reason}`, namespace: 'default' }, type: reason === 'Killing' ? 'Normal' : 'Warning', reason, message, count: 1,
    firstTimestamp: ago(seconds), lastTimestamp: ago(seconds),
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'p', uid: 'u1', fieldPath: 'spec.containers{app}' }, ...rest,
  };
}

export const deployment: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default', uid: 'd' } };

export const revision = (number: number, ready: number): KubeObject => ({
  apiVersion: 'apps/v1', kind: 'ReplicaSet',
  metadata: { name: `web-${number}`, namespace: 'default', uid: `r${number}`, annotations: { 'deployment.kubernetes.io/revision': String(number) } },
  spec: { template: { metadata: { labels: { app: 'web', 'pod-template-hash': `h${number}` } }, spec: { containers: [{ name: 'app', image: `app:${number}` }] } } },
  status: { replicas: ready, readyReplicas: ready },
});

/** A pod of revision 2 of the Deployment. */
export const owned: Pod['metadata'] = { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-2', uid: 'r2', controller: true }] };
