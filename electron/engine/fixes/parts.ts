// Makes the parts of a fix, one after the other: each is tried on the server first, and where one is refused, those before it are taken back.
import { Failure } from '../../../shared/contract/failures.ts';
import type { ChangePart, Edit } from '../../../shared/contract/findings.ts';
import { elsewhereInTemplate, MissingPlace, withEdits } from '../../../shared/kubernetes/edits.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { applyObject, refOf, resourceOf, type ObjectRef } from '../../clients/cluster/objects-api.ts';
import type { Teller } from '../activity/activity.ts';
import { takeAllBack } from '../activity/take-all-back.ts';
import { patchBack, type WayBack } from '../activity/way-back.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';
import { controllerOf } from '../cluster/owners.ts';
import type { Created } from '../pods/pod-ref.ts';
import { replacePod } from '../pods/replace.ts';
import { planLines } from '../workloads/lines.ts';
import { patchLive } from '../workloads/patch-workload.ts';
import { planned, renewOwned } from '../workloads/renew.ts';
import { readOwners, workloadOf } from '../workloads/root-owner.ts';
import { patchTo, templatePatch } from '../workloads/template.ts';
import { createLines, editedPod, patchLines, replaceLines, staysInPlace } from './lines.ts';

export interface MadeParts {
  /** In the order in which they are taken back: what was done last comes first. */
  readonly ways: readonly WayBack[];
  /** The new pod; undefined where the pod is the same, and where no new one was seen. */
  readonly created: Created | undefined;
  /** Nothing runs before a CronJob's next time. */
  readonly isLater: boolean;
}
type MadePart = { readonly ways: readonly WayBack[]; readonly created?: Created | undefined; readonly isLater?: boolean };

/** After these the person has a file to settle, and what the new pod may need stays. */
const UNSETTLED: ReadonlySet<string> = new Set(['RECREATE_NOT_RESTORED', 'WORKLOAD_NOT_RESTORED']);

/**
 * @param pod as it is now
 * @throws Failure of the first part as it is: PLACE_MISSING, OBJECT_GONE, OBJECT_CHANGED, OBJECT_EXISTS, those of replacePod and renewOwned, the server's
 *   refusal. Of a later one FIX_TAKEN_BACK, or FIX_PARTLY where something stays.
 */
export async function makeParts(parts: ChangeParts, pod: Pod, change: readonly ChangePart[], tell: Teller): Promise<MadeParts> {
  let made: MadeParts = { ways: [], created: undefined, isLater: false };
  for (const [index, part] of change.entries()) {
    try {
      const { ways, created = made.created, isLater = made.isLater } = await makePart(parts, pod, part, tell);
      made = { ways: [...ways, ...made.ways], created, isLater };
    } catch (error) {
      if (made.ways.length === 0 || (error instanceof Failure && UNSETTLED.has(error.code))) throw error;
      tell.stepFailed();
      tell.step('step.take-back');
      const left = await takeAllBack(parts, made.ways, tell);
      const raw = failureOf(error)?.raw ?? error;
      throw left === '' ? new Failure('FIX_TAKEN_BACK', { part: index + 1, parts: change.length }, raw) : new Failure('FIX_PARTLY', { left }, raw);
    }
  }
  return made;
}

async function makePart(parts: ChangeParts, pod: Pod, part: ChangePart, tell: Teller): Promise<MadePart> {
  const connection = await parts.session.client();
  const { namespace = '', name = '' } = pod.metadata;
  const at = { context: parts.session.context, namespace };
  switch (part.on) {
    case 'pod': {
      if (controllerOf(pod)) return placed('Pod', name, () => changeTemplate(parts, connection, pod, part.edits, tell));
      if (staysInPlace(part.edits)) return changeObject(connection, at, refOf({ ...pod, apiVersion: 'v1', kind: 'Pod' }), part.edits, tell);
      return placed('Pod', name, () => changeBare(parts, pod, part.edits, tell));
    }
    case 'object':
      return changeObject(connection, at, await inNamespace(connection, part.object, namespace), part.edits, tell);
    case 'new':
      return makeNew(connection, at, part.object as unknown as KubeObject, tell);
  }
}

