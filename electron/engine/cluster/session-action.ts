// An action on one cluster: it holds the cluster's session for as long as it runs, whoever still looks on, and again for its undo.
import type { Progress } from '../../../shared/contract/progress.ts';
import type { Action, Activity, Teller } from '../activity/activity.ts';
import type { History } from '../activity/history.ts';
import type { Journal } from '../activity/journal.ts';
import { undoWays } from '../activity/undo-ways.ts';
import type { WayBack } from '../activity/way-back.ts';
import type { Docker } from '../docker.ts';
import type { ChangeParts } from '../pods/replace.ts';
import type { ClusterSession } from './session.ts';
import type { Sessions } from './sessions.ts';

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

/** What every change of a cluster needs. */
export interface Changes extends Omit<ChangeParts, 'session'> {
  readonly sessions: Sessions;
  readonly activity: Activity;
  readonly docker: Docker;
  readonly journal: Journal;
  /** Where what can be taken back is kept for later Podlabs; left out where there are none. */
  readonly history?: History | undefined;
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
