// An action that tells how it stands as it goes, for a screen that shows just that.
import { createTopic } from '../topic.ts';
import type { Action, Activity, Teller } from './activity.ts';

export interface LiveAction<State> extends Omit<Action<unknown>, 'run' | 'endsWithCaller'> {
  run(show: (state: State) => void, tell: Teller, signal: AbortSignal): Promise<void>;
}

/**
 * Gives the newest state after each change, the last one in any case, and throws the action's failure after it. The action ends with its reader, whether that
 * aborts or only reads no more; it has ended when this has.
 */
export async function* runLive<State extends object>(activity: Activity, { run, ...action }: LiveAction<State>, signal: AbortSignal): AsyncGenerator<State, void, void> {
  const state = createTopic<State | undefined>(undefined);
  const ended = new AbortController();
  const left = new AbortController();
  let running: Promise<void> | undefined;
  const done = activity.settle(
    {
      ...action,
      endsWithCaller: true,
      run: async (tell, own) => {
        await (running = run(state.set, tell, own));
        return { result: {} };
      },
    },
    AbortSignal.any([signal, left.signal]),
  ).finally(() => ended.abort());
  done.catch(() => {}); // thrown below, unless the reader has left
  try {
    let last: State | undefined;
    for await (const value of state.watch(AbortSignal.any([signal, ended.signal]))) if (value) yield (last = value);
    if (ended.signal.aborted && state.value && state.value !== last) yield state.value;
    await done;
  } finally {
    left.abort();
    // What the caller holds for it is held until it needs that no more.
    await running?.catch(() => {});
  }
}
