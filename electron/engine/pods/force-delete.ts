// The last resorts for a pod that does not end (F18). Neither is ever one click: what runs on its node may go on, and what a finalizer was to do is not done.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';
import { patchObject } from '../../clients/cluster/objects-api.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import { deletePod } from '../../clients/cluster/pods-api.ts';
import { kubectl } from '../activity/shell-line.ts';
import { controllerOf } from '../cluster/owners.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import { livePod, type PodRef } from './pod-ref.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

/** The kubelet and the server need a while beyond the grace period; a busy node more. */
const OVERDUE_MS = 30_000;

type Confirmed = PodRef & { readonly confirm: string };

/** Whether it should have been gone for a while. deletionTimestamp is the end of the grace period (metav1.ObjectMeta). */
export function isOverdue({ metadata: { deletionTimestamp } }: Pod, now: Date): boolean {
  return deletionTimestamp !== undefined && now.getTime() - Date.parse(deletionTimestamp) > OVERDUE_MS;
}

/** Takes it off the server now; its node learns of it later. */
export function forceDeleteLine(at: { context: string; namespace: string }, name: string): string {
  return kubectl(at, 'delete', 'pod', name, '--grace-period=0', '--force');
}

/** A JSON patch that removes this finalizer, and fails where it is not at that place any more. */
export function finalizerPatch(pod: Pod, finalizer: string): ({ op: 'test'; path: string; value: string } | { op: 'remove'; path: string })[] | undefined {
  const index = pod.metadata.finalizers?.indexOf(finalizer) ?? -1;
  if (index < 0) return undefined;
  const path = `/metadata/finalizers/${index}`;
  return [{ op: 'test', path, value: finalizer }, { op: 'remove', path }];
}

export function finalizerLine(at: { context: string; namespace: string }, pod: Pod, finalizer: string): string[] {
  const patch = finalizerPatch(pod, finalizer);
  return patch ? [kubectl(at, 'patch', 'pod', pod.metadata.name ?? '', '--type=json', '-p', JSON.stringify(patch))] : [];
}

/** @throws Failure CHANGES_LOCKED, NOT_CONFIRMED at once; POD_GONE, POD_REPLACED, POD_NOT_STUCK when it runs */
export function forceDeleteAction({ session, journal }: ChangeParts, { confirm, ...ref }: Confirmed): SessionAction<Record<string, never>> {
  session.requireChanges();
  requireConfirmed(confirm, ref.name);
  const at = { context: session.context, namespace: ref.namespace };
  return {
    title: { key: 'activity.force-delete', params: { pod: ref.name } },
    commands: [forceDeleteLine(at, ref.name)],
    subject: { ...at, pod: ref.name },
    endsWithCaller: false,
    async run(tell) {
      tell.step('step.check-pod', { pod: ref.name });
      const pod = await livePod(session, ref);
      const { deletionTimestamp = 'none' } = pod.metadata;
      if (!isOverdue(pod, new Date())) throw new Failure('POD_NOT_STUCK', { pod: ref.name }, `metadata.deletionTimestamp: ${deletionTimestamp}`);
      tell.step('step.write-journal');
      const restore = recreateManifest(pod, {});
      const open = await journal.write({ change: 'delete', ...at, server: session.server, pod: ref.name, uid: ref.uid, restore });
      tell.step('step.force-delete', { pod: ref.name });
      let file = open;
      try {
        await deletePod(await session.client(), ref.namespace, ref.name, { uid: ref.uid, gracePeriodSeconds: 0 });
      } finally {
        file = await journal.close(open);
      }
      return { result: {}, ...(controllerOf(pod) ? {} : { ways: [{ type: 'create', object: { ...restore }, file }] }) };
    },
  };
}

/** @throws Failure CHANGES_LOCKED, NOT_CONFIRMED at once; POD_GONE, POD_REPLACED, FINALIZER_GONE when it runs */
export function removeFinalizerAction(
  { session }: ChangeParts, { confirm, finalizer, ...ref }: Confirmed & { readonly finalizer: string },
): SessionAction<Record<string, never>> {
  session.requireChanges();
  requireConfirmed(confirm, ref.name);
  const at = { context: session.context, namespace: ref.namespace };
  return {
    title: { key: 'activity.remove-finalizer', params: { pod: ref.name, finalizer } },
    commands: [],
    subject: { ...at, pod: ref.name },
    endsWithCaller: false,
    async run(tell) {
      tell.step('step.check-pod', { pod: ref.name });
      const pod = await livePod(session, ref);
      const gone = (cause: unknown) => new Failure('FINALIZER_GONE', { pod: ref.name, finalizer }, cause);
      const patch = finalizerPatch(pod, finalizer);
      if (!patch) throw gone(`metadata.finalizers: ${JSON.stringify(pod.metadata.finalizers ?? [])}`);
      for (const line of finalizerLine(at, pod, finalizer)) tell.command(line);
      tell.step('step.remove-finalizer', { pod: ref.name, finalizer });
      await patchObject(await session.client(), { apiVersion: 'v1', kind: 'Pod', namespace: ref.namespace, name: ref.name }, patch).catch((error: unknown) => {
        throw error instanceof ApiError && error.status === 422 ? gone(error) : error;
      });
      return { result: {} };
    },
  };
}

/** @throws Failure NOT_CONFIRMED */
export function requireConfirmed(typed: string, name: string): void {
  if (typed !== name) throw new Failure('NOT_CONFIRMED', { name }, `${JSON.stringify(typed)} was typed`);
}
