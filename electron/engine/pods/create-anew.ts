// Creates a pod whose place was just made free, and asks again for as long as a refusal may pass.
import { setTimeout as sleep } from 'node:timers/promises';
import { causeText, Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { ApiError, failureOf } from '../../clients/cluster/api-error.ts';
import { applyPod, getPod } from '../../clients/cluster/pods-api.ts';
import { unowned } from '../activity/owner.ts';
import { isMadeFrom } from './made-from.ts';
import { quotaOf } from './quota.ts';
import type { Client } from './same-cluster.ts';
import { isPassing } from './until.ts';

/** The new pod: a refusal may pass, but the person should soon have the old one back. */
const CREATE_MS = 10_000;
/** The old one: there is nothing else to do than to try again. */
const RESTORE_MS = 30_000;
const AGAIN_MS = 1_000;

/**
 * Creates the pod. A server that cannot answer is asked again, and one whose quota still counts the old pod, or that was counting at the same time. After
 * an answer that got lost, a pod that is what the manifest says is ours.
 * @throws the refusal; Failure POD_EXISTS where somebody else has the name
 */
export function createAnew(client: Client, namespace: string, manifest: Pod): Promise<Pod> {
  return create(client, namespace, manifest, CREATE_MS, (error) => quotaOf(error) !== undefined);
}

/** Creates the old pod again. @throws Failure POD_REPLACED where somebody else has the name; RECREATE_NOT_RESTORED with `file` */
export async function bringBack(client: Client, namespace: string, restore: Pod, file: string, why?: unknown): Promise<Pod> {
  const pod = restore.metadata.name ?? '';
  try {
    // Forbidden is a quota that somebody else filled, or a rule that may be taken away.
    return await create(client, namespace, restore, RESTORE_MS, (error) => error instanceof ApiError && error.status === 403);
  } catch (error) {
    // A pod of the name is there: somebody else's, or ours whose answer came too late. It is not touched.
    if (error instanceof Failure && error.code === 'POD_EXISTS') throw new Failure('POD_REPLACED', { pod }, error);
    const words = [why, error].filter((each) => each !== undefined).map((each) => failureOf(each)?.raw ?? causeText(each));
    throw new Failure('RECREATE_NOT_RESTORED', { pod, file: unowned(file) }, [...new Set(words)].join('; '));
  }
}

async function create(client: Client, namespace: string, manifest: Pod, limitMs: number, mayPass: (error: unknown) => boolean): Promise<Pod> {
  const limit = AbortSignal.timeout(limitMs);
  let lost = false;
  for (;;) {
    try {
      return (await applyPod(await client(), namespace, manifest, { createOnly: true })).pod;
    } catch (error) {
      if (lost && error instanceof Failure && error.code === 'POD_EXISTS') {
        const there = await getPod(await client(), namespace, manifest.metadata.name ?? '');
        if (isMadeFrom(there, manifest)) return there;
        throw error;
      }
      // Two that count against one quota at the same time: the server says Conflict about the quota (k8s.io/kubernetes/pkg/quota).
      const isTogether = error instanceof ApiError && error.reason === 'Conflict';
      if (limit.aborted || !(isPassing(error) || isTogether || mayPass(error))) throw error;
      lost ||= isPassing(error);
      await sleep(AGAIN_MS, undefined, { signal: limit }).catch(() => Promise.reject(error));
    }
  }
}
