// Deletes a pod exactly as it was read, when its definition is on disk.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';
import type { Teller } from '../activity/activity.ts';
import { deleteForSure } from './delete-for-sure.ts';
import { stayingPod, type PodRef } from './pod-ref.ts';
import type { Client } from './same-cluster.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

/** A pod's status is written often, and each time it is read anew; after so many times it does not come to rest. */
const READ_AGAIN = 20;

export interface Kept {
  /** As it was when it was deleted. */
  readonly old: Pod;
  readonly restore: Pod;
  /** The new manifest, where one is to be made. */
  readonly make: Pod | undefined;
  /** The journal's file, which is open. */
  readonly open: string;
}

/**
 * Somebody may change the pod between our look at it and the delete: the server then refuses the delete, and the pod is read, checked and kept anew.
 * @param make the new manifest out of the live pod, after the server has accepted it; undefined where nothing is to be made
 * @throws what `make` throws; Failure POD_GONE, POD_REPLACED, POD_ENDING, JOURNAL_NOT_WRITTEN; POD_CHANGED where it never comes to rest. Nothing is deleted then.
 */
export async function deleteKept(
  { session, journal }: ChangeParts, client: Client, ref: PodRef, make: (old: Pod) => Promise<Pod | undefined>, patienceMs: number, tell: Teller,
): Promise<Kept> {
  const { namespace, name: pod, uid } = ref;
  const { context, server } = session;
  for (let left = READ_AGAIN; ; left--) {
    const old = await stayingPod(session, ref);
    const made = await make(old);
    const restore = recreateManifest(old, {});
    if (left === READ_AGAIN) tell.step('step.write-journal');
    const open = await journal.write({ change: made ? 'recreate' : 'delete', context, server, namespace, pod, uid, restore, make: made });
    if (left === READ_AGAIN) tell.step('step.delete-pod', { pod });
    try {
      await deleteForSure(session, ref, client, patienceMs, old.metadata.resourceVersion);
      return { old, restore, make: made, open };
    } catch (error) {
      await journal.close(open);
      if (left === 0 || !(error instanceof Failure) || error.code !== 'POD_CHANGED') throw error;
    }
  }
}
