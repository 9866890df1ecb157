import { expect, test } from 'vitest';
import type { RepeatPlan } from '../../../../shared/contract/repeat.ts';
import { createSchedule } from './schedule.ts';

/** What each time of asking gets. */
function taken(plan: Partial<RepeatPlan>, ...asked: number[]) {
  const schedule = createSchedule({ concurrency: 1, ...plan });
  return asked.map((now) => schedule.next(now));
}

test.each([
  ['without a rate, at once', { requests: 3 }, [0, 0, 700, 700], [0, 0, 700, undefined]],
  ['with a rate, evenly', { requests: 3, perSecond: 10 }, [0, 0, 0, 0], [0, 100, 200, undefined]],
  ['who comes early waits, who comes in time does not', { requests: 4, perSecond: 10 }, [0, 100, 150, 350], [0, 100, 200, 300]],
  ['a short delay is made up for', { requests: 3, perSecond: 10 }, [0, 140, 140], [0, 100, 200]],
  ['a long one is not, and no burst follows', { requests: 4, perSecond: 10 }, [0, 1000, 1000, 1000], [0, 950, 1050, 1150]],
  ['none begins when the time is over', { seconds: 1 }, [0, 999, 1000, 2000], [0, 999, undefined, undefined]],
  ['none is begun ahead that would be after the end', { seconds: 1, perSecond: 2 }, [0, 0, 0], [0, 500, undefined]],
  ['a number of requests ends after an hour as well', { requests: 10 }, [0, 3_600_000], [0, undefined]],
])('%s', (_, plan, asked, expected) => {
  expect(taken(plan, ...asked)).toEqual(expected);
});
