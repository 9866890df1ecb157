// The new pod of a workload that was changed, as soon as it is seen, and what it came to.
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import type { Teller } from '../activity/activity.ts';
import { controllerOf } from '../cluster/owners.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { outcome } from '../pods/until.ts';
import { waitFor } from '../topic.ts';
import { readOwners, type Workload } from './root-owner.ts';
import type { Created } from '../pods/pod-ref.ts';

/** How long a controller may take to make a pod, beyond the time that the old ones may take to end. */
const NEW_POD_MS = 120_000;

/** The uids of all pods that are known now; undefined where none are. */
export async function knownUids(session: ClusterSession, namespace: string): Promise<ReadonlySet<string>> {
  const { pods } = await session.scope(namespace, AbortSignal.timeout(NEW_POD_MS));
  await waitFor(pods, ({ items }) => items !== 'unknown', AbortSignal.timeout(NEW_POD_MS)).catch(() => {});
  const { items } = pods.value;
  return new Set(items === 'unknown' ? [] : items.keys());
}

/**
 * Waits, not for ever, for a pod of the workload that is not among `before`, and until it runs or fails. Tells no more than was seen.
 * @returns the new pod; undefined where none was seen
 */
export async function followNewPod(
  session: ClusterSession, connection: ClusterConnection, workload: Workload, before: ReadonlySet<string>, graceSeconds: number, tell: Teller,
): Promise<Created | undefined> {
  const { kind, metadata: { name = '' } } = workload;
  tell.step('step.wait-for-workload', { kind, name });
  const pod = await newPod(session, connection, workload, before, AbortSignal.timeout(NEW_POD_MS + graceSeconds * 1000));
  if (!pod) {
    tell.step('step.no-new-pod', { kind, name });
    return undefined;
  }
  const created = { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name ?? '', uid: pod.metadata.uid ?? '' };
  tell.step('step.wait-for-pod', { pod: created.name });
  const { status, ready } = await outcome(session, created.namespace, created.uid);
  tell.step(ready ? 'step.pod-ready' : status === 'Completed' ? 'step.pod-completed' : 'step.pod-not-ready', { pod: created.name, status });
  return created;
}

async function newPod(
  session: ClusterSession, connection: ClusterConnection, workload: Workload, before: ReadonlySet<string>, signal: AbortSignal,
): Promise<Pod | undefined> {
  const namespace = workload.metadata.namespace ?? '';
  const { pods } = await session.scope(namespace, signal);
  /** By the uid of a pod's controller. */
  const known = new Map<string, boolean>();
  const isOurs = async (pod: Pod): Promise<boolean> => {
    const controller = controllerOf(pod);
    if (!controller) return false;
    if (controller.uid === workload.metadata.uid) return true;
    const answer = known.get(controller.uid);
    if (answer !== undefined) return answer;
    const chain = await readOwners(connection, pod, signal).catch(() => []);
    const isInIt = chain.some(({ metadata }) => metadata.uid === workload.metadata.uid);
    known.set(controller.uid, isInIt);
    return isInIt;
  };
  try {
    for (;;) {
      const seen = pods.value;
      for (const pod of seen.items === 'unknown' ? [] : seen.items.values()) {
        const { uid = '', deletionTimestamp } = pod.metadata;
        if (pod.metadata.namespace === namespace && !before.has(uid) && deletionTimestamp === undefined && (await isOurs(pod))) return pod;
      }
      await waitFor(pods, (now) => now !== seen, signal);
    }
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
