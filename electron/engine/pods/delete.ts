// Deletes a pod, after its definition is on disk, and waits until it is gone.
import { Failure } from '../../../shared/contract/failures.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';
import { kubectl } from '../activity/shell-line.ts';
import { controllerOf } from '../cluster/owners.ts';
import { deleteForSure } from './delete-for-sure.ts';
import { stayingPod, type PodRef } from './pod-ref.ts';
import type { ChangeParts } from './replace.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import { untilGone } from './until.ts';

/** Beyond the pod's own grace period: the kubelet still has to report and the server to remove it. A busy node takes its time. */
const SLACK_S = 90;
/** How long a cluster that went away in this moment is asked what it did. */
const PATIENCE_MS = 2 * 60_000;

/** @throws Failure CHANGES_LOCKED at once; POD_GONE, POD_REPLACED, POD_STILL_TERMINATING when it runs. */
export function deleteAction({ session, journal }: ChangeParts, ref: PodRef): SessionAction<Record<string, never>> {
  session.requireChanges();
  const at = { context: session.context, namespace: ref.namespace };
  return {
    title: { key: 'activity.delete', params: { pod: ref.name } },
    commands: [kubectl(at, 'delete', 'pod', ref.name)],
    subject: { ...at, pod: ref.name },
    endsWithCaller: false,
    async run(tell) {
      tell.step('step.check-pod', { pod: ref.name });
      const pod = await stayingPod(session, ref);
      const restore = recreateManifest(pod, {});
      tell.step('step.write-journal');
      const open = await journal.write({ change: 'delete', ...at, pod: ref.name, uid: ref.uid, restore });
      tell.step('step.delete-pod', { pod: ref.name });
      // Whether it is done or not touched, nothing is half-way any more: the file stays among the finished ones.
      let file = open;
      try {
        await deleteForSure(session, ref, () => session.client(), PATIENCE_MS);
      } finally {
        file = await journal.close(open);
      }
      tell.step('step.wait-until-gone', { pod: ref.name, seconds: pod.spec?.terminationGracePeriodSeconds ?? 30 });
      const seconds = (pod.spec?.terminationGracePeriodSeconds ?? 30) + SLACK_S;
      const limit = AbortSignal.timeout(seconds * 1000);
      await untilGone(session, ref, limit).catch((error: unknown) => {
        if (!limit.aborted) throw error;
        throw new Failure('POD_STILL_TERMINATING', { pod: ref.name, seconds }, 'the pod has a deletionTimestamp, but is still there');
      });
      // Its controller makes another one by itself: there is nothing to bring back.
      if (controllerOf(pod)) return { result: {} };
      return {
        result: {},
        ways: [{ type: 'create', object: { ...restore }, file }],
      };
    },
  };
}
