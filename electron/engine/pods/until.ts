// Waiting for what the watch tells of a pod: until it is gone, until its containers run or fail.
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../shared/contract/failures.ts';
import { podColumns } from '../../../shared/kubernetes/pod-status.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import { getPod } from '../../clients/cluster/pods-api.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { waitFor } from '../topic.ts';
import type { PodRef } from './pod-ref.ts';

const OUTCOME_MS = 60_000;
/** The watch tells when a pod is gone; asked now and then all the same, since the watch may be broken or behind. */
const ASK_MS = 5_000;

/**
 * Waits until the pod of this uid is gone: the watch tells when, and the server itself is asked whether. A server that does not answer
 * for a while is no reason to give up. Rejects with the signal's reason, or with a refusal.
 */
export async function untilGone(session: ClusterSession, ref: PodRef, signal: AbortSignal): Promise<void> {
  const { pods } = await session.scope(ref.namespace, signal);
  const saysGone = ({ items }: typeof pods.value) => items !== 'unknown' && !items.has(ref.uid);
  while (!(await whenAnswered(() => isGone(session, ref, signal), signal))) {
    // Where the watch says gone and the server does not, the watch has nothing more to tell.
    if (saysGone(pods.value)) await sleep(BREATH_MS, undefined, { signal });
    else await waitFor(pods, saysGone, AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)])).catch(() => {});
  }
}

const BREATH_MS = 200;

async function isGone(session: ClusterSession, { namespace, name, uid }: PodRef, signal: AbortSignal): Promise<boolean> {
  try {
    return (await getPod(await session.client(signal), namespace, name, signal)).metadata.uid !== uid;
  } catch (error) {
    if (error instanceof Failure && error.code === 'POD_GONE') return true;
    throw error;
  }
}

/** Asks again for as long as the server cannot be reached or says that it cannot answer now (HTTP 429 and 5xx). */
export async function whenAnswered<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      // When the time is up, the server's last words say more than that it is.
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => Promise.reject(error));
    }
  }
}

const AGAIN_MS = 1_000;

/** Whether the server may answer later: it cannot be reached, cannot answer now, or the connection was just made anew. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429;
  if (error instanceof Failure) return error.code === 'CLUSTER_UNREACHABLE';
  return error instanceof Error && (error.name === 'AbortError' || /^UND_ERR_(CLOSED|DESTROYED|SOCKET)$/.test((error as NodeJS.ErrnoException).code ?? ''));
}

/** What the pod came to within a minute: kubectl's word, and whether all its containers are ready. Never more than was seen. */
export async function outcome(session: ClusterSession, namespace: string, uid: string): Promise<{ status: string; ready: boolean }> {
  const timeout = AbortSignal.timeout(OUTCOME_MS);
  const { pods } = await session.scope(namespace, timeout);
  let wasThere = false;
  const look = () => {
    const { items } = pods.value;
    const pod = items === 'unknown' ? undefined : items.get(uid);
    wasThere ||= pod !== undefined;
    if (!pod) return { status: '', ready: false, settled: wasThere };
    const { status, ready } = podColumns(pod, new Date());
    const [up, all] = ready.split('/');
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    const waiting = statuses.some(({ state }) => SETTLED_WAITING.test(state?.waiting?.reason ?? ''));
    const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed' || pod.metadata.deletionTimestamp !== undefined;
    return { status, ready: up === all, settled: up === all || waiting || ended };
  };
  await waitFor(pods, () => look().settled, timeout).catch(() => {});
  const { status, ready } = look();
  return { status, ready };
}

/** Reasons to wait that the kubelet gives after something failed; ContainerCreating and PodInitializing are still on their way. */
const SETTLED_WAITING = /^(Err|ImagePullBackOff|InvalidImageName|ImageInspectError|RegistryUnavailable|Create\w*Error|CrashLoopBackOff|RunContainerError|P\w+HookError)/;
