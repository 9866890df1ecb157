// Makes the pods of one workload anew, with another policy or image or as they are, by what its kind needs.
import { Failure } from '../../../shared/contract/failures.ts';
import { MissingPlace } from '../../../shared/kubernetes/edits.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { patchObject, refOf } from '../../clients/cluster/objects-api.ts';
import type { Teller } from '../activity/activity.ts';
import { patchBack, type WayBack } from '../activity/way-back.ts';
import { deletePods } from './delete-pods.ts';
import { followNewPod, knownUids } from './follow.ts';
import { patchWorkload } from './patch-workload.ts';
import { isReady, planOf, type Plan } from './plan.ts';
import { replaceJob } from './replace-job.ts';
import { restartPatch, rollsOut, templatePatch, type TemplateChange } from './template.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';
import type { Created } from '../pods/pod-ref.ts';

export interface Renewed {
  readonly workload: { readonly kind: string; readonly name: string };
  /** The first new pod; undefined where none was seen. */
  readonly created: Created | undefined;
  readonly ways: readonly WayBack[];
}

/**
 * @param pods live pods of one root; those that are in the way of the new ones are deleted
 * @param chain their owners as they are now, from the controller to the root
 * @throws Failure POD_HAS_OWNER for a kind of root that Podlab does not know, CONTAINER_NOT_FOUND; those of patchWorkload and replaceJob
 */
export async function renewOwned(
  parts: ChangeParts, connection: ClusterConnection, pods: readonly Pod[], chain: readonly KubeObject[], change: TemplateChange, tell: Teller,
): Promise<Renewed> {
  const plan = planned(pods, chain, change);
  const { workload, patch } = plan;
  const ref = refOf(workload);
  const before = await knownUids(parts.session, ref.namespace ?? '');
  const patched = patch && (await patchWorkload(connection, workload, (live) => templatePatch(live, change), tell));
  const back = patched ? patchBack(patched.before, patched.after) : [];
  const ways: WayBack[] = [];
  if (patched) ways.push({ type: 'patch', object: ref, patch: back });
  // What does not replace its pods by itself does not do so on the way back either.
  const paths = change.edits?.map(({ path }) => path);
  if (patched && (plan.deletesPods || workload.kind === 'StatefulSet')) ways.push({ type: 'renew-pods', object: ref, ...(paths ? { paths } : {}) });
  let makes = workload;
  try {
    if (plan.job) {
      const replaced = await replaceJob(parts, connection, plan.job, change, tell);
      ways.push(...replaced.ways);
      makes = replaced.job;
    }
    if (plan.deletesPods) await deletePods(connection, pods, tell);
  } catch (error) {
    // What failed has changed nothing. Where that cannot be had either, the first reason is the one to tell.
    if (patched) {
      tell.step('step.patch-back', { kind: ref.kind, name: ref.name });
      await patchObject(connection, ref, back).catch(() => tell.stepFailed());
    }
    throw error;
  }
  const named = { kind: ref.kind, name: ref.name };
  if (workload.kind === 'CronJob' && !plan.job && !plan.deletesPods) {
    tell.step('step.next-run', named); // nothing runs before its time
    return { workload: named, created: undefined, ways };
  }
  return { workload: named, created: await followNewPod(parts.session, connection, makes, before, graceOf(pods), tell), ways };
}

/**
 * Makes all pods of the workload anew out of the same template: a rollout restart; where the kind has none, the given pods are deleted.
 * @throws Failure as renewOwned
 */
export async function restartOwned(
  parts: ChangeParts, connection: ClusterConnection, pods: readonly Pod[], chain: readonly KubeObject[], tell: Teller,
): Promise<Renewed> {
  const { workload } = planned(pods, chain, {});
  if (!rollsOut(workload)) return renewOwned(parts, connection, pods, chain, {}, tell);
  const { kind, namespace = '', name } = refOf(workload);
  const before = await knownUids(parts.session, namespace);
  await patchWorkload(connection, workload, (live) => restartPatch(live, new Date()), tell);
  // See planOf: a StatefulSet does not pass a broken pod by.
  if (kind === 'StatefulSet') await deletePods(connection, pods.filter((pod) => !isReady(pod)), tell);
  return { workload: { kind, name }, created: await followNewPod(parts.session, connection, workload, before, graceOf(pods), tell), ways: [] };
}

/** planOf, its refusal as a Failure, but for MissingPlace. */
export function planned(pods: readonly Pod[], chain: readonly KubeObject[], change: TemplateChange): Plan {
  try {
    return planOf(pods, chain, change);
  } catch (error) {
    if (error instanceof RangeError && !(error instanceof MissingPlace)) throw new Failure('CONTAINER_NOT_FOUND', { pod: pods[0]?.metadata.name ?? '', container: change.container ?? '' }, error);
    throw error;
  }
}

const graceOf = (pods: readonly Pod[]) => Math.max(0, ...pods.map(({ spec }) => spec?.terminationGracePeriodSeconds ?? 30));
