// Takes a change back by its ways: one after the other, and none of them twice, though one fails half-way or Podlab ends.
import { requireServer } from '../pods/same-cluster.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Teller, Undo } from './activity.ts';
import type { KeptChange } from './history.ts';
import { takeBack } from './way-back.ts';
import type { Changes } from '../cluster/changes.ts';

/**
 * @param andThen what cannot be written down, after the ways
 * @returns the Undo of the change. It throws what a way throws; Failure CONTEXT_NOT_FOUND, CONTEXT_LEADS_ELSEWHERE, CHANGES_LOCKED, NOTHING_TO_UNDO
 */
export function undoWays(
  { sessions, history, docker, journal }: Changes, { context, server, ways, taken: before }: Omit<KeptChange, 'entry'>,
  andThen?: (tell: Teller, session: ClusterSession) => Promise<void>,
): Undo {
  let taken = before;
  return async (tell, _signal, id) => {
    using held = sessions.hold(context);
    const { session } = held;
    session.requireChanges();
    requireServer(session, server);
    const taking = await history?.take(id);
    taken = Math.max(taken, taking?.change.taken ?? 0);
    try {
      for (const way of ways.slice(taken)) {
        await takeBack({ session, docker, journal }, way, tell);
        await taking?.took((taken += 1));
      }
      await andThen?.(tell, session);
    } catch (error) {
      await taking?.giveUp();
      throw error;
    }
    await taking?.undone();
  };
}
