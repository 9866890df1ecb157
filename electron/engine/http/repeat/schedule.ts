// When each request begins. The workers of a run take the times one by one.
import type { RepeatPlan } from '../../../../shared/contract/repeat.ts';
import { repeatMost } from '../../../../shared/http/repeat-plan.ts';

/** Timers are late by a millisecond or so, and the computer stops for some more now and then: so much is made up for. */
const MADE_UP_MS = 50;

export interface Schedule {
  /** The time of the next request, in milliseconds since the run began, or undefined when there is none any more. It may lie ahead, and is taken now. */
  next(now: number): number | undefined;
}

/**
 * With a rate the times are evenly spaced. Who comes too late for one is not followed by a burst: the rest moves on, and the run stays below its rate,
 * which is what a slow program or too few at once look like.
 */
export function createSchedule({ requests = Infinity, seconds = repeatMost.seconds, perSecond }: RepeatPlan): Schedule {
  const spacing = perSecond === undefined ? 0 : 1000 / perSecond;
  const end = Math.min(seconds, repeatMost.seconds) * 1000;
  let left = requests;
  let free = 0;
  return {
    next(now) {
      const at = spacing === 0 ? now : Math.max(free, now - MADE_UP_MS);
      if (left === 0 || at >= end) return undefined;
      left -= 1;
      free = at + spacing;
      return at;
    },
  };
}
