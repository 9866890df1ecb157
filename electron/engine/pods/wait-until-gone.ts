// The wait for a pod to end, with its grace period said honestly, and the way to end it at once.
import { deletePod } from '../../clients/cluster/pods-api.ts';
import type { Teller } from '../activity/activity.ts';
import { kubectl } from '../activity/shell-line.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { PodRef } from './pod-ref.ts';
import type { Client } from './same-cluster.ts';
import { untilGone } from './until.ts';

export interface Ending {
  readonly session: ClusterSession;
  readonly client: Client;
  readonly ref: PodRef;
  /** How long the pod has to end by itself. */
  readonly seconds: number;
}

/**
 * Waits until the pod is gone. Meanwhile Stop now is offered: the server forgets the pod at once, and the kubelet kills what still runs
 * (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-forced).
 * @throws the signal's reason, or a refusal
 */
export async function waitUntilGone({ session, client, ref, seconds }: Ending, tell: Teller, signal: AbortSignal): Promise<void> {
  const { context, namespace, name, uid } = ref;
  tell.step('step.wait-until-gone', { pod: name, seconds });
  using _ = tell.canStopNow(async () => {
    tell.command(kubectl({ context, namespace }, 'delete', 'pod', name, '--grace-period=0', '--force'));
    await deletePod(await client(), namespace, name, { uid, gracePeriodSeconds: 0 });
  });
  await untilGone(session, ref, signal);
}
