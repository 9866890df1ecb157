// Pods and what becomes of them: the words of the STATUS column in their order, what their status says then, and the events that tell of it.
// Written down from the real clusters; what newer versions say stands under the minor version since when they say it.
import { shell } from '../bench.ts';
import type { Json } from '../http.ts';

/** What differs by the server's version: the entry with the highest number that is not above it. */
export type ByMinor<T> = Readonly<Record<number, T>>;

export function ofMinor<T>(table: ByMinor<T>, minor: number): T {
  const found = Object.entries(table)
    .toSorted(([a], [b]) => Number(b) - Number(a))
    .find(([since]) => Number(since) <= minor);
  if (!found) throw new Error(`nothing for 1.${minor}`);
  return found[1];
}

export interface Life {
  readonly name: string;
  readonly spec: (image: string) => Json;
  /**
   * READY and STATUS, one after the other, from the first to the last that is waited for. `?` after one that a busy kubelet may pass over,
   * since it tells only the newest status.
   */
  readonly statuses: ByMinor<string>;
  /** Of its status then. NAMESPACE, UID and IMAGE stand for those of the pod. */
  readonly status?: ByMinor<Json>;
  /** Its events in the end, in any order: `TYPE REASON FIELD: MESSAGE`. A message that ends with `*` may go on. */
  readonly events: ByMinor<readonly string[]>;
}

const init = (image: string, line: string, over: Json = {}) => ({ ...shell(image, line), name: 'i', ...over });
const sleeps = (image: string, over: Json = {}) => shell(image, 'sleep 3600', over);

const scheduled = 'Normal Scheduled: Successfully assigned NAMESPACE/NAME to NODE';
const pulled = (field = 'spec.containers{c}') => `Normal Pulled ${field}: Container image "IMAGE" already present on machine`;
const created = (name = 'c', field = `spec.containers{${name}}`): ByMinor<string> => ({
  20: `Normal Created ${field}: Created container ${name}`,
  32: `Normal Created ${field}: Created container: ${name}`,
});
const started = (name = 'c', field = `spec.containers{${name}}`) => `Normal Started ${field}: Started container ${name}`;
const starts = (minor: number, name = 'c', field = `spec.containers{${name}}`) => [pulled(field), ofMinor(created(name, field), minor), started(name, field)];

/** The same events but for the word of a created container. */
function events(of: (minor: number) => readonly string[]): ByMinor<readonly string[]> {
  return Object.fromEntries([20, 26, 27, 30, 32].map((minor) => [minor, of(minor)]));
}
const runs = events((minor) => [scheduled, ...starts(minor)]);
const backOff = (minor: number, field = 'spec.containers{c}') =>
  `Warning BackOff ${field}: Back-off restarting failed container${minor >= 26 ? ` ${/\{(.*)\}/.exec(field)?.[1]} in pod NAME_NAMESPACE(UID)` : ''}`;
const waits = (reason: string, message: string) => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'c', state: { waiting: { reason, message } }, lastState: {}, ready: false, restartCount: 0 }],
});
const unscheduled = (message: string) => ({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] });
const notHelpful = 'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
const cpu = '0/1 nodes are available: 1 Insufficient cpu.';
const tooBig = {
  20: cpu,
  24: `${cpu} preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.`,
  34: `${cpu} no new claims to deallocate, ${notHelpful}`,
};
const affinity = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity";
const noNode = {
  20: `${affinity}.`,
  22: `${affinity}/selector.`,
  24: `${affinity}/selector. ${notHelpful}`,
  34: `${affinity}/selector. no new claims to deallocate, ${notHelpful}`,
};
const absent = 'conformance-absent:1';
const notPresent = `Container image "${absent}" is not present with pull policy of Never`;
const notLower =
  'Failed to apply default image tag "Conformance:1": couldn\'t parse image reference "Conformance:1": invalid reference format: repository name must be lowercase';
const map = (table: ByMinor<string>, make: (text: string) => Json): ByMinor<Json> =>
  Object.fromEntries(Object.entries(table).map(([minor, text]) => [minor, make(text)]));

