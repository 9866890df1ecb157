// Goes on with an unfinished change of an object that is no pod (a Job), from whatever the cluster shows.
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../shared/contract/failures.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { applyObject, getObject, refOf } from '../../clients/cluster/objects-api.ts';
import { sameCluster } from '../pods/same-cluster.ts';
import { whenAnswered } from '../pods/until.ts';
import type { Teller } from './activity.ts';
import type { OpenChange } from './journal.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

const PATIENCE_MS = 5 * 60_000;
const ASK_MS = 500;

/**
 * Finishing makes the new one, restoring the old one, where there is none of the name; the old one that is there still is left alone when it is to be
 * restored. @throws Failure OBJECT_REPLACED where another one has the name, and the server's refusals; the journal stays open then
 */
export async function resumeObject({ session, journal }: ChangeParts, open: OpenChange, how: 'finish' | 'restore', tell: Teller): Promise<void> {
  const wanted = (how === 'finish' ? open.make : open.restore) as KubeObject | undefined;
  if (!wanted) throw new Failure('UNFINISHED_GONE', { id: open.id }, 'the file does not say what the new object was to be');
  const client = sameCluster(session, open.server || session.server);
  const ref = { ...refOf(wanted), namespace: open.namespace, uid: undefined };
  const limit = AbortSignal.timeout(PATIENCE_MS);
  const named = { kind: ref.kind, name: ref.name };
  for (let isTold = false; ; isTold = true) {
    const live = await whenAnswered(async () => getObject(await client(), ref).catch(goneAsUndefined), limit);
    if (!live) break;
    if (live.metadata.uid !== open.uid) throw new Failure('OBJECT_REPLACED', named, `uid ${live.metadata.uid ?? ''}, not ${open.uid}`);
    if (live.metadata.deletionTimestamp === undefined) {
      // The change never came to its delete: there is nothing to restore, and to begin it again is the person's own matter.
      await journal.close(open.file);
      return;
    }
    if (!isTold) tell.step('step.wait-until-object-gone', named);
    await sleep(ASK_MS, undefined, { signal: limit }); // nothing watches such objects
  }
  tell.step('step.create-object', named);
  await whenAnswered(async () => applyObject(await client(), wanted, { createOnly: true }), AbortSignal.timeout(30_000));
  await journal.close(open.file);
}

function goneAsUndefined(error: unknown): undefined {
  if (error instanceof Failure && error.code === 'OBJECT_GONE') return undefined;
  throw error;
}
