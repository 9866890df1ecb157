// Worlds for the tests of what comes before a container runs: its configuration, its creation, its start, and the steps before it.
// The texts are those of Kubernetes 1.20.2 with dockershim (Docker 20.10.24) and containerd (1.6.20), read from the real clusters.
import type { Container, ContainerStatus, KubeEvent, KubeObject, Pod } from '../kubernetes/objects.ts';
import { created, now } from './sample-worlds.ts';
import type { World } from './world.ts';

export interface Started {
  readonly container?: Partial<Container>;
  readonly status?: Partial<ContainerStatus>;
  readonly spec?: Pod['spec'];
  readonly podStatus?: Pod['status'];
  readonly metadata?: Pod['metadata'];
}

/** A pod of one container `app`, on a node, five minutes old. */
export function startPod({ container, status, spec, podStatus, metadata }: Started = {}): Pod {
  return {
    metadata: { name: 'p', namespace: 'shop', uid: 'u1', creationTimestamp: created, ...metadata },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'app:1', imagePullPolicy: 'IfNotPresent', ...container }], ...spec },
    status: { phase: 'Pending', containerStatuses: [{ name: 'app', image: 'app:1', imageID: '', ready: false, restartCount: 0, ...status }], ...podStatus },
  };
}

export function startWorld(started: Started, rest: Partial<World> = {}): World {
  return {
    now, pod: startPod(started), owners: [], events: [], nodes: [{ metadata: { name: 'node-1' }, status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { architecture: 'amd64' } } }],
    stores: 'unknown', hostImages: 'unknown', nodeImages: 'unknown', memory: {}, ...rest,
  };
}

export const waits = (reason: string, message = ''): Partial<ContainerStatus> => ({ state: { waiting: { reason, message } } });

export const backOff = 'back-off 20s restarting failed container=app pod=p_shop(u1)';
export const startedAt = '2026-03-01T12:04:30Z';
export const finishedAt = '2026-03-01T12:04:32Z';

/** In the back-off after a run that ended like this. */
export const crashed = (reason: string, exitCode: number, message?: string): Partial<ContainerStatus> => ({
  restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff', message: backOff } },
  lastState: { terminated: { reason, exitCode, startedAt, finishedAt, ...(message === undefined ? {} : { message }) } },
});

/** What a runtime says before the words of runc. */
export const docker = (runc: string): Partial<ContainerStatus> =>
  crashed('ContainerCannotRun', 127, `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${runc}: unknown`);
export const containerd = (runc: string): Partial<ContainerStatus> =>
  crashed('StartError', 128, `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${runc}: unknown`);
export const dockerAtOnce = (runc: string): Partial<ContainerStatus> => waits('RunContainerError',
  `failed to start container "5476a9ca66f038d3e8960704205c2be63c9d2defb3b48f76a641cf0716d10384": Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${runc}: unknown`);

export function configObject(kind: 'ConfigMap' | 'Secret', name: string, data: Readonly<Record<string, string>>, rest: Partial<KubeObject> = {}): Record<string, KubeObject> {
  return { [`${kind}/${name}`]: { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', creationTimestamp: created }, data, ...rest } };
}

export function eventOf(reason: string, message: string, lastTimestamp: string, container = 'app'): KubeEvent {
  return {
    metadata: { name: 'p.1', namespace: 'shop', creationTimestamp: created }, type: 'Warning', reason, message, count: 3, firstTimestamp: created, lastTimestamp,
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'p', uid: 'u1', fieldPath: `spec.containers{${container}}` },
  };
}