/** A place that an edit cannot find is no bug: the object may be another one by now. */
async function placed<Result>(kind: string, name: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof MissingPlace) throw new Failure('PLACE_MISSING', { kind, name, path: error.path }, error);
    throw error;
  }
}

async function changeBare(parts: ChangeParts, pod: Pod, edits: readonly Edit[], tell: Teller): Promise<MadePart> {
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  const at = { context: parts.session.context, namespace };
  for (const line of replaceLines(at, pod, edits)) tell.command(line);
  const { created, old, file } = await replacePod(parts, { ref: { ...at, name, uid }, make: (live) => editedPod(live, edits) }, tell);
  return { created, ways: [{ type: 'replace-pod', ...created, old, file }] };
}

async function changeTemplate(parts: ChangeParts, connection: ClusterConnection, pod: Pod, edits: readonly Edit[], tell: Teller): Promise<MadePart> {
  const { namespace = '', name = '' } = pod.metadata;
  tell.step('step.find-owner', { pod: name });
  const chain = await readOwners(connection, pod);
  const root = workloadOf(pod, chain);
  const other = elsewhereInTemplate(pod, root, edits);
  if (other !== undefined) throw new Failure('PLACE_MISSING', { kind: root.kind, name: root.metadata.name ?? '', path: other }, 'the template has something else there than the pod');
  await placed(root.kind, root.metadata.name ?? '', async () => templatePatch(root, { edits }));
  for (const line of planLines({ context: parts.session.context, namespace }, planned([pod], chain, { edits }), [name], { edits })) tell.command(line);
  const { created, ways } = await renewOwned(parts, connection, [pod], chain, { edits }, tell);
  return { created, ways, isLater: root.kind === 'CronJob' && created === undefined };
}

async function changeObject(
  connection: ClusterConnection, at: { context: string; namespace: string }, ref: ObjectRef, edits: readonly Edit[], tell: Teller,
): Promise<MadePart> {
  const { kind, name } = ref;
  let told = false;
  const patched = await placed(kind, name, () => patchLive(connection, ref, (live) => {
    if (!told) for (const line of patchLines(at, { ...live, kind }, edits)) tell.command(line);
    told = true;
    return patchTo(live, withEdits(live, edits));
  }, tell));
  if (!patched) {
    tell.step('step.object-as-wanted', { kind, name });
    return { ways: [] };
  }
  const object = { ...ref, uid: patched.after.metadata.uid };
  return { ways: [{ type: 'patch', object, patch: patchBack(patched.before, patched.after) }] };
}

async function makeNew(connection: ClusterConnection, at: { context: string; namespace: string }, wanted: KubeObject, tell: Teller): Promise<MadePart> {
  const { kind, name, namespace } = await inNamespace(connection, refOf(wanted), at.namespace);
  const object = { ...wanted, metadata: { ...wanted.metadata, ...(namespace === undefined ? {} : { namespace }) } };
  for (const line of createLines(at, object)) tell.command(line);
  tell.step('step.dry-run');
  await applyObject(connection, object, { createOnly: true, dryRun: true });
  tell.step('step.create-object', { kind, name });
  const { object: made } = await applyObject(connection, object, { createOnly: true });
  return { ways: [{ type: 'delete', object: { ...refOf(object), uid: made.metadata.uid } }] };
}

/** What names no namespace is of the pod's, where its kind has one. @throws Failure KIND_UNKNOWN */
async function inNamespace(connection: ClusterConnection, ref: ObjectRef, namespace: string): Promise<ObjectRef> {
  const { namespaced } = await resourceOf(connection, ref);
  return namespaced && ref.namespace === undefined ? { ...ref, namespace } : ref;
}
