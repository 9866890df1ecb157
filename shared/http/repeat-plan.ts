// How large a plan of "Repeat" is, and how large it may be: the screen asks before it begins, and the engine begins nothing that was not asked.
import type { RepeatPlan } from '../contract/repeat.ts';

/** What no plan exceeds. A run ends after so many seconds, whatever its plan. */
export const repeatMost = { requests: 1_000_000, seconds: 3_600, concurrency: 200, perSecond: 10_000 } as const;
/** Beyond these a person is asked first. */
export const repeatUnasked = { requests: 10_000, seconds: 60 } as const;

/** How much a plan is at most, as far as it says so: what it does not bound is 0. */
export function repeatSize({ requests, seconds, perSecond }: RepeatPlan): { requests: number; seconds: number } {
  return {
    requests: requests ?? Math.ceil((seconds ?? 0) * (perSecond ?? 0)),
    seconds: seconds ?? (perSecond === undefined ? 0 : Math.ceil((requests ?? 0) / perSecond)),
  };
}

/** Whether a person has to be asked before it begins. */
export function needsConfirmation(plan: RepeatPlan): boolean {
  const { requests, seconds } = repeatSize(plan);
  return requests > repeatUnasked.requests || seconds > repeatUnasked.seconds;
}
