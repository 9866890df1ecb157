import { expect, test } from 'vitest';
import { Failure } from '../../../../shared/contract/failures.ts';
import { createTally } from './tally.ts';

const began = new Date('2026-01-01T00:00:00Z');

test('before anything is known', () => {
  expect(createTally(began, () => 0).snapshot(false)).toEqual({
    began: '2026-01-01T00:00:00.000Z', elapsedMilliseconds: 0, sent: 0, answered: 0, failed: 0, statuses: [], errors: [], pods: [], bytes: 0,
    seconds: [{ second: 0, answered: 0, failed: 0 }], isOver: false,
  });
});

test('counts, percentiles, and what each second had', () => {
  let now = 0;
  const tally = createTally(began, () => now);
  for (let i = 1; i <= 100; i += 1) {
    now = i <= 50 ? 500 : 2500;
    tally.sent();
    tally.answered({ status: i === 7 ? 503 : 200, bytes: 10, milliseconds: i, pod: i % 4 === 0 ? 'b' : 'a' });
  }
  tally.sent();
  tally.failed(new Failure('POD_GONE', { pod: 'a' }, 'gone'));
  tally.sent();
  const { latency, seconds, ...counts } = tally.snapshot(true);
  expect(counts).toMatchObject({
    elapsedMilliseconds: 2500, sent: 102, answered: 100, failed: 1, bytes: 1000, statuses: [[200, 99], [503, 1]], pods: [{ name: 'a', count: 75 }, { name: 'b', count: 25 }],
    errors: [{ code: 'POD_GONE', params: { pod: 'a' }, cause: 'gone', count: 1 }], isOver: true,
  });
  // A histogram of three digits.
  for (const [name, value] of Object.entries({ p50: 50, p90: 90, p95: 95, p99: 99, max: 100, mean: 50.5 })) {
    expect(Math.abs((latency as unknown as Record<string, number>)[name]! - value), name).toBeLessThanOrEqual(value / 1000 + 0.01);
  }
  expect(seconds.map(({ second, answered, failed }) => [second, answered, failed])).toEqual([[0, 50, 0], [1, 0, 0], [2, 50, 1]]);
  expect(seconds[1]).not.toHaveProperty('p50');
  expect(Math.abs(seconds[2]!.p50! - 75)).toBeLessThanOrEqual(1);
});

test('what failed is told apart by its code, and by the socket’s', () => {
  const tally = createTally(began, () => 0);
  const failed = (code: string, text: string) => tally.failed(new Failure('REQUEST_FAILED', { url: 'u' }, Object.assign(new Error(text), { code })));
  failed('ECONNREFUSED', 'first');
  failed('ECONNRESET', 'second');
  failed('ECONNRESET', 'third');
  tally.failed(new Failure('REQUEST_TIMED_OUT', { milliseconds: 5 }, 'late'));
  expect(tally.snapshot(false).errors.map(({ code, cause, count }) => [code, cause, count])).toEqual([
    ['REQUEST_FAILED', 'second', 2], ['REQUEST_FAILED', 'first', 1], ['REQUEST_TIMED_OUT', 'late', 1],
  ]);
});

test('a long run with ever new pods and failures is not larger than a short one', () => {
  let now = 0;
  const tally = createTally(began, () => now);
  for (let i = 0; i < 3000; i += 1) {
    now = i * 1000;
    tally.answered({ status: 200, bytes: 1, milliseconds: 2 ** 31, pod: `pod-${i}` });
    tally.failed(new Failure('REQUEST_FAILED', { url: 'u' }, Object.assign(new Error('x'), { code: `E${i}` })));
  }
  const { seconds, pods, errors, answered, failed } = tally.snapshot(false);
  expect({ answered, failed, pods: pods.length, errors: errors.length, first: seconds[0]?.second, last: seconds.at(-1)?.second, seconds: seconds.length }).toEqual({
    answered: 3000, failed: 3000, pods: 200, errors: 31, first: 2880, last: 2999, seconds: 120,
  });
  expect(errors.reduce((sum, { count }) => sum + count, 0)).toBe(3000);
});
