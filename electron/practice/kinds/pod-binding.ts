// What a Binding does to a pod: kubernetes, pkg/registry/core/pod/storage/storage.go (setPodHostAndAnnotations). The scheduler calls it, and
// who POSTs to pods/NAME/binding.
import { timestamp } from '../clock.ts';
import type { Pod, PodCondition } from '../objects.ts';
import { ApiError, conflict } from '../api/api-error.ts';

/** Puts a condition in the place of the one of its type; the time of its change stays while its status does (podutil.UpdatePodCondition). */
export function withCondition(conditions: readonly PodCondition[] | undefined, condition: PodCondition): PodCondition[] {
  const old = (conditions ?? []).find(({ type }) => type === condition.type);
  const now = old?.status === condition.status && old.lastTransitionTime ? { ...condition, lastTransitionTime: old.lastTransitionTime } : condition;
  return old ? (conditions ?? []).map((each) => (each === old ? now : each)) : [...(conditions ?? []), now];
}

/** @returns the pod on the node. @throws ApiError Conflict when it is on one, or on its way out */
export function boundPod(pod: Pod, node: string, now: Date, annotations: Readonly<Record<string, string>> = {}): Pod {
  const name = pod.metadata.name ?? '';
  const resource = { group: '', name: 'pods/binding' };
  if (pod.metadata.deletionTimestamp) throw conflict(resource, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw conflict(resource, name, `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  if (pod.spec.schedulingGates?.length) throw conflict(resource, name, `pod ${name} has non-empty .spec.schedulingGates`);
  const condition: PodCondition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(now) };
  const metadata = Object.keys(annotations).length > 0 ? { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...annotations } } : pod.metadata;
  return { ...pod, metadata, spec: { ...pod.spec, nodeName: node }, status: { ...pod.status, conditions: withCondition(pod.status.conditions, condition) } };
}

/** @returns the node that a Binding names. @throws ApiError for one that names none: a plain error of the server's, not a Status of validation */
export function bindingTarget(binding: Readonly<Record<string, unknown>>): string {
  const { kind = '', name = '' } = (binding['target'] ?? {}) as { kind?: string; name?: string };
  const faults: string[] = [];
  if (kind !== '' && kind !== 'Node') faults.push(`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`);
  if (name === '') faults.push('target.name: Required value');
  if (faults.length > 0) throw new ApiError(500, '', faults.length > 1 ? `[${faults.join(', ')}]` : (faults[0] ?? ''));
  return name;
}
