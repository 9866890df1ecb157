// What must not be called an error: research/diagnosis.md 7.6.
import { expect, test } from 'vitest';
import type { KubeEvent, KubeObject } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { ago, crashWorld, deployment, ended, eventOf, owned, revision, runs, runsAgain } from './sample-crash.ts';
import type { World } from './world.ts';

const ready = { conditions: [{ type: 'Ready', status: 'True' }, { type: 'ContainersReady', status: 'True' }] };
const waits = (reason: string, message?: string) => [{ name: 'app', ready: false, restartCount: 0, state: { waiting: { reason, ...(message && { message }) } } }];
const probe = { readinessProbe: { httpGet: { path: '/', port: 8080 }, initialDelaySeconds: 60 } };
const completed = { statuses: [{ name: 'app', ready: false, restartCount: 0, state: { terminated: ended(0) } }], spec: { restartPolicy: 'Never' }, status: { phase: 'Succeeded' } };
const job: KubeObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'default', uid: 'j' } };
const service = (spec: object): KubeObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'db', namespace: 'default' }, spec });
const claim: KubeObject = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'default' }, spec: { storageClassName: 'local' }, status: { phase: 'Pending' } };
const waitsForPod: KubeEvent = {
  ...eventOf('WaitForFirstConsumer', 'waiting for first consumer to be created before binding', 2), involvedObject: { kind: 'PersistentVolumeClaim', name: 'data', namespace: 'default' }, type: 'Normal' };
const unscheduled = (seconds: number) => ({ metadata: { creationTimestamp: ago(seconds) }, spec: { containers: [{ name: 'app', image: 'app:1' }] } as never, status: { phase: 'Pending' }, statuses: [] });
const withoutNode = ({ pod, ...world }: World): World => ({ ...world, pod: { ...pod, spec: Object.fromEntries(Object.entries(pod.spec ?? {}).filter(([name]) => name !== 'nodeName')) } });
const well = runs(3600, { ready: true });

