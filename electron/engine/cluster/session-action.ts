// An action on one cluster: it holds the cluster's session for as long as it runs, whoever still looks on, and again for its undo.
import type { Progress } from '../../../shared/contract/progress.ts';
import type { Action, Activity, Teller } from '../activity/activity.ts';
import type { ClusterSession } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface SessionAction<Result> extends Omit<Action<Result>, 'run'> {
  run(
    tell: Teller,
    signal: AbortSignal,
  ): Promise<{
    result: Result;
    /** Runs later, maybe in another session of the same context. */
    undo?: (tell: Teller, session: ClusterSession) => Promise<void>;
    forget?: () => void;
  }>;
}

/** @param make may throw a Failure: then nothing was begun, and Activity has no entry. */
export async function* runInSession<Result>(
  sessions: Sessions,
  activity: Activity,
  context: string,
  signal: AbortSignal,
  make: (session: ClusterSession) => SessionAction<Result>,
): AsyncGenerator<Progress<Result>, void, void> {
  const held = sessions.hold(context);
  let action: SessionAction<Result>;
  try {
    action = make(held.session);
  } catch (error) {
    held[Symbol.dispose]();
    throw error;
  }
  yield* activity.run(
    {
      ...action,
      async run(tell, own) {
        using _ = held;
        const { result, undo, forget } = await action.run(tell, own);
        if (!undo) return { result };
        return {
          result,
          ...(forget ? { forget } : {}),
          undo: async (undoTell) => {
            using again = sessions.hold(context);
            again.session.requireChanges();
            await undo(undoTell, again.session);
          },
        };
      },
    },
    signal,
  );
}
