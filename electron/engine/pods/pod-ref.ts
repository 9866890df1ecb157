// Which pod a call means: by name and uid, so that a pod that was made anew under the same name is never changed by mistake.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { getPod } from '../../clients/cluster/pods-api.ts';
import type { ClusterSession } from '../cluster/session.ts';

export interface PodRef {
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** A pod that was made. */
export interface Created {
  namespace: string;
  name: string;
  uid: string;
}

/** The live pod. @throws Failure POD_GONE; POD_REPLACED when another pod has the name now. */
export async function livePod(session: ClusterSession, { namespace, name, uid }: PodRef, signal?: AbortSignal): Promise<Pod> {
  const pod = await getPod(await session.client(), namespace, name, signal);
  if (pod.metadata.uid !== uid) throw new Failure('POD_REPLACED', { pod: name }, `the pod ${name} has uid ${pod.metadata.uid ?? ''} now, not ${uid}`);
  return pod;
}

/** The live pod, if it is not being deleted already: to make anew what somebody deletes would undo their will. @throws Failure POD_ENDING, too. */
export async function stayingPod(session: ClusterSession, ref: PodRef): Promise<Pod> {
  const pod = await livePod(session, ref);
  const { deletionTimestamp } = pod.metadata;
  if (deletionTimestamp !== undefined) throw new Failure('POD_ENDING', { pod: ref.name }, `metadata.deletionTimestamp: ${deletionTimestamp}`);
  return pod;
}
