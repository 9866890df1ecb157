// What is done to several pods at once: one entry in Activity, the steps of each pod in it, and one Undo for all.
import type { PullPolicy } from '../../../shared/contract/findings.ts';
import { Failure, type FailureData } from '../../../shared/contract/failures.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { Teller } from '../activity/activity.ts';
import { kubectl } from '../activity/shell-line.ts';
import type { WayBack } from '../activity/way-back.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import { loadMissing } from '../images/load-missing.ts';
import { deleteAction } from './delete.ts';
import { livePod, type PodRef } from './pod-ref.ts';
import { recreatePods, type Outcome } from './recreate-pods.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

export interface ManyInput {
  readonly context: string;
  readonly pods: readonly Omit<PodRef, 'context'>[];
}
export interface RecreateManyInput extends ManyInput {
  readonly policy?: PullPolicy | undefined;
  /** Loads the images that only Docker has into the pods' nodes first. */
  readonly load: boolean;
}
type Failed = Outcome['failed'];

const LOAD_MS = 30 * 60_000;

/** @throws Failure CHANGES_LOCKED at once; those of a load; MANY_FAILED where none of them was recreated */
export function recreateManyAction(parts: ChangeParts, { context, pods, policy, load }: RecreateManyInput): SessionAction<Pick<Outcome, 'recreated' | 'failed'>> {
  const { session } = parts;
  session.requireChanges();
  return {
    title: { key: policy ? 'activity.recreate-many-with' : 'activity.recreate-many', params: { count: pods.length, policy: policy ?? '' } },
    commands: [],
    endsWithCaller: load,
    async run(tell, signal) {
      if (load) {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(LOAD_MS)]);
        for (const pod of pods) await loadMissing(parts, await livePod(session, { context, ...pod }, limit), tell, limit);
      }
      tell.goesOn();
      const { ways, recreated, failed } = await recreatePods(parts, pods.map((pod) => ({ ref: { context, ...pod }, change: { policy } })), tell);
      sum(tell, recreated.length, failed);
      return { result: { recreated, failed }, ways };
    },
  };
}

/** @throws Failure CHANGES_LOCKED at once; MANY_FAILED where none of them was deleted */
export function deleteManyAction(
  parts: ChangeParts, { context, pods }: ManyInput,
): SessionAction<{ deleted: { namespace: string; name: string }[]; failed: Failed }> {
  parts.session.requireChanges();
  const byNamespace = [...Map.groupBy(pods, ({ namespace }) => namespace)];
  return {
    title: { key: 'activity.delete-many', params: { count: pods.length } },
    commands: byNamespace.map(([namespace, some]) => kubectl({ context, namespace }, 'delete', 'pod', ...some.map(({ name }) => name))),
    endsWithCaller: false,
    async run(tell, signal) {
      const deleted: { namespace: string; name: string }[] = [];
      const failed: Failed = [];
      const ways: WayBack[] = [];
      tell.step('step.delete-pods', { count: pods.length });
      // Side by side: each may take its whole grace period. What each does on the way would be told all mixed up.
      const quiet: Teller = { ...tell, step() {}, stepFailed() {}, command() {} };
      await Promise.all(pods.map(async (pod) => {
        const { namespace, name } = pod;
        try {
          const { ways: back = [] } = await deleteAction(parts, { context, ...pod }).run(quiet, signal);
          ways.push(...back);
          deleted.push({ namespace, name });
          tell.step('step.pod-deleted', { pod: name, of: namespace });
        } catch (error) {
          const failure = failureOf(error);
          if (!failure) throw error;
          failed.push({ namespace, name, failure: failure.toData() });
          tell.step('step.delete-pod', { pod: name, of: namespace });
          tell.stepFailed();
        }
      }));
      sum(tell, deleted.length, failed);
      return { result: { deleted, failed }, ways };
    },
  };
}

/** How it went on the whole. */
function sum(tell: Teller, done: number, failed: readonly { name: string; failure: FailureData }[]): void {
  const causes = failed.map(({ name, failure }) => `${name}: ${failure.cause}`).join('; ');
  if (done === 0 && failed.length > 0) throw new Failure('MANY_FAILED', { count: failed.length }, causes);
  if (failed.length > 0) tell.step('step.some-failed', { count: failed.length, pods: failed.map(({ name }) => name).join(', ') });
}
