// Goes on with a change of a pod whose Podlab died in the middle, from whatever the cluster shows.
import { applyPatch, createPatch } from 'rfc6902';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';
import { getPod } from '../../clients/cluster/pods-api.ts';
import type { Teller } from '../activity/activity.ts';
import type { OpenChange } from '../activity/journal.ts';
import { bringBack } from './create-anew.ts';
import { deleteKept } from './delete-kept.ts';
import { isMadeFrom } from './made-from.ts';
import type { PodRef } from './pod-ref.ts';
import { afterDelete, replacePod } from './replace.ts';
import { sameCluster, type Client } from './same-cluster.ts';
import { whenAnswered } from './until.ts';
import { waitUntilGone } from './wait-until-gone.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

/** As long as the change itself would have waited. */
const PATIENCE_MS = 15 * 60_000;
/** A cluster that is only just starting with the computer. */
const LOOK_MS = 20_000;

interface Resumed {
  readonly parts: ChangeParts;
  readonly client: Client;
  /** The old pod. */
  readonly ref: PodRef;
  readonly restore: Pod;
  readonly make: Pod | undefined;
  readonly open: OpenChange;
  readonly tell: Teller;
}

/** What the cluster shows of the change. */
type Seen = { readonly is: 'untouched' | 'ending' | 'other'; readonly pod: Pod } | { readonly is: 'gone' };

/**
 * Finishes or takes back the change, whose journal the caller has claimed: closed when it throws nothing or RECREATE_RESTORED, else left open.
 * @throws Failure POD_REPLACED, POD_ENDING where somebody else's pod has the name: it is not touched. CONTEXT_LEADS_ELSEWHERE, CHANGES_LOCKED, POD_CHANGED,
 *   RECREATE_RESTORED, RECREATE_NOT_RESTORED, and the server's refusals
 */
export async function resumePod(parts: ChangeParts, open: OpenChange, how: 'finish' | 'restore', tell: Teller): Promise<void> {
  const { context, namespace, pod: name, uid, server, change } = open;
  const [restore, make] = [open.restore as Pod, open.make as Pod | undefined];
  const it: Resumed = { parts, client: sameCluster(parts.session, server || parts.session.server), ref: { context, namespace, name, uid }, restore, make, open, tell };
  tell.step('step.check-pod', { pod: name });
  const seen = await look(it);
  if (how === 'restore') return putBack(it, seen);
  if (change === 'delete') return finishDelete(it, seen);
  if (!make) throw new Failure('UNFINISHED_GONE', { id: open.id }, 'the file does not say what the new pod was to be');
  return finishRecreate({ ...it, make }, seen);
}

async function look({ client, ref }: Resumed): Promise<Seen> {
  try {
    const pod = await whenAnswered(async () => getPod(await client(), ref.namespace, ref.name), AbortSignal.timeout(LOOK_MS));
    if (pod.metadata.uid !== ref.uid) {
      // Whoever deletes it, it is not what was to be there.
      if (pod.metadata.deletionTimestamp !== undefined) throw new Failure('POD_ENDING', { pod: ref.name }, `metadata.deletionTimestamp: ${pod.metadata.deletionTimestamp}`);
      return { is: 'other', pod };
    }
    return { is: pod.metadata.deletionTimestamp === undefined ? 'untouched' : 'ending', pod };
  } catch (error) {
    if (error instanceof Failure && error.code === 'POD_GONE') return { is: 'gone' };
    throw error;
  }
}

async function finishRecreate(it: Resumed & { readonly make: Pod }, seen: Seen): Promise<void> {
  const { parts, client, ref, restore, make, open, tell } = it;
  switch (seen.is) {
    case 'untouched':
      await inItsPlace(it, ref, (live) => changedAlike(live, restore, make));
      return;
    case 'ending':
      await afterDelete(parts, client, { ref, manifest: make, restore, open: open.file, seconds: graceLeft(seen.pod) }, tell);
      return;
    case 'gone':
      await afterDelete(parts, client, { ref, manifest: make, restore, open: open.file, seconds: 0 }, tell);
      return;
    case 'other':
      if (isMadeFrom(seen.pod, make)) return asWanted(it);
      // The old one was put back already.
      if (isMadeFrom(seen.pod, restore)) return inItsPlace(it, { ...ref, uid: seen.pod.metadata.uid ?? '' }, () => make);
      throw replaced(seen.pod);
  }
}

async function finishDelete(it: Resumed, seen: Seen): Promise<void> {
  const { parts, client, ref, open, tell } = it;
  if (seen.is === 'untouched') {
    const kept = await deleteKept(parts, client, ref, async () => undefined, PATIENCE_MS, tell);
    await parts.journal.close(kept.open);
  }
  if (seen.is === 'untouched' || seen.is === 'ending') {
    await waitUntilGone({ session: parts.session, client, ref, seconds: graceLeft(seen.pod) }, tell, AbortSignal.timeout(PATIENCE_MS));
  } else tell.step('step.pod-as-wanted', { pod: ref.name });
  await parts.journal.close(open.file);
}

async function putBack(it: Resumed, seen: Seen): Promise<void> {
  const { parts, client, ref, restore, make, open, tell } = it;
  if (seen.is === 'untouched') return asWanted(it);
  if (seen.is === 'other') {
    if (isMadeFrom(seen.pod, restore)) return asWanted(it);
    if (!make || !isMadeFrom(seen.pod, make)) throw replaced(seen.pod);
    return inItsPlace(it, { ...ref, uid: seen.pod.metadata.uid ?? '' }, () => restore);
  }
  if (seen.is === 'ending') await waitUntilGone({ session: parts.session, client, ref, seconds: graceLeft(seen.pod) }, tell, AbortSignal.timeout(PATIENCE_MS));
  tell.step('step.restore-pod', { pod: ref.name });
  await bringBack(client, ref.namespace, restore, open.file);
  await parts.journal.close(open.file);
}

/** A pod that is there gives its place up in the usual order, with a journal of its own; the one that was found is then settled. */
async function inItsPlace({ parts, open, tell }: Resumed, ref: PodRef, make: (live: Pod) => Pod): Promise<void> {
  try {
    await replacePod(parts, { ref, make }, tell);
  } catch (error) {
    // What the other journal has left to do is all that there is.
    if (error instanceof Failure && ['RECREATE_RESTORED', 'RECREATE_NOT_RESTORED'].includes(error.code)) await parts.journal.close(open.file);
    throw error;
  }
  await parts.journal.close(open.file);
}

async function asWanted({ parts, ref, open, tell }: Resumed): Promise<void> {
  tell.step('step.pod-as-wanted', { pod: ref.name });
  await parts.journal.close(open.file);
}

/** The new manifest for a pod that somebody may have changed since: with the same change. @throws Failure POD_CHANGED where it does not fit any more */
function changedAlike(live: Pod, restore: Pod, make: Pod): Pod {
  const manifest = structuredClone(recreateManifest(live, {}));
  const errors = applyPatch(manifest, createPatch(restore, make));
  const error = errors.find((each) => each !== null);
  if (error) throw new Failure('POD_CHANGED', { pod: live.metadata.name ?? '' }, error);
  return manifest;
}

const replaced = ({ metadata }: Pod) => new Failure('POD_REPLACED', { pod: metadata.name ?? '' }, `the pod ${metadata.name ?? ''} has uid ${metadata.uid ?? ''} and is not one that Podlab made here`);

const graceLeft = ({ metadata, spec }: Pod) => metadata.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? 30;
