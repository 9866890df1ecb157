// Worlds of all families for the fuzz, as rich as a cluster's objects are; and how they are spoilt, by a seed.
import type { KubeEvent, KubeNode, KubeObject } from '../kubernetes/objects.ts';
import { ago, backOff, crashWorld, deployment, ended, eventOf, looping, owned, revision, runs } from './sample-crash.ts';
import { failedEvent, hostImage, imagesOf, nodeImage, podOf, pullErrors, sharedWorld } from './sample-worlds.ts';
import type { World } from './world.ts';

const waits = (reason: string, message?: string) => [{ name: 'app', image: 'app:1', imageID: '', ready: false, restartCount: 0, state: { waiting: { reason, ...(message && { message }) } } }];
const object = (kind: string, name: string, rest: object = {}): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'default', uid: `${kind}-${name}` }, ...rest });
const richNode: KubeNode & { readonly metadata: object } = {
  metadata: { name: 'node-1', labels: { 'kubernetes.io/hostname': 'node-1', disk: 'hdd' } },
  spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }, { key: 'team', value: 'a', effect: 'NoExecute' }] } as KubeNode['spec'],
  status: {
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status', lastTransitionTime: ago(9000) }, { type: 'DiskPressure', status: 'True', message: 'kubelet has disk pressure' }, { type: 'MemoryPressure', status: 'False' }],
    allocatable: { cpu: '2', memory: '4000000Ki', pods: '110', 'ephemeral-storage': '50Gi' }, capacity: { cpu: '2', memory: '4100000Ki', pods: '110' },
    nodeInfo: { architecture: 'amd64', containerRuntimeVersion: 'docker://20.10.24', kubeletVersion: 'v1.20.2' }, images: [{ names: ['app:1'], sizeBytes: 5 }], addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
  } as KubeNode['status'],
} as KubeNode;
const rest: Partial<World> = {
  nodes: [richNode], owners: [revision(2, 0), deployment], revisions: [revision(1, 1), revision(2, 0)],
  related: {
    'ConfigMap/settings': 'missing', 'Secret/keys': object('Secret', 'keys', { data: { token: '' } }), 'PersistentVolumeClaim/data': object('PersistentVolumeClaim', 'data', { spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }, status: { phase: 'Pending' } }),
    'ServiceAccount/runner': 'missing', 'PriorityClass/high': 'missing',
  },
  elsewhere: { 'ConfigMap/settings': ['shop'] },
  logs: { app: { text: 'listening\nError: connect ECONNREFUSED db:5432\n', previous: true } },
  otherPods: [{ metadata: { name: 'other', namespace: 'shop', uid: 'o' }, spec: { nodeName: 'node-1', containers: [{ name: 'c', resources: { requests: { cpu: '1500m', memory: '1Gi' } }, ports: [{ containerPort: 80, hostPort: 80 }] }] as never }, status: { phase: 'Running' } }],
  services: [object('Service', 'web', { spec: { selector: { app: 'web' }, clusterIP: '10.96.0.9', type: 'NodePort', ports: [{ name: 'http', port: 80, targetPort: 9999, nodePort: 30080 }] } }), object('Service', 'db', { spec: { selector: { app: 'db' }, ports: [{ port: 5432, targetPort: 'pg' }] } })],
  endpoints: [object('Endpoints', 'web', { subsets: [{ notReadyAddresses: [{ ip: '10.1.0.5', targetRef: { kind: 'Pod', name: 'p', uid: 'u1' } }], ports: [{ port: 9999 }] }] })],
  storageClasses: [object('StorageClass', 'standard', { provisioner: 'k8s.io/minikube-hostpath', volumeBindingMode: 'WaitForFirstConsumer' })],
  limitRanges: [object('LimitRange', 'limits', { spec: { limits: [{ type: 'Container', max: { memory: '512Mi' }, default: { memory: '64Mi' } }] } })],
  quotas: [object('ResourceQuota', 'quota', { spec: { hard: { pods: '2' } }, status: { hard: { pods: '2' }, used: { pods: '2' } } })],
  ownerEvents: [{ ...eventOf('FailedCreate', 'Error creating: pods "web-1" is forbidden: exceeded quota: quota, requested: pods=1, used: pods=2, limited: pods=2'), involvedObject: { kind: 'ReplicaSet', name: 'web-2', uid: 'r2' } }],
  listeners: [{ address: '127.0.0.1', port: 8080 }], imageConfigs: { app: { Entrypoint: ['/bin/sh', '-c'], Cmd: ['/app/run.sh'], User: 'web', Architecture: 'arm64' } },
  hostImages: [hostImage(['app:1', 'spring-server:latest'])], nodeImages: imagesOf([nodeImage(['app:1'], 'b')]), memory: { app: { message: pullErrors.dockerOffline, at: ago(100) } }, serverMinor: 20,
};
const rich = {
  command: ['/bin/app', '--port', '8080'], args: ['-v'], imagePullPolicy: 'Always', ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP', hostPort: 80 }],
  env: [{ name: 'A', value: 'b' }, { name: 'C', valueFrom: { configMapKeyRef: { name: 'settings', key: 'c' } } }, { name: 'S', valueFrom: { secretKeyRef: { name: 'keys', key: 'pass' } } }], envFrom: [{ configMapRef: { name: 'settings' } }],
  resources: { requests: { cpu: '3', memory: '64Mi' }, limits: { cpu: '4', memory: '64Mi' } }, volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'x' }, { name: 'conf', mountPath: '/etc/app.conf', readOnly: true }],
  livenessProbe: { httpGet: { path: '/live', port: 9999, scheme: 'HTTP' }, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 1, initialDelaySeconds: 5 }, readinessProbe: { tcpSocket: { port: 'web' }, periodSeconds: 5 }, startupProbe: { exec: { command: ['cat', '/ok'] } },
  securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, runAsUser: 0 }, lifecycle: { postStart: { exec: { command: ['false'] } } }, terminationMessagePath: '/dev/termination-log',
};
const spec = {
  nodeName: 'node-1', restartPolicy: 'Always', serviceAccountName: 'runner', priorityClassName: 'high', terminationGracePeriodSeconds: 30, nodeSelector: { disk: 'ssd' }, imagePullSecrets: [{ name: 'keys' }], securityContext: { fsGroup: 1000, runAsNonRoot: true },
  tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }], readinessGates: [{ conditionType: 'example.com/ready' }], activeDeadlineSeconds: 5,
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }] } }, podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' }] } },
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }, { name: 'conf', configMap: { name: 'settings', items: [{ key: 'a', path: 'a' }] } }, { name: 's', secret: { secretName: 'keys' } }, { name: 'host', hostPath: { path: '/x', type: 'Directory' } }, { name: 'nfs', nfs: { server: 'nfs', path: '/' } }],
  containers: [{ name: 'app', image: 'app:1', ...rich }, { name: 'side', image: 'side:2' }],
};
const metadata = { ...owned, labels: { app: 'web' }, annotations: { a: 'b' } };
const conditions = [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [app]', lastTransitionTime: ago(200) }, { type: 'ContainersReady', status: 'True' }, { type: 'PodScheduled', status: 'True' }];
const pending = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had taint {team: a}, that the pod didn\'t tolerate, 1 node(s) didn\'t match Pod\'s node affinity.', lastTransitionTime: ago(60) }] };

