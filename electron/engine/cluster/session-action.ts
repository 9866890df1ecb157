// An action on one cluster: it holds the cluster's session for as long as it runs, whoever still looks on, and again for its undo.
import type { Progress } from '../../../shared/contract/progress.ts';
import type { Action, Activity, Teller } from '../activity/activity.ts';
import type { Journal } from '../activity/journal.ts';
import { takeBack, type WayBack } from '../activity/way-back.ts';
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
}

/** @param make may throw a Failure: then nothing was begun, and Activity has no entry. */
export async function* runInSession<Result>(
  { sessions, activity, ...rest }: Changes,
  context: string,
  signal: AbortSignal,
  make: (parts: ChangeParts) => SessionAction<Result>,
): AsyncGenerator<Progress<Result>, void, void> {
  const held = sessions.hold(context);
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
        return {
          result,
          ...(forget ? { forget } : {}),
          undo: async (undoTell) => {
            using again = sessions.hold(context);
            again.session.requireChanges();
            for (const way of ways) await takeBack({ ...rest, session: again.session }, way, undoTell);
            await undo?.(undoTell, again.session);
          },
        };
      },
    },
    signal,
  );
}
