// Puts one pod in the place of another of the same name. The order loses nothing: the server checks the new one, the old definition goes to
// disk, the old pod is deleted, and from then on the only way is forward; what refuses to be created puts the old one back.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { Teller } from '../activity/activity.ts';
import { unowned } from '../activity/owner.ts';
import { controllerOf } from '../cluster/owners.ts';
import { bringBack, createAnew } from './create-anew.ts';
import { deleteKept } from './delete-kept.ts';
import { dryRunBeside } from './dry-run.ts';
import { stayingPod, type PodRef, type Created } from './pod-ref.ts';
import { sameCluster, type Client } from './same-cluster.ts';
import { outcome } from './until.ts';
import { waitUntilGone } from './wait-until-gone.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

export interface Replacement {
  readonly ref: PodRef;
  /** The new pod's manifest out of the live pod. */
  make(live: Pod): Pod;
  /** Runs when the server has accepted the new pod, and before anything is deleted. */
  before?(manifest: Pod): Promise<void>;
}

/** A pod that ends slowly (finalizers, a busy node) and a cluster that is away are waited for this long. */
const PATIENCE_MS = 15 * 60_000;

/** One change of a pod at a time, whichever screen asks: two would take each other's pod for somebody else's. */
const inChange = new Set<string>();

/**
 * @returns the new pod, and the file that has the old one's definition
 * @throws before anything is deleted Failure POD_GONE, POD_REPLACED, POD_ENDING, POD_CHANGED, POD_HAS_OWNER, DRY_RUN_NOT_SUPPORTED, JOURNAL_NOT_WRITTEN, or
 *   the server's refusal of the new pod; after that RECREATE_RESTORED, RECREATE_NOT_RESTORED, POD_REPLACED, CONTEXT_LEADS_ELSEWHERE
 */
export async function replacePod(parts: ChangeParts, replacement: Replacement, tell: Teller): Promise<{ created: Created; old: Pod; file: string }> {
  const { uid, name } = replacement.ref;
  if (inChange.has(uid)) throw new Failure('POD_ENDING', { pod: name }, 'another change of this pod is running');
  inChange.add(uid);
  try {
    return await replace(parts, replacement, tell);
  } finally {
    inChange.delete(uid);
  }
}

async function replace(parts: ChangeParts, { ref, make, before }: Replacement, tell: Teller) {
  const { session } = parts;
  const client = sameCluster(session);
  tell.step('step.check-pod', { pod: ref.name });
  const first = await stayingPod(session, ref);
  const owner = controllerOf(first);
  if (owner) throw new Failure('POD_HAS_OWNER', { pod: ref.name, kind: owner.kind, owner: owner.name }, `${owner.kind} ${owner.name} makes it anew by itself`);
  const tried = make(first);
  tell.step('step.dry-run');
  await tryNew(client, ref, tried, first, tell);
  await before?.(tried);

  let accepted = JSON.stringify(tried);
  const deleted = await deleteKept(parts, client, ref, async (old) => {
    // A load may have taken minutes: what is deleted is what is there now, and what was changed meanwhile is kept, and tried anew.
    const manifest = make(old);
    if (JSON.stringify(manifest) !== accepted) await tryNew(client, ref, manifest, old, tell);
    accepted = JSON.stringify(manifest);
    return manifest;
  }, PATIENCE_MS, tell);
  const { old, restore, open, make: manifest = restore } = deleted;
  return { old, ...(await afterDelete(parts, client, { ref, manifest, restore, open, seconds: old.spec?.terminationGracePeriodSeconds ?? 30 }, tell)) };
}

async function tryNew(client: Client, ref: PodRef, manifest: Pod, old: Pod, tell: Teller): Promise<void> {
  const quota = await dryRunBeside(client, ref.namespace, manifest, old);
  if (quota !== undefined) tell.step('step.quota-explained', { pod: ref.name, quota });
}

/** What is left to do once the old pod is deleted, or on its way. */
export interface Deleted {
  readonly ref: PodRef;
  readonly manifest: Pod;
  readonly restore: Pod;
  /** The journal's file. */
  readonly open: string;
  /** How long the old pod has to end by itself. */
  readonly seconds: number;
}

/** Waits until the old pod is gone and creates the new one, or the old one again. The journal is closed, or left open for a person to settle. */
export async function afterDelete(
  { session, journal }: ChangeParts, client: Client, { ref, manifest, restore, open, seconds }: Deleted, tell: Teller,
): Promise<{ created: Created; file: string }> {
  const { namespace, name } = ref;
  let pod: Pod;
  try {
    await waitUntilGone({ session, client, ref, seconds }, tell, AbortSignal.timeout(PATIENCE_MS)).catch((error: unknown) => {
      throw new Failure('RECREATE_NOT_RESTORED', { pod: name, file: unowned(open) }, failureOf(error)?.raw ?? error);
    });
    tell.step('step.create-pod', { pod: name });
    pod = await createAnew(client, namespace, manifest).catch(async (error: unknown) => {
      tell.step('step.restore-pod', { pod: name });
      await bringBack(client, namespace, restore, open, error);
      throw new Failure('RECREATE_RESTORED', { pod: name }, failureOf(error)?.raw ?? error);
    });
  } catch (error) {
    if (error instanceof Failure && error.code === 'RECREATE_RESTORED') await journal.close(open);
    else await journal.leave(open);
    throw error;
  }
  const file = await journal.close(open);

  tell.step('step.wait-for-pod', { pod: name });
  const uid = pod.metadata.uid ?? '';
  const seen = await outcome(session, namespace, uid);
  tell.step(seen.ready ? 'step.pod-ready' : 'step.pod-not-ready', { pod: name, status: seen.status });
  return { created: { namespace, name, uid }, file };
}
