// Which pod, container and kubelet a request for a stream means, with what the API server says when there is none
// (kubernetes, pkg/registry/core/pod/strategy.go: streamLocation, validateContainer).
import { badRequest, notFound } from '../api/api-error.ts';
import type { Clock } from '../clock.ts';
import type { Pod } from '../objects.ts';
import type { Runtime, RuntimeContainer, Sandbox } from '../runtime/runtime.ts';
import type { Store } from '../store/store.ts';

/** What a stream asks of the kubelet (kubelet/kubelet.ts has it). */
export interface PodContainers {
  readonly nodeName: string;
  readonly runtime: Runtime;
  container(podUid: string, name: string): RuntimeContainer | undefined;
  sandbox(podUid: string): Sandbox | undefined;
}

export interface StreamParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly minor: number;
  /** Of the cluster's one node. */
  readonly kubelet: PodContainers;
}

/** @throws ApiError 404 */
export function podOf({ store }: StreamParts, namespace: string, name: string): Pod {
  const pod = store.get('pods', namespace, name);
  if (!pod) throw notFound({ group: '', name: 'pods' }, name);
  return pod as Pod;
}

/** The name of the container that is asked for: the only one, when none is named. @throws ApiError 400 */
export function containerNameOf(pod: Pod, asked: string | null): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const name = pod.metadata.name ?? '';
  const all = [...initContainers, ...containers, ...ephemeralContainers].map((container) => container.name);
  if (asked) {
    if (!all.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  const [only] = containers;
  if (containers.length === 1 && only) return only.name;
  throw badRequest(`a container name must be specified for pod ${name}${all.length > 0 ? `, choose one of: [${all.join(' ')}]` : ''}`);
}

/** @throws ApiError 400 for a pod that has no node yet, 404 for a node that nobody serves */
export function kubeletOf({ kubelet }: StreamParts, pod: Pod): PodContainers {
  const { nodeName } = pod.spec;
  if (!nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  if (nodeName !== kubelet.nodeName) throw notFound({ group: '', name: 'nodes' }, nodeName);
  return kubelet;
}

/** As the kubelet names a pod in its own messages. */
export const podFullName = ({ metadata: { name = '', namespace = '' } }: Pod): string => `${name}_${namespace}`;

/** A boolean of the query: there without a value, or with any but these (runtime.Convert_Slice_string_To_bool). */
export function isSet(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && !['0', 'false'].includes(value.toLowerCase());
}
