// Changes an object that is there, a workload's template for one, never over a change that somebody else made in the meantime.
import type { Operation } from 'rfc6902';
import { Failure } from '../../../shared/contract/failures.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { getObject, isFailedTest, patchObject, refOf, type ObjectRef } from '../../clients/cluster/objects-api.ts';
import type { Teller } from '../activity/activity.ts';
import { isPaused, type TemplatePatch } from './template.ts';
import type { Workload } from './root-owner.ts';

/** A controller writes the status of a workload whose pods fail again and again: such a conflict is nobody's change. */
const STATUS_CONFLICTS = 8;

/**
 * Tries the patch on the server first, then makes it, both for the version that was read
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions). Where the definition was changed since it was read, it is read anew once.
 * @returns the workload before and after; undefined where `make` has nothing to change
 * @throws Failure WORKLOAD_CHANGED where it was changed a second time, or what a JSON patch changes was; WORKLOAD_ENDING, WORKLOAD_PAUSED; OBJECT_GONE,
 *   OBJECT_REPLACED
 */
export async function patchWorkload(
  connection: ClusterConnection, workload: Workload, make: (live: Workload) => TemplatePatch | undefined, tell: Teller,
): Promise<{ before: Workload; after: Workload } | undefined> {
  const making = (live: KubeObject) => {
    const { kind, metadata: { name = '' } } = workload;
    if (isPaused(live as Workload)) throw new Failure('WORKLOAD_PAUSED', { kind, name }, 'spec.paused: true');
    return make(live as Workload);
  };
  return (await patchLive(connection, refOf(workload), making, tell, 'WORKLOAD_CHANGED')) as { before: Workload; after: Workload } | undefined;
}

/** As patchWorkload, for an object of any kind. @throws Failure OBJECT_CHANGED, or `changed`, where it was; WORKLOAD_ENDING; OBJECT_GONE, OBJECT_REPLACED */
export async function patchLive(
  connection: ClusterConnection, ref: ObjectRef, make: (live: KubeObject) => TemplatePatch | undefined, tell: Teller,
  changed: 'OBJECT_CHANGED' | 'WORKLOAD_CHANGED' = 'OBJECT_CHANGED',
): Promise<{ before: KubeObject; after: KubeObject } | undefined> {
  const { kind, name } = ref;
  let generation: unknown;
  let first: string | undefined;
  let changes = 0;
  let conflict: unknown;
  for (let tries = 0; ; tries++) {
    const before = await getObject(connection, ref);
    const now = (before.metadata as { generation?: unknown }).generation;
    if (tries > 0 && now !== generation) changes += 1;
    if (changes > 1 || tries > STATUS_CONFLICTS) throw new Failure(changed, { kind, name }, conflict);
    generation = now;
    const { deletionTimestamp, resourceVersion } = before.metadata;
    if (deletionTimestamp !== undefined) throw new Failure('WORKLOAD_ENDING', { kind, name }, `metadata.deletionTimestamp: ${deletionTimestamp}`);
    const patch = make(before);
    if (!patch) return undefined;
    const isJson = isOperations(patch);
    // Its tests have the former values: another patch is one over what somebody else did.
    if (isJson && first !== undefined && first !== JSON.stringify(patch)) throw new Failure(changed, { kind, name }, conflict);
    if (isJson) first = JSON.stringify(patch);
    // Set to what it should be, another one is refused (Conflict), as with the field of a merge patch; a failed `test` says nothing of who is too late.
    const body: TemplatePatch = isOperations(patch)
      ? [...patch, { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion }]
      : { ...patch, metadata: { resourceVersion } };
    try {
      tell.step('step.dry-run-object', { kind, name });
      await patchObject(connection, ref, body, { dryRun: true });
      tell.step('step.patch-object', { kind, name });
      return { before, after: await patchObject(connection, ref, body) };
    } catch (error) {
      if (isJson && isFailedTest(error)) throw new Failure(changed, { kind, name }, error);
      if (!(error instanceof ApiError && error.status === 409)) throw error;
      conflict = error;
    }
  }
}

/** Array.isArray does not know read-only ones. */
const isOperations = (patch: TemplatePatch): patch is readonly Operation[] => Array.isArray(patch);