const pullFails = (image: string): Pick<Life, 'statuses' | 'status' | 'events'> => ({
  statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 0/1 ErrImagePull?, 0/1 ImagePullBackOff' },
  status: {
    20: waits('ImagePullBackOff', `Back-off pulling image "${image}"`),
    32: waits('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: *`),
  },
  events: {
    20: [
      scheduled,
      `Normal Pulling spec.containers{c}: Pulling image "${image}"`,
      `Warning Failed spec.containers{c}: Failed to pull image "${image}": *`,
      'Warning Failed spec.containers{c}: Error: ErrImagePull',
      `Normal BackOff spec.containers{c}: Back-off pulling image "${image}"`,
      'Warning Failed spec.containers{c}: Error: ImagePullBackOff',
    ],
  },
});

export const lives: readonly Life[] = [
  {
    name: 'running',
    spec: (image) => ({ containers: [sleeps(image)] }),
    statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 1/1 Running' },
    status: { 20: { phase: 'Running', containerStatuses: [{ name: 'c', ready: true, started: true, restartCount: 0, lastState: {} }] } },
    events: runs,
  },
  {
    name: 'completed',
    spec: (image) => ({ restartPolicy: 'Never', containers: [shell(image, 'exit 0')] }),
    statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 1/1 Running?, 0/1 Completed' },
    status: { 20: { phase: 'Succeeded', containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } }, ready: false, restartCount: 0 }] } },
    events: runs,
  },
  {
    name: 'failed',
    spec: (image) => ({ restartPolicy: 'Never', containers: [shell(image, 'echo so it ends; exit 3')] }),
    statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 1/1 Running?, 0/1 Error' },
    status: { 20: { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 3, reason: 'Error' } }, ready: false, restartCount: 0 }] } },
    events: runs,
  },
  {
    name: 'crashing',
    spec: (image) => ({ containers: [shell(image, 'exit 1')] }),
    statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 1/1 Running?, 0/1 Error?, 1/1 Running?, 0/1 Error?, 0/1 CrashLoopBackOff' },
    status: {
      20: {
        phase: 'Running',
        containerStatuses: [
          {
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container=c pod=crashing_NAMESPACE(UID)' } },
            lastState: { terminated: { exitCode: 1, reason: 'Error' } },
            restartCount: 1,
          },
        ],
      },
    },
    events: events((minor) => [scheduled, ...starts(minor), backOff(minor)]),
  },
  { name: 'absent', spec: () => ({ containers: [shell(absent)] }), ...pullFails(absent) },
  { name: 'always', spec: (image) => ({ containers: [sleeps(image, { imagePullPolicy: 'Always' })] }), ...pullFails('IMAGE') },
  {
    name: 'never',
    spec: () => ({ containers: [shell(absent, undefined, { imagePullPolicy: 'Never' })] }),
    statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 0/1 ErrImageNeverPull' },
    status: { 20: waits('ErrImageNeverPull', notPresent) },
    events: { 20: [scheduled, `Warning ErrImageNeverPull spec.containers{c}: ${notPresent}`, 'Warning Failed spec.containers{c}: Error: ErrImageNeverPull'] },
  },
  {
    name: 'invalid',
    spec: () => ({ containers: [shell('Conformance:1')] }),
    statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 0/1 InvalidImageName' },
    status: { 20: waits('InvalidImageName', notLower) },
    events: { 20: [scheduled, `Warning InspectFailed spec.containers{c}: ${notLower}`, 'Warning Failed spec.containers{c}: Error: InvalidImageName'] },
  },
  {
    name: 'init-works',
    // The hook makes the word between the two last: a busy kubelet passes over one that lasts for a moment only.
    spec: (image) => ({ initContainers: [init(image, 'exit 0')], containers: [{ ...sleeps(image), lifecycle: { postStart: { exec: { command: ['sh', '-c', 'sleep 3'] } } } }] }),
    statuses: { 20: '0/1 Pending, 0/1 Init:0/1?, 0/1 PodInitializing?, 1/1 Running' },
    status: { 20: { phase: 'Running', initContainerStatuses: [{ name: 'i', state: { terminated: { exitCode: 0, reason: 'Completed' } }, ready: true }] } },
    events: events((minor) => [scheduled, ...starts(minor, 'i', 'spec.initContainers{i}'), ...starts(minor)]),
  },
  {
    name: 'init-fails',
    spec: (image) => ({ restartPolicy: 'Never', initContainers: [init(image, 'exit 2')], containers: [sleeps(image)] }),
    statuses: { 20: '0/1 Pending, 0/1 Init:0/1?, 0/1 Init:Error' },
    status: {
      20: {
        phase: 'Failed',
        initContainerStatuses: [{ state: { terminated: { exitCode: 2, reason: 'Error' } }, ready: false }],
        containerStatuses: [{ name: 'c', state: { waiting: { reason: 'PodInitializing' } }, ready: false, started: false, image: 'IMAGE', imageID: '' }],
      },
    },
    events: events((minor) => [scheduled, ...starts(minor, 'i', 'spec.initContainers{i}')]),
  },
  {
    name: 'init-crashes',
    spec: (image) => ({ initContainers: [init(image, 'exit 2')], containers: [sleeps(image)] }),
    // A kubelet waits only after the second run (doBackOff, pkg/kubelet/kuberuntime). One that has much to do is slow enough for both runs to be told.
    statuses: { 20: '0/1 Pending, 0/1 Init:0/1?, 0/1 Init:Error?, 0/1 Init:0/1?, 0/1 Init:Error?, 0/1 Init:CrashLoopBackOff' },
    status: {
      20: {
        phase: 'Pending',
        initContainerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 2 } }, restartCount: 1 }],
      },
    },
    events: events((minor) => [scheduled, ...starts(minor, 'i', 'spec.initContainers{i}'), backOff(minor, 'spec.initContainers{i}')]),
  },
  {
    name: 'nowhere',
    spec: (image) => ({ nodeSelector: { nowhere: 'true' }, containers: [sleeps(image)] }),
    statuses: { 20: '0/1 Pending' },
    status: map(noNode, unscheduled),
    events: map(noNode, (message) => [`Warning FailedScheduling: ${message}`]),
  },
  {
    name: 'too-big',
    spec: (image) => ({ containers: [sleeps(image, { resources: { requests: { cpu: '1000' } } })] }),
    statuses: { 20: '0/1 Pending' },
    status: map(tooBig, unscheduled),
    events: map(tooBig, (message) => [`Warning FailedScheduling: ${message}`]),
  },
  {
    name: 'gets-ready',
    spec: (image) => ({
      containers: [
        shell(image, 'sleep 10; echo yes > /tmp/ready; sleep 3600', {
          readinessProbe: { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 1, timeoutSeconds: 10 },
        }),
      ],
    }),
    statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 0/1 Running, 1/1 Running' },
    events: events((minor) => [
      scheduled,
      ...starts(minor),
      "Warning Unhealthy spec.containers{c}: Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory\n",
    ]),
  },
  {
    name: 'unhealthy',
    spec: (image) => ({
      containers: [sleeps(image, { livenessProbe: { exec: { command: ['false'] }, periodSeconds: 1, timeoutSeconds: 10, failureThreshold: 1 } })],
    }),
    statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 1/1 Running, 0/1 CrashLoopBackOff' },
    status: {
      20: {
        phase: 'Running',
        containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 137, reason: 'Error' } } }],
      },
    },
    events: events((minor) => [
      scheduled,
      ...starts(minor),
      'Warning Unhealthy spec.containers{c}: Liveness probe failed: ',
      'Normal Killing spec.containers{c}: Container c failed liveness probe, will be restarted',
      backOff(minor),
    ]),
  },
  {
    name: 'two',
    spec: (image) => ({ restartPolicy: 'Never', containers: [sleeps(image), { ...shell(image, 'exit 3'), name: 'd' }] }),
    statuses: { 20: '0/2 Pending, 0/2 ContainerCreating?, 2/2 Running?, 1/2 Error' },
    status: {
      20: {
        phase: 'Running',
        containerStatuses: [
          { name: 'c', ready: true },
          { name: 'd', state: { terminated: { exitCode: 3 } }, ready: false },
        ],
      },
    },
    events: events((minor) => [scheduled, ...starts(minor), ...starts(minor, 'd')]),
  },
  {
    name: 'no-config',
    spec: (image) => ({ containers: [sleeps(image, { envFrom: [{ configMapRef: { name: 'none' } }] })] }),
    statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 0/1 CreateContainerConfigError' },
    status: { 20: waits('CreateContainerConfigError', 'configmap "none" not found') },
    events: { 20: [scheduled, pulled(), 'Warning Failed spec.containers{c}: Error: configmap "none" not found'] },
  },
  {
    name: 'no-program',
    spec: (image) => ({ containers: [{ name: 'c', image, command: ['/none'] }] }),
    statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 0/1 CrashLoopBackOff?, 0/1 RunContainerError' },
    events: events((minor) => [scheduled, pulled(), ofMinor(created(), minor), 'Warning Failed spec.containers{c}: Error: failed to *', backOff(minor)]),
  },
  {
    name: 'deadline',
    spec: (image) => ({ activeDeadlineSeconds: 2, containers: [sleeps(image)] }),
    statuses: {
      20: '0/1 Pending, 0/1 ContainerCreating?, 1/1 Running?, 0/1 DeadlineExceeded',
      27: '0/1 Pending, 0/1 ContainerCreating?, 1/1 Running?, 1/1 DeadlineExceeded?, 0/1 Error',
    },
    status: {
      20: { phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' },
      27: { phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' },
    },
    events: events((minor) => [
      scheduled,
      ...starts(minor),
      'Normal Killing spec.containers{c}: Stopping container c',
      'Normal DeadlineExceeded: Pod was active on the node longer than the specified deadline',
    ]),
  },
  {
    // Before 1.28 the field is not known: an init container that does not end.
    name: 'sidecar',
    spec: (image) => ({ initContainers: [{ ...init(image, 'sleep 3600'), restartPolicy: 'Always' }], containers: [sleeps(image)] }),
    statuses: { 20: '0/1 Pending, 0/1 Init:0/1', 29: '0/2 Pending, 0/2 Init:0/1?, 1/2 PodInitializing?, 2/2 Running' },
    events: {
      20: [scheduled, ...starts(20, 'i', 'spec.initContainers{i}')],
      29: [scheduled, ...starts(29, 'i', 'spec.initContainers{i}'), ...starts(29)],
      32: [scheduled, ...starts(32, 'i', 'spec.initContainers{i}'), ...starts(32)],
    },
  },
  {
    name: 'gated',
    spec: (image) => ({ schedulingGates: [{ name: 'x.io/gate' }], containers: [sleeps(image)] }),
    statuses: { 20: '0/1 Pending, 0/1 ContainerCreating?, 1/1 Running', 27: '0/1 SchedulingGated' },
    events: { 20: [scheduled, ...starts(20)], 27: [] },
  },
];
