// Deletes a pod and knows whether it did: an answer that got lost on the way may have been a yes.
import { Failure } from '../../../shared/contract/failures.ts';
import { deletePod } from '../../clients/cluster/pods-api.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { stayingPod, type PodRef } from './pod-ref.ts';
import type { Client } from './same-cluster.ts';
import { isPassing, whenAnswered } from './until.ts';

/**
 * Returns when the server has accepted the delete of this uid, as of `resourceVersion` where that is given. Where its answer got lost it is asked, for
 * `patienceMs`, what became of the pod.
 * @throws the refusal, or the trouble, when the pod was not touched; Failure POD_GONE, POD_REPLACED, POD_CHANGED
 */
export async function deleteForSure(session: ClusterSession, ref: PodRef, client: Client, patienceMs: number, resourceVersion?: string): Promise<void> {
  try {
    await deletePod(await client(), ref.namespace, ref.name, { uid: ref.uid, resourceVersion });
  } catch (error) {
    if (!isPassing(error)) throw error;
    const untouched = await whenAnswered(() => stayingPod(session, ref), AbortSignal.timeout(patienceMs)).then(
      () => true,
      (reason: unknown) => (isDeleted(reason) ? false : Promise.reject(reason)),
    );
    if (untouched) throw error;
  }
}

const isDeleted = (reason: unknown) => reason instanceof Failure && (reason.code === 'POD_GONE' || reason.code === 'POD_ENDING');
