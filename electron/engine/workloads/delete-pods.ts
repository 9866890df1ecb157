// Deletes pods whose controller makes them anew: the way to new pods where a changed template alone does not lead to them.
import { Failure } from '../../../shared/contract/failures.ts';
import type { PathStep } from '../../../shared/contract/findings.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { getObject, listObjects, type ObjectRef } from '../../clients/cluster/objects-api.ts';
import { deletePod } from '../../clients/cluster/pods-api.ts';
import type { Teller } from '../activity/activity.ts';
import { controllerOf } from '../cluster/owners.ts';
import { isReady } from './plan.ts';
import type { Workload } from './root-owner.ts';
import { isOutdated, rollsOut } from './template.ts';

/** Each by its uid; one that is gone already is what was wanted. */
export async function deletePods(connection: ClusterConnection, pods: readonly Pod[], tell: Teller): Promise<void> {
  for (const { metadata: { namespace = '', name = '', uid = '' } } of pods) {
    tell.step('step.delete-pod', { pod: name });
    await deletePod(connection, namespace, name, { uid }).catch((error: unknown) => {
      if (error instanceof Failure && (error.code === 'POD_GONE' || error.code === 'POD_REPLACED')) return;
      throw error;
    });
  }
}

/** Deletes the pods of a workload that are not as its template says, where the workload does not replace them by itself. */
export async function deleteOutdatedPods(
  connection: ClusterConnection, ref: ObjectRef, tell: Teller, paths: readonly (readonly PathStep[])[] = [],
): Promise<void> {
  const workload = (await getObject(connection, ref)) as Workload;
  const pods = (await listObjects(connection, { apiVersion: 'v1', kind: 'Pod', namespace: ref.namespace })) as readonly Pod[];
  const isInTheWay = (pod: Pod) => isOutdated(pod, workload, paths) && (!rollsOut(workload) || !isReady(pod));
  await deletePods(connection, pods.filter((pod) => controllerOf(pod)?.uid === workload.metadata.uid && isInTheWay(pod)), tell);
}
