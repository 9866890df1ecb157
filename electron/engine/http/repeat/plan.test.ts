import { expect, test } from 'vitest';
import type { Failure } from '../../../../shared/contract/failures.ts';
import type { RepeatPlan } from '../../../../shared/contract/repeat.ts';
import { needsConfirmation } from '../../../../shared/http/repeat-plan.ts';
import { checkHeaders, checkPlan } from './plan.ts';

function refusal(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    const { code, parameters } = error as Failure;
    return `${code} ${JSON.stringify(parameters)}`;
  }
}
const invalid = (field: string) => `REQUEST_INVALID {"field":"${field}"}`;

test.each<[string, RepeatPlan, string | undefined]>([
  ['a number', { requests: 1, concurrency: 1 }, undefined],
  ['a time', { seconds: 60, concurrency: 200 }, undefined],
  ['the most that is not asked about', { requests: 10_000, concurrency: 10 }, undefined],
  ['neither', { concurrency: 1 }, invalid('requests')],
  ['both', { requests: 1, seconds: 1, concurrency: 1 }, invalid('requests')],
  ['none', { requests: 0, concurrency: 1 }, invalid('requests')],
  ['a part of one', { requests: 1.5, concurrency: 1 }, invalid('requests')],
  ['no number', { requests: NaN, concurrency: 1 }, invalid('requests')],
  ['too many', { requests: 1_000_001, concurrency: 1 }, invalid('requests')],
  ['too long', { seconds: 3601, concurrency: 1 }, invalid('seconds')],
  ['nobody at once', { requests: 1, concurrency: 0 }, invalid('concurrency')],
  ['too many at once', { requests: 1, concurrency: 201 }, invalid('concurrency')],
  ['no rate', { requests: 1, concurrency: 1, perSecond: 0 }, invalid('perSecond')],
  ['too fast', { requests: 1, concurrency: 1, perSecond: 10_001 }, invalid('perSecond')],
  ['a number that would take too long', { requests: 1000, concurrency: 1, perSecond: 0.1 }, invalid('perSecond')],
  ['a time that makes too many', { seconds: 3600, concurrency: 1, perSecond: 1000 }, invalid('perSecond')],
  ['10 001 requests', { requests: 10_001, concurrency: 1 }, 'REPEAT_NOT_CONFIRMED {"requests":10001,"seconds":0}'],
  ['61 s', { seconds: 61, concurrency: 1 }, 'REPEAT_NOT_CONFIRMED {"requests":0,"seconds":61}'],
  ['a number that takes 100 s', { requests: 100, concurrency: 1, perSecond: 1 }, 'REPEAT_NOT_CONFIRMED {"requests":100,"seconds":100}'],
  ['a time that makes 12 000', { seconds: 60, concurrency: 1, perSecond: 200 }, 'REPEAT_NOT_CONFIRMED {"requests":12000,"seconds":60}'],
])('%s', (_, plan, expected) => {
  expect(refusal(() => checkPlan(plan, false))).toBe(expected);
  const isAsked = expected?.startsWith('REPEAT_NOT_CONFIRMED') ?? false;
  expect(needsConfirmation(plan) && !expected?.startsWith('REQUEST_INVALID')).toBe(isAsked);
  expect(refusal(() => checkPlan(plan, true))).toBe(isAsked ? undefined : expected);
});

test.each([
  [['Connection', 'close'], undefined],
  [['connection', 'Keep-Alive'], undefined],
  [['X-Any', 'upgrade'], undefined],
  [['Connection', 'upgrade'], invalid('headers')],
  [['Upgrade', 'websocket'], invalid('headers')],
  [['Transfer-Encoding', 'chunked'], invalid('headers')],
  [['Expect', '100-continue'], invalid('headers')],
  [['Content-Length', '5'], invalid('headers')],
] as [[string, string], string | undefined][])('header %s', (header, expected) => {
  expect(refusal(() => checkHeaders([header]))).toBe(expected);
});
