// Waiting for what the watch tells of a pod: until it is gone, until its containers run or fail.
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { podColumns } from '../../../shared/kubernetes/pod-status.ts';
import { getPod } from '../../clients/cluster/pods-api.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { waitFor } from '../topic.ts';
import type { PodRef } from './pod-ref.ts';

/** Beyond the pod's own grace period: the kubelet still has to report and the server to remove it. */
const SLACK_S = 30;
const OUTCOME_MS = 60_000;
/** Only where the watch says gone and the server does not: the watch has nothing more to tell then. */
const ASK_AGAIN_MS = 300;

/**
 * Waits until the pod of this uid is gone.
 * @throws Failure POD_STILL_TERMINATING after its grace period and half a minute.
 */
export async function untilGone(session: ClusterSession, pod: Pod, ref: PodRef): Promise<void> {
  const seconds = (pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30) + SLACK_S;
  const timeout = AbortSignal.timeout(seconds * 1000);
  const gone = async () => {
    try {
      return (await getPod(await session.client(), ref.namespace, ref.name)).metadata.uid !== ref.uid;
    } catch (error) {
      if (error instanceof Failure && error.code === 'POD_GONE') return true;
      throw error;
    }
  };
  const { pods } = await session.scope(ref.namespace, timeout);
  try {
    // The watch tells when; the server itself is asked whether, because the watch may be behind or have been broken.
    await waitFor(pods, ({ items }) => items === 'unknown' || !items.has(ref.uid), timeout);
    while (!(await gone())) await sleep(ASK_AGAIN_MS, undefined, { signal: timeout });
  } catch (error) {
    if (!timeout.aborted) throw error;
    if (!(await gone())) throw new Failure('POD_STILL_TERMINATING', { pod: ref.name, seconds }, 'the pod has a deletionTimestamp, but is still there');
  }
}

/** What the pod came to within a minute: kubectl's word, and whether all its containers are ready. Never more than was seen. */
export async function outcome(session: ClusterSession, namespace: string, uid: string): Promise<{ status: string; ready: boolean }> {
  const timeout = AbortSignal.timeout(OUTCOME_MS);
  const { pods } = await session.scope(namespace, timeout);
  const look = () => {
    const { items } = pods.value;
    const pod = items === 'unknown' ? undefined : items.get(uid);
    if (!pod) return { status: '', ready: false, settled: false };
    const { status, ready } = podColumns(pod, new Date());
    const [up, all] = ready.split('/');
    const waiting = pod.status?.containerStatuses?.some(({ state }) => SETTLED_WAITING.test(state?.waiting?.reason ?? '')) ?? false;
    const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    return { status, ready: up === all, settled: up === all || waiting || ended };
  };
  await waitFor(pods, () => look().settled, timeout).catch(() => {});
  const { status, ready } = look();
  return { status, ready };
}

/** Reasons to wait that the kubelet gives after something failed; ContainerCreating and PodInitializing are still on their way. */
const SETTLED_WAITING = /^(Err|ImagePullBackOff|InvalidImageName|ImageInspectError|RegistryUnavailable|Create\w*Error|CrashLoopBackOff|RunContainerError|P\w+HookError)/;
