// Pods: everything that the API server knows about them, put together from the files beside this one.
import { invalid } from '../api/api-error.ts';
import type { KubeObject, Pod } from '../objects.ts';
import type { Kind, KindContext } from './kind.ts';
import { admitPod } from './pod-admission.ts';
import { podCells, podColumns } from './pod-columns.ts';
import { setPodDefaults } from './pod-defaults.ts';
import { qosClass } from './pod-qos.ts';
import { validatePodUpdate } from './pod-update.ts';
import { createErrors, validatePod } from './pod-validation.ts';

const STREAM = ['create', 'get'];
const PROXY = ['create', 'delete', 'get', 'patch', 'update'];
const PART = ['get', 'patch', 'update'];

function subresources(minor: number): Kind['subresources'] {
  return [
    { name: 'attach', kind: 'PodAttachOptions', verbs: STREAM },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    // Ephemeral containers are on since 1.23, resizing a running pod is a subresource since 1.32.
    ...(minor >= 23 ? [{ name: 'ephemeralcontainers', kind: 'Pod', verbs: PART }] : []),
    { name: 'eviction', kind: 'Eviction', verbs: ['create'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: STREAM },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: STREAM },
    { name: 'proxy', kind: 'PodProxyOptions', verbs: PROXY },
    ...(minor >= 32 ? [{ name: 'resize', kind: 'Pod', verbs: PART }] : []),
    { name: 'status', kind: 'Pod', verbs: PART },
  ];
}

/** registry/core/pod/strategy.go (PrepareForCreate), then admission. */
function prepareForCreate(object: KubeObject, context: KindContext): void {
  const pod = object as Pod;
  pod.status = { phase: 'Pending', qosClass: qosClass(pod.spec) };
  if ((pod.spec.schedulingGates ?? []).length > 0) {
    pod.status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        lastProbeTime: null,
        lastTransitionTime: null as unknown as string,
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ];
  }
  admitPod(pod, context);
  const errors = createErrors(pod);
  if (errors.length > 0) throw invalid('Pod', pod.metadata.name ?? '', errors);
}

/** A pod that no kubelet has, or that is over, goes at once (podStrategy.CheckGracefulDelete). */
function grace(object: KubeObject, asked: number | undefined): number {
  const { spec, status } = object as Pod;
  if (!spec.nodeName || status.phase === 'Failed' || status.phase === 'Succeeded') return 0;
  const seconds = asked ?? spec.terminationGracePeriodSeconds ?? 30;
  return seconds < 0 ? 1 : seconds;
}

export const podKind = (minor: number): Kind => ({
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: subresources(minor),
  type: 'Pod',
  setDefaults: (object) => setPodDefaults(object as Pod, minor),
  prepareForCreate,
  validate: (object, context) => validatePod(object as Pod, context.minor),
  validateUpdate: (object, old, context) => validatePodUpdate(object as Pod, old as Pod, context.minor),
  grace,
  columns: podColumns(minor),
  cells: podCells,
  fieldSelectors: {
    'spec.nodeName': (object) => (object as Pod).spec.nodeName ?? '',
    'spec.restartPolicy': (object) => (object as Pod).spec.restartPolicy ?? '',
    'spec.schedulerName': (object) => (object as Pod).spec.schedulerName ?? '',
    'spec.serviceAccountName': (object) => (object as Pod).spec.serviceAccountName ?? '',
    'status.phase': (object) => (object as Pod).status.phase ?? '',
    'status.podIP': (object) => (object as Pod).status.podIP ?? '',
    'status.nominatedNodeName': (object) => ((object as Pod).status['nominatedNodeName'] as string | undefined) ?? '',
    ...(minor >= 28 ? { 'spec.hostNetwork': (object: KubeObject) => String((object as Pod).spec.hostNetwork ?? false) } : {}),
  },
});
