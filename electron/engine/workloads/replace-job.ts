// Makes a Job anew. As with a pod: the server checks the new one, the old definition goes to disk, the old Job is deleted with its pods, and what
// refuses to be created puts the old one back.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../shared/contract/failures.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { applyObject, deleteObject, getObject, refOf, type ObjectRef } from '../../clients/cluster/objects-api.ts';
import type { Teller } from '../activity/activity.ts';
import type { WayBack } from '../activity/way-back.ts';
import { isPassing, whenAnswered } from '../pods/until.ts';
import { jobManifest } from './job-manifest.ts';
import type { Workload } from './root-owner.ts';
import type { TemplateChange } from './template.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

/** Its pods end first, each with its grace period. */
const GONE_MS = 5 * 60_000;
/** A refusal to create may pass, but the person should soon have the old Job back. */
const CREATE_MS = 10_000;
const ASK_MS = 500;

/**
 * @returns the new Job, and how the old one is had back
 * @throws Failure WORKLOAD_ENDING, OBJECT_GONE, OBJECT_REPLACED before anything is changed; WORKLOAD_RESTORED, WORKLOAD_NOT_RESTORED
 */
export async function replaceJob(
  { session, journal }: ChangeParts, connection: ClusterConnection, job: Workload, change: TemplateChange, tell: Teller,
): Promise<{ job: Workload; ways: WayBack[] }> {
  const ref = refOf(job);
  const { kind, name, namespace = '' } = ref;
  const old = (await getObject(connection, ref)) as Workload;
  const { deletionTimestamp, uid = '' } = old.metadata;
  if (deletionTimestamp !== undefined) throw new Failure('WORKLOAD_ENDING', { kind, name }, `metadata.deletionTimestamp: ${deletionTimestamp}`);
  const manifest = jobManifest(old, change);
  const restore = jobManifest(old);
  tell.step('step.dry-run');
  // Under its own name the server would answer that it is there already. 63 characters: the name becomes a label of its pods.
  const trial = `${name.slice(0, 45)}-podlab-${randomBytes(4).toString('hex')}`;
  await applyObject(connection, { ...manifest, metadata: { ...manifest.metadata, name: trial } }, { dryRun: true, createOnly: true });

  tell.step('step.write-journal');
  const open = await journal.write({ change: 'recreate', context: session.context, server: session.server, namespace, pod: name, uid, restore, make: manifest });
  tell.step('step.delete-object', { kind, name });
  // Foreground: the Job stays until its pods are gone, so that the old ones and the new ones do not run side by side.
  await deleteForSure(connection, { ...ref, uid }).catch(async (error: unknown) => {
    await journal.close(open);
    throw error;
  });
  tell.step('step.wait-until-object-gone', { kind, name });
  await untilGone(connection, { ...ref, uid }).catch(async (error: unknown) => {
    throw new Failure('WORKLOAD_NOT_RESTORED', { kind, name, file: await journal.leave(open) }, failureOf(error)?.raw ?? error);
  });

  tell.step('step.create-object', { kind, name });
  const made = await create(connection, manifest).catch(async (error: unknown) => {
    tell.step('step.restore-object', { kind, name });
    await create(connection, restore).catch(async (second: unknown) => {
      const words = [error, second].map((each) => failureOf(each)?.raw ?? String(each)).join('; ');
      throw new Failure('WORKLOAD_NOT_RESTORED', { kind, name, file: await journal.leave(open) }, words);
    });
    await journal.close(open);
    throw new Failure('WORKLOAD_RESTORED', { kind, name }, failureOf(error)?.raw ?? error);
  });
  const file = await journal.close(open);
  return { job: made, ways: [{ type: 'delete', object: refOf(made) }, { type: 'create', object: restore, file }] };
}

/** Creates the Job; asked again while the server cannot answer. A Job of that name after an answer that got lost is ours. */
async function create(connection: ClusterConnection, manifest: Workload): Promise<Workload> {
  let lost = false;
  return whenAnswered(async () => {
    try {
      return (await applyObject(connection, manifest, { createOnly: true })).object as Workload;
    } catch (error) {
      if (lost && error instanceof Failure && error.code === 'OBJECT_EXISTS') return (await getObject(connection, refOf(manifest))) as Workload;
      lost ||= isPassing(error);
      throw error;
    }
  }, AbortSignal.timeout(CREATE_MS));
}

/** An answer that got lost on the way may have been a yes: then the Job is ending. */
async function deleteForSure(connection: ClusterConnection, ref: ObjectRef): Promise<void> {
  try {
    await deleteObject(connection, ref, { propagationPolicy: 'Foreground' });
  } catch (error) {
    if (!isPassing(error)) throw error;
    const isUntouched = await whenAnswered(async () => (await liveOrGone(connection, ref))?.metadata.deletionTimestamp === undefined, AbortSignal.timeout(GONE_MS));
    if (isUntouched && (await liveOrGone(connection, ref))) throw error;
  }
}

async function untilGone(connection: ClusterConnection, ref: ObjectRef): Promise<void> {
  const limit = AbortSignal.timeout(GONE_MS);
  // Nothing watches Jobs here: they are asked for.
  while (await whenAnswered(() => liveOrGone(connection, ref), limit)) await sleep(ASK_MS, undefined, { signal: limit });
}

async function liveOrGone(connection: ClusterConnection, ref: ObjectRef): Promise<Workload | undefined> {
  try {
    return (await getObject(connection, ref)) as Workload;
  } catch (error) {
    if (error instanceof Failure && (error.code === 'OBJECT_GONE' || error.code === 'OBJECT_REPLACED')) return undefined;
    throw error;
  }
}
