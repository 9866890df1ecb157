// Puts one pod in the place of another of the same name. The order loses nothing: the server checks the new one, the old definition goes to
// disk, the old pod is deleted, and from then on the only way is forward; what refuses to be created puts the old one back.
import { randomBytes } from 'node:crypto';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { applyPod, getPod } from '../../clients/cluster/pods-api.ts';
import type { Teller } from '../activity/activity.ts';
import type { Journal } from '../activity/journal.ts';
import { controllerOf } from '../cluster/owners.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';
import type { Created } from './create.ts';
import { deleteForSure } from './delete-for-sure.ts';
import { stayingPod, type PodRef } from './pod-ref.ts';
import { isPassing, outcome, untilGone, whenAnswered } from './until.ts';

export interface ChangeParts {
  readonly session: ClusterSession;
  readonly docker: Docker;
  readonly journal: Journal;
}

export interface Replacement {
  readonly ref: PodRef;
  /** The new pod's manifest out of the live pod. */
  make(live: Pod): Pod;
  /** Runs when the server has accepted the new pod, and before anything is deleted. */
  before?(manifest: Pod): Promise<void>;
}

/** A pod that ends slowly (finalizers, a busy node) and a cluster that is away are waited for this long. */
const PATIENCE_MS = 15 * 60_000;
/** A refusal to create may pass, too, but the person should soon have the old pod back. */
const CREATE_MS = 10_000;

/** One change of a pod at a time, whichever screen asks: two would take each other's pod for somebody else's. */
const inChange = new Set<string>();

/**
 * @returns the new pod, and the file that has the old one's definition
 * @throws Failure POD_GONE, POD_REPLACED, POD_ENDING, POD_HAS_OWNER, RECREATE_RESTORED, RECREATE_NOT_RESTORED
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
  const { session, journal } = parts;
  const { namespace, name } = ref;
  const client = sameCluster(session);

  tell.step('step.check-pod', { pod: name });
  const first = await stayingPod(session, ref);
  const owner = controllerOf(first);
  if (owner) throw new Failure('POD_HAS_OWNER', { pod: name, kind: owner.kind, owner: owner.name }, `${owner.kind} ${owner.name} makes it anew by itself`);
  const tried = make(first);
  tell.step('step.dry-run');
  await dryRun(await client(), namespace, tried);
  await before?.(tried);

  // A load may have taken minutes: what is deleted is what is there now, and what was changed meanwhile is kept.
  const old = await stayingPod(session, ref);
  const manifest = make(old);
  if (JSON.stringify(manifest) !== JSON.stringify(tried)) await dryRun(await client(), namespace, manifest);

  tell.step('step.write-journal');
  const restore = recreateManifest(old, {});
  const open = await journal.write({ change: 'recreate', context: session.context, namespace, pod: name, uid: ref.uid, restore });

  tell.step('step.delete-pod', { pod: name });
  await deleteForSure(session, ref, client, PATIENCE_MS).catch(async (error: unknown) => {
    await journal.close(open);
    throw error;
  });
  tell.step('step.wait-until-gone', { pod: name, seconds: old.spec?.terminationGracePeriodSeconds ?? 30 });
  await untilGone(session, ref, AbortSignal.timeout(PATIENCE_MS)).catch((error: unknown) => {
    throw new Failure('RECREATE_NOT_RESTORED', { pod: name, file: open }, failureOf(error)?.raw ?? error);
  });

  tell.step('step.create-pod', { pod: name });
  const pod = await createAnew(client, namespace, manifest).catch(async (error: unknown) => {
    tell.step('step.restore-pod', { pod: name });
    await bringBack(client, namespace, restore, open, error);
    await journal.close(open);
    throw new Failure('RECREATE_RESTORED', { pod: name }, failureOf(error)?.raw ?? error);
  });
  const file = await journal.close(open);

  tell.step('step.wait-for-pod', { pod: name });
  const uid = pod.metadata.uid ?? '';
  const seen = await outcome(session, namespace, uid);
  tell.step(seen.ready ? 'step.pod-ready' : 'step.pod-not-ready', { pod: name, status: seen.status });
  return { created: { namespace, name, uid }, old, file };
}

type Client = () => ReturnType<ClusterSession['client']>;

/** The connection, as long as the context still leads to the server that it led to at first: a change never moves to another cluster. */
function sameCluster(session: ClusterSession): Client {
  const { server } = session;
  return async () => {
    session.requireChanges();
    const client = await session.client();
    if (session.server !== server) throw new Failure('CONTEXT_NOT_FOUND', { context: session.context }, `the context leads to ${session.server} now, and led to ${server}`);
    return client;
  };
}

async function dryRun(client: Awaited<ReturnType<Client>>, namespace: string, manifest: Pod): Promise<void> {
  // Under its own name the server would answer that it is there already. 253 characters are a name's limit (RFC 1123 subdomain).
  const name = `${(manifest.metadata.name ?? '').slice(0, 230)}-podlab-${randomBytes(4).toString('hex')}`;
  await applyPod(client, namespace, { ...manifest, metadata: { ...manifest.metadata, name } }, { dryRun: true, createOnly: true });
}

/** Creates the pod; asks again while the server cannot answer. After an answer that got lost, a pod of that name is ours. */
async function createAnew(client: Client, namespace: string, manifest: Pod): Promise<Pod> {
  let lost = false;
  return whenAnswered(async () => {
    try {
      return (await applyPod(await client(), namespace, manifest, { createOnly: true })).pod;
    } catch (error) {
      if (lost && error instanceof Failure && error.code === 'POD_EXISTS') return await getPod(await client(), namespace, manifest.metadata.name ?? '');
      lost ||= isPassing(error);
      throw error;
    }
  }, AbortSignal.timeout(CREATE_MS));
}

async function bringBack(client: Client, namespace: string, restore: Pod, file: string, why: unknown): Promise<void> {
  const pod = restore.metadata.name ?? '';
  try {
    await createAnew(client, namespace, restore);
  } catch (error) {
    // A pod of the name is there: somebody else's, or ours whose answer came too late. It is not touched.
    if (error instanceof Failure && error.code === 'POD_EXISTS') throw new Failure('POD_REPLACED', { pod }, error);
    const words = [why, error].map((each) => failureOf(each)?.raw ?? String(each)).join('; ');
    throw new Failure('RECREATE_NOT_RESTORED', { pod, file }, words);
  }
}
