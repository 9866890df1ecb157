// An action on one cluster: it holds the cluster's session for as long as it runs, whoever still looks on, and again for its undo.
import type { Progress } from '../../../shared/contract/progress.ts';
import type { Action, Teller } from '../activity/activity.ts';
import { undoWays } from '../activity/undo-ways.ts';
import type { WayBack } from '../activity/way-back.ts';
import type { ClusterSession } from './session.ts';
import type { ChangeParts } from './change-parts.ts';
import type { Changes } from './changes.ts';

export interface SessionAction<Result> extends Omit<Action<Result>, 'run'> {
  run(
    tell: Teller,
    signal: AbortSignal,
  ): Promise<{
    result: Result;
    /** How it is taken back, in this order. */
    ways?: readonly WayBack[];
    /** The same for what cannot be written down. Runs later, maybe in another session of the same context. */
    undo?: (tell: Teller, session: ClusterSession) => Promise<void>;
    forget?: () => void;
  }>;
}

/** @param make may throw a Failure: then nothing was begun, and Activity has no entry. */
export async function* runInSession<Result>(
  changes: Changes,
  context: string,
  signal: AbortSignal,
  make: (parts: ChangeParts) => SessionAction<Result>,
): AsyncGenerator<Progress<Result>, void, void> {
  const { sessions, activity, history, ...rest } = changes;
  const held = sessions.hold(context);
  const { server } = held.session;
  let action: SessionAction<Result>;
  try {
    action = make({ ...rest, session: held.session });
  } catch (error) {
    held[Symbol.dispose]();
    throw error;
  }
  yield* activity.run(
    {
      ...action,
      async run(tell, own) {
        using _ = held;
        const { result, ways = [], undo, forget } = await action.run(tell, own);
        if (!undo && ways.length === 0) return { result };
        const kept = { context, server, ways, taken: 0 };
        return {
          result,
          ...(forget ? { forget } : {}),
          // What cannot be written down lasts as long as this Podlab.
          ...(undo ? {} : { keep: async (entry) => history?.add({ ...kept, entry }) }),
          undo: undoWays(changes, kept, undo),
        };
      },
    },
    signal,
  );
}
