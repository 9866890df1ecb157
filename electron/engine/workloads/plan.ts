// What has to be done so that the pods of a workload are made anew, with another policy or image or as they are.
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { isFinished, rollsOut, templatePatch, type TemplateChange, type TemplatePatch } from './template.ts';
import { isWorkload, workloadOf, type Workload } from './root-owner.ts';

export interface Plan {
  /** The root: its template is what counts. */
  readonly workload: Workload;
  /** Changes the root's template. */
  readonly patch: TemplatePatch | undefined;
  /** Deletes the pods themselves, since nothing else does: their controller makes them anew out of the template. */
  readonly deletesPods: boolean;
  /** Makes this Job anew: its template cannot be changed, and a finished one makes no pod any more. */
  readonly job: Workload | undefined;
}

/**
 * @param chain from the pods' controller to the root
 * @throws Failure POD_HAS_OWNER for a kind of root that Podlab does not know; RangeError as templatePatch
 */
export function planOf(pods: readonly Pod[], chain: readonly KubeObject[], change: TemplateChange): Plan {
  const workload = workloadOf(pods[0] ?? { metadata: {} }, chain);
  const patch = templatePatch(workload, change);
  const [first] = chain;
  const job = first && isWorkload(first) && first.kind === 'Job' ? first : undefined;
  if (job) {
    const isOther = templatePatch(job, change) !== undefined;
    // A CronJob's Job that did its work is left: the next run uses the new template.
    const isDone = job !== workload && isFinished(job, 'Complete');
    const renews = !isDone && (isOther || isFinished(job));
    return { workload, patch: job === workload ? undefined : patch, job: renews ? job : undefined, deletesPods: !renews && !isDone && patch === undefined };
  }
  if (!patch) return { workload, patch, job, deletesPods: true };
  // A StatefulSet waits for a broken pod to get ready before it replaces it (kubernetes.io, StatefulSets, "Forced rollback").
  const isStuck = workload.kind === 'StatefulSet' && pods.some((pod) => !isReady(pod));
  return { workload, patch, job, deletesPods: !rollsOut(workload) || isStuck };
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

