// Changes a workload's template, never over a change that somebody else made in the meantime.
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { getObject, patchObject, refOf } from '../../clients/cluster/objects-api.ts';
import type { Teller } from '../activity/activity.ts';
import { isPaused } from './template.ts';
import type { Workload } from './root-owner.ts';

/** A controller writes the status of a workload whose pods fail again and again: such a conflict is nobody's change. */
const STATUS_CONFLICTS = 8;

/**
 * Tries the patch on the server first, then makes it, both for the version that was read
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions). Where the definition was changed since it was read, it is read anew once.
 * @returns the workload before and after; undefined where `make` has nothing to change
 * @throws Failure WORKLOAD_CHANGED where it was changed a second time; WORKLOAD_ENDING, WORKLOAD_PAUSED; OBJECT_GONE, OBJECT_REPLACED
 */
export async function patchWorkload(
  connection: ClusterConnection, workload: Workload, make: (live: Workload) => Readonly<Record<string, unknown>> | undefined, tell: Teller,
): Promise<{ before: Workload; after: Workload } | undefined> {
  const ref = refOf(workload);
  const { kind, name } = ref;
  let generation: unknown;
  let changes = 0;
  let conflict: unknown;
  for (let tries = 0; ; tries++) {
    const before = (await getObject(connection, ref)) as Workload;
    const now = (before.metadata as { generation?: unknown }).generation;
    if (tries > 0 && now !== generation) changes += 1;
    if (changes > 1 || tries > STATUS_CONFLICTS) throw new Failure('WORKLOAD_CHANGED', { kind, name }, conflict);
    generation = now;
    refuse(before);
    const patch = make(before);
    if (!patch) return undefined;
    const body = { ...patch, metadata: { resourceVersion: before.metadata.resourceVersion } };
    try {
      tell.step('step.dry-run-object', { kind, name });
      await patchObject(connection, ref, body, { dryRun: true });
      tell.step('step.patch-object', { kind, name });
      return { before, after: (await patchObject(connection, ref, body)) as Workload };
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
      conflict = error;
    }
  }
}

function refuse(workload: Workload): void {
  const { kind, metadata: { name = '', deletionTimestamp } } = workload;
  if (deletionTimestamp !== undefined) throw new Failure('WORKLOAD_ENDING', { kind, name }, `metadata.deletionTimestamp: ${deletionTimestamp}`);
  if (isPaused(workload)) throw new Failure('WORKLOAD_PAUSED', { kind, name }, 'spec.paused: true');
}
