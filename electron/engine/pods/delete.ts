// Deletes a pod, after its definition is on disk, and waits until it is gone.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Teller } from '../activity/activity.ts';
import { kubectl } from '../activity/shell-line.ts';
import { controllerOf } from '../cluster/owners.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { deleteKept } from './delete-kept.ts';
import type { PodRef } from './pod-ref.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import { sameCluster, type Client } from './same-cluster.ts';
import { waitUntilGone } from './wait-until-gone.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

/** Beyond the pod's own grace period: the kubelet still has to report and the server to remove it. A busy node takes its time. */
const SLACK_S = 90;
/** How long a cluster that went away in this moment is asked what it did. */
const PATIENCE_MS = 2 * 60_000;

/** @throws Failure CHANGES_LOCKED at once; POD_GONE, POD_REPLACED, POD_ENDING, JOURNAL_NOT_WRITTEN, POD_STILL_TERMINATING when it runs. */
export function deleteAction(parts: ChangeParts, ref: PodRef): SessionAction<Record<string, never>> {
  const { session, journal } = parts;
  session.requireChanges();
  const at = { context: session.context, namespace: ref.namespace };
  return {
    title: { key: 'activity.delete', params: { pod: ref.name } },
    commands: [kubectl(at, 'delete', 'pod', ref.name)],
    subject: { ...at, pod: ref.name },
    endsWithCaller: false,
    async run(tell) {
      tell.step('step.check-pod', { pod: ref.name });
      const client = sameCluster(session);
      const { old, restore, open } = await deleteKept(parts, client, ref, async () => undefined, PATIENCE_MS, tell);
      let file = open;
      try {
        await untilOver(session, client, ref, old.spec?.terminationGracePeriodSeconds ?? 30, tell);
      } finally {
        // Whether it is gone or still going, nothing is half-way any more: the file stays among the finished ones.
        file = await journal.close(open);
      }
      // Its controller makes another one by itself: there is nothing to bring back.
      if (controllerOf(old)) return { result: {} };
      return {
        result: {},
        ways: [{ type: 'create', object: { ...restore }, file }],
      };
    },
  };
}

async function untilOver(session: ClusterSession, client: Client, ref: PodRef, grace: number, tell: Teller): Promise<void> {
  const seconds = grace + SLACK_S;
  const limit = AbortSignal.timeout(seconds * 1000);
  await waitUntilGone({ session, client, ref, seconds: grace }, tell, limit).catch((error: unknown) => {
    if (!limit.aborted) throw error;
    throw new Failure('POD_STILL_TERMINATING', { pod: ref.name, seconds }, 'the pod has a deletionTimestamp, but is still there');
  });
}