const rich1 = (statuses: Parameters<typeof crashWorld>[0]['statuses'], events: KubeEvent[], status: object = {}, more: object = {}): World =>
  crashWorld({ statuses, metadata: { ...metadata, ...more }, spec, status: { conditions, ...status }, world: { ...rest, events } });

/** One of each kind of trouble, with real words. */
export const seeds: readonly World[] = [
  rich1([looping(1)], [eventOf('BackOff', 'Back-off restarting failed container')]),
  rich1([looping(137, { reason: 'OOMKilled' })], [eventOf('BackOff', 'Back-off restarting failed container')]),
  rich1([looping(139)], []), rich1([looping(0)], []), rich1([looping(127)], []), rich1([looping(255, { reason: 'Unknown' })], []),
  rich1([looping(137)], [eventOf('Killing', 'Container app failed liveness probe, will be restarted'), eventOf('Unhealthy', 'Liveness probe failed: Get "http://10.1.0.9:9999/live": dial tcp 10.1.0.9:9999: connect: connection refused')]),
  rich1([runs(300)], [eventOf('Unhealthy', 'Readiness probe errored: strconv.Atoi: parsing "web": invalid syntax')]),
  rich1([runs(300, { ready: true })], [], { conditions: [{ type: 'ContainersReady', status: 'True' }, { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: 'corresponding condition of pod readiness gate "example.com/ready" does not exist.' }] }),
  rich1([runs(300, { ready: true })], [], { conditions: [{ type: 'Ready', status: 'True' }] }),
  rich1(waits('CreateContainerConfigError', 'configmap "settings" not found'), [eventOf('Failed', 'Error: configmap "settings" not found')]),
  rich1(waits('CreateContainerConfigError', 'couldn\'t find key pass in Secret default/keys'), []),
  rich1(waits('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root (pod: "p_default(u1)", container: app)'), []),
  rich1(waits('CreateContainerError', 'Error response from daemon: No command specified'), []),
  rich1([{ ...looping(127, { reason: 'ContainerCannotRun', message: 'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "nope": executable file not found in $PATH: unknown' }) }], []),
  rich1(waits('RunContainerError', 'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/x": permission denied: unknown'), []),
  rich1(waits('PostStartHookError: command \'false\' exited with 1: '), [eventOf('FailedPostStartHook', 'Exec lifecycle hook ([false]) for Container "app" in Pod "p_default(u1)" failed - error: command \'false\' exited with 1: , message: ""')]),
  rich1(waits('ContainerCreating'), [eventOf('FailedMount', 'MountVolume.SetUp failed for volume "conf" : configmap "settings" not found'), eventOf('FailedCreatePodSandBox', 'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd task: container init was OOM-killed (memory limit too low?): unknown')], { phase: 'Pending' }),
  rich1(waits('ContainerCreating'), [eventOf('FailedMount', 'Unable to attach or mount volumes: unmounted volumes=[host], unattached volumes=[host]: timed out waiting for the condition'), eventOf('FailedMount', 'MountVolume.SetUp failed for volume "host" : hostPath type check failed: /x is not a directory')], { phase: 'Pending' }),
  rich1(waits('ErrImagePull', pullErrors.denied), [failedEvent(pullErrors.denied)], { phase: 'Pending' }),
  rich1(waits('ImagePullBackOff', 'Back-off pulling image "app:1"'), [failedEvent(pullErrors.timeout)], { phase: 'Pending' }),
  rich1(waits('InvalidImageName', 'Failed to apply default image tag "App:1": couldn\'t parse image reference "App:1": invalid reference format: repository name must be lowercase'), [], { phase: 'Pending' }),
  rich1(waits('SomethingNew', 'an unknown word'), []),
  sharedWorld(podOf(), { events: [failedEvent(pullErrors.dockerOffline)] }),
  rich1([], [{ ...eventOf('FailedScheduling', pending.conditions[0]!.message), lastTimestamp: null, firstTimestamp: null, count: null, eventTime: ago(60), involvedObject: { kind: 'Pod', name: 'p', uid: 'u1' } }], pending),
  rich1([], [], { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory. Container app was using 60Mi, which exceeds its request of 0. ' }),
  rich1([{ name: 'app', restartCount: 0, state: { terminated: ended(137) } }], [], { phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' }),
  rich1([runs(300)], [eventOf('Killing', 'Stopping container app')], {}, { deletionTimestamp: ago(60), deletionGracePeriodSeconds: 30, finalizers: ['example.com/x'] }),
  crashWorld({ statuses: waits('PodInitializing'), metadata, spec: { ...spec, initContainers: [{ name: 'init', image: 'init:1', ...rich }, { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }] }, world: { ...rest, events: [] },
    status: { phase: 'Pending', conditions: [{ type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized', message: 'containers with incomplete status: [init]' }], initContainerStatuses: [{ ...looping(1, {}, 'init'), state: backOff('init') }, { name: 'proxy', ready: false, restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } }] } }),
];
// Where a pod has no node it was not placed yet.
const unplaced = seeds[24];
if (unplaced?.pod.spec) delete (unplaced.pod.spec as { nodeName?: string }).nodeName;

/** mulberry32: the same numbers for the same seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6D_2B_79_F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const huge = 'x: connection refused '.repeat(100);
/** What may stand anywhere instead of what should. */
const oddities: readonly unknown[] = [
  null, 0, -1, 1e21, 3.5, true, false, '', 'x', 'web', '0', '-5', '2999-01-01T00:00:00Z', 'no time', huge, '\u202Eمرحبا بالعالم\u202C', '🐳👩‍👩‍👧‍👦', '<img src=x onerror=alert(1)>', '{pod} </c> \'{', '100m', '1Ei', '../../etc',
  [], [null], ['x'], [[]], [{}], {}, { name: 'x' }, { name: null }, { matchLabels: 3 },
];

type Pick = <Value>(of: readonly Value[]) => Value;

/** The value with one place in it spoilt, or gone. */
export function spoilt(value: unknown, next: () => number): unknown {
  const pick: Pick = (of) => of[Math.floor(next() * of.length)]!;
  const at = (here: unknown, depth: number): unknown => {
    const keys = typeof here === 'object' && here !== null ? Object.keys(here) : [];
    if (keys.length === 0 || (depth > 1 && next() < 0.12)) return pick(oddities);
    const key = pick(keys);
    const drops = next() < 0.15 && depth > 0;
    if (Array.isArray(here)) return drops ? here.toSpliced(Number(key), 1) : here.with(Number(key), at(here[Number(key)], depth + 1));
    const { [key]: child, ...others } = here as Record<string, unknown>;
    return drops ? others : { ...others, [key]: at(child, depth + 1) };
  };
  return at(value, 0);
}
