// Who makes a pod: the chain of its controllers up to the root, and the kinds of root whose template Podlab can change.
import { Failure } from '../../../shared/contract/failures.ts';
import type { KubeObject, ObjectMeta, OwnerReference } from '../../../shared/kubernetes/objects.ts';
import { apiGroup, isWorkloadKind, type WorkloadKind } from '../../../shared/kubernetes/workload-kinds.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { discover } from '../../clients/cluster/discovery.ts';
import { getObject, type ObjectRef } from '../../clients/cluster/objects-api.ts';
import { controllerOf } from '../cluster/owners.ts';

/** An object that makes pods out of a template, of a kind that Podlab knows. */
export interface Workload extends KubeObject {
  readonly apiVersion: string;
  readonly kind: WorkloadKind;
}

/** Pod, ReplicaSet, Deployment: nothing in Kubernetes is deeper; references that lead in a circle end here. */
const DEEPEST = 5;

/** Whether Podlab knows how this kind makes its pods. Another one (a custom resource) may do it in any way. */
export function isWorkload(object: { readonly apiVersion?: string; readonly kind?: string }): object is Workload {
  return isWorkloadKind(object);
}

/**
 * The chain from the pod's controller to the root as the server has it now; [] for a bare pod.
 * @throws Failure OBJECT_GONE, OBJECT_REPLACED where an owner is not there any more, KIND_UNKNOWN where the server has no such kind
 */
export async function readOwners(connection: ClusterConnection, pod: { readonly metadata: ObjectMeta }, signal?: AbortSignal): Promise<KubeObject[]> {
  const chain: KubeObject[] = [];
  const namespace = pod.metadata.namespace ?? '';
  for (let controller = controllerOf(pod); controller && chain.length < DEEPEST; ) {
    const owner = await getObject(connection, await servedRef(connection, controller, namespace), signal);
    chain.push(owner);
    controller = controllerOf(owner);
  }
  return chain;
}

/**
 * The root of a chain that Podlab can change.
 * @throws Failure POD_HAS_OWNER for one of a kind that it does not know
 */
export function workloadOf(pod: { readonly metadata: ObjectMeta }, chain: readonly KubeObject[]): Workload {
  const root = chain.at(-1);
  if (root && isWorkload(root)) return root;
  const { kind = '', metadata } = root ?? { metadata: {} };
  const why = `Podlab does not know how a ${kind} (${root?.apiVersion ?? ''}) makes its pods`;
  throw new Failure('POD_HAS_OWNER', { pod: pod.metadata.name ?? '', kind, owner: metadata.name ?? '' }, why);
}

/** A reference may name a version that is served no more: the CronJobs of 1.20 (`batch/v1beta1`) are `batch/v1` since 1.25. */
async function servedRef(connection: ClusterConnection, { apiVersion = 'v1', kind, name, uid }: OwnerReference, namespace: string): Promise<ObjectRef> {
  const { resources } = await discover(connection);
  const ofKind = resources.filter((each) => each.kind === kind && !each.name.includes('/') && apiGroup(each.groupVersion) === apiGroup(apiVersion));
  const served = ofKind.find(({ groupVersion }) => groupVersion === apiVersion) ?? ofKind[0];
  return { apiVersion: served?.groupVersion ?? apiVersion, kind, name, uid, ...(served?.namespaced === false ? {} : { namespace }) };
}