const worlds: Record<string, World> = {
  'a healthy pod': crashWorld({ statuses: [well], status: ready }),
  'a healthy pod of which everything is known': crashWorld({ statuses: [well], status: ready, world: {
    related: {}, elsewhere: {}, logs: {}, otherPods: [], services: [], endpoints: [], storageClasses: [], limitRanges: [], quotas: [], revisions: [], ownerEvents: [],
    listeners: [{ address: '0.0.0.0', port: 8080 }], imageConfigs: { app: { Cmd: ['/app'], Architecture: 'amd64' } }, hostImages: [], nodeImages: [], stores: [], serverMinor: 20 } }),
  'a healthy pod whose log speaks of errors': crashWorld({ statuses: [well], status: ready, world: { logs: { app: { text: 'connect ECONNREFUSED db:5432\nerror: trying again', previous: false } } } }),
  'a healthy pod with old warnings': crashWorld({ statuses: [well], status: ready, world: { events: [
    eventOf('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', 3500), eventOf('FailedScheduling', '0/1 nodes are available: 1 Insufficient cpu.', 3600),
    eventOf('FailedMount', 'MountVolume.SetUp failed for volume "c" : configmap "c" not found', 3590), eventOf('BackOff', 'Back-off restarting failed container', 3550)] } }),
  'the pod of a completed Job': crashWorld({ ...completed, metadata: { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'j', controller: true }] }, world: { owners: [job] } }),
  'a completed pod': crashWorld(completed),
  'three seconds old, without a node': withoutNode(crashWorld(unscheduled(3))),
  'three seconds old, being made': crashWorld({ statuses: waits('ContainerCreating'), metadata: { creationTimestamp: ago(3) }, status: { phase: 'Pending' } }),
  'three seconds old, just started, not ready yet': crashWorld({ statuses: [runs(1)], metadata: { creationTimestamp: ago(3) } }),
  'three seconds old, nothing said of its containers yet': crashWorld({ statuses: [], metadata: { creationTimestamp: ago(3) }, status: { phase: 'Pending' } }),
  'its image is being downloaded': crashWorld({ statuses: waits('ContainerCreating'), status: { phase: 'Pending' }, world: { events: [eventOf('Pulling', 'Pulling image "app:1"', 40, { type: 'Normal' })] } }),
  'its image is being downloaded for a second container': crashWorld({ containers: [{}, {}], statuses: [...waits('ContainerCreating'), ...waits('ContainerCreating').map((each) => ({ ...each, name: 'side-1' }))], status: { phase: 'Pending' }, world: { events: [
    eventOf('Pulled', 'Successfully pulled image "app:1" in 30s', 20, { type: 'Normal' }), eventOf('Pulling', 'Pulling image "side:1"', 15, { type: 'Normal', involvedObject: { uid: 'u1', fieldPath: 'spec.containers{side-1}' } })] } }),
  'a claim that waits for its first pod, which was just made': withoutNode(crashWorld({
    ...unscheduled(3), spec: { containers: [{ name: 'app', image: 'app:1' }], volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] }, world: { related: { 'PersistentVolumeClaim/data': claim }, events: [waitsForPod] } })),
  'a rollout that goes on: the new pod starts': crashWorld({ statuses: waits('ContainerCreating'), metadata: { ...owned, creationTimestamp: ago(4) }, status: { phase: 'Pending' }, world: { owners: [revision(2, 0), deployment], revisions: [revision(1, 1), revision(2, 0)] } }),
  'a rollout that goes on: the old pod ends': crashWorld({ statuses: [well], metadata: { ...owned, deletionTimestamp: new Date(Date.parse(ago(0)) + 25_000).toISOString(), deletionGracePeriodSeconds: 30 }, status: ready }),
  'scaled to nothing: its last pod ends': crashWorld({ statuses: [well], metadata: { ...owned, deletionTimestamp: new Date(Date.parse(ago(0)) + 29_000).toISOString(), deletionGracePeriodSeconds: 30 },
    world: { owners: [revision(2, 0), { ...deployment, spec: { replicas: 0 } }] } }),
  'terminating within its grace period, its program has ended': crashWorld({
    statuses: [{ name: 'app', ready: false, restartCount: 0, state: { terminated: ended(143) } }], metadata: { deletionTimestamp: new Date(Date.parse(ago(0)) + 5000).toISOString(), deletionGracePeriodSeconds: 30 } }),
  'crashed an hour ago, and is ready since': crashWorld({ statuses: [runsAgain(1, { state: { running: { startedAt: ago(3590) } }, lastState: { terminated: ended(1, { startedAt: ago(3700), finishedAt: ago(3600) }) } })], status: ready }),
  'killed by its probe an hour ago, and is ready since': crashWorld({
    containers: [{ livenessProbe: { httpGet: { path: '/', port: 8080 } } }], status: ready,
    statuses: [runsAgain(137, { state: { running: { startedAt: ago(3590) } }, lastState: { terminated: ended(137, { startedAt: ago(3700), finishedAt: ago(3600) }) } })],
    world: { events: [eventOf('Killing', 'Container app failed liveness probe, will be restarted', 3630), eventOf('Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500', 3630)] } }),
  'a headless Service without a selector': crashWorld({ statuses: [well], status: ready, metadata: { labels: { app: 'web' } }, world: { services: [service({ clusterIP: 'None', ports: [{ port: 5432 }] })], endpoints: [] } }),
  'a Service that selects it': crashWorld({ statuses: [well], status: ready, containers: [{ ports: [{ containerPort: 8080 }] }], metadata: { labels: { app: 'web' } }, world: {
    services: [service({ clusterIP: '10.96.0.7', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] })],
    endpoints: [{ kind: 'Endpoints', metadata: { name: 'db', namespace: 'default' }, subsets: [{ addresses: [{ ip: '10.1.0.5', targetRef: { kind: 'Pod', name: 'p', uid: 'u1' } }], ports: [{ port: 8080 }] }] }] } }),
  'a Service of other pods': crashWorld({ statuses: [well], status: ready, metadata: { labels: { app: 'web' } }, world: { services: [service({ clusterIP: '10.96.0.7', selector: { app: 'db' }, ports: [{ port: 80 }] })], endpoints: [] } }),
  'not ready while its first check is still to come': crashWorld({ containers: [probe], statuses: [runs(30)], metadata: { creationTimestamp: ago(32) }, status: { conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }, { type: 'ContainersReady', status: 'False', reason: 'ContainersNotReady' }] } }),
  'an init container that works for twenty seconds': crashWorld({
    statuses: waits('PodInitializing'), spec: { nodeName: 'node-1', initContainers: [{ name: 'init', image: 'init:1' }], containers: [{ name: 'app', image: 'app:1' }] }, metadata: { creationTimestamp: ago(22) },
    status: { phase: 'Pending', initContainerStatuses: [{ ...runs(20), name: 'init' }], conditions: [{ type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized' }] } }),
};

test.each(Object.entries(worlds))('%s: no error', (_, world) => {
  expect(diagnose(world).filter(({ severity }) => severity === 'error').map(({ id, message }) => `${id} ${message.key}`)).toEqual([]);
});

/** The tables prove nothing if such a world could never have a finding. */
test('the same worlds with something wrong in them have one', () => {
  expect(diagnose(crashWorld({ statuses: waits('CreateContainerConfigError', 'configmap "c" not found') })).some(({ severity }) => severity === 'error')).toBe(true);
  expect(diagnose(crashWorld({ statuses: [runsAgain(1)] }))).toHaveLength(1);
});
