import { expect, test } from 'vitest';
import { keepRecent, paceOf, type Sample } from './pace.ts';

const sample = (at: number, sent: number): Sample => ({ at, sent });

test.each<[string, Sample[], number | undefined, number, ReturnType<typeof paceOf>]>([
  ['steady', [sample(0, 0), sample(1000, 10_000_000)], 30_000_000, 1000, { perSecond: 10_000_000, secondsLeft: 2 }],
  ['without a total there is only a rate', [sample(0, 0), sample(2000, 100)], undefined, 2000, { perSecond: 50 }],
  ['a begun second counts', [sample(0, 0), sample(1000, 100)], 250, 1000, { perSecond: 100, secondsLeft: 2 }],
  ['a load that stands still becomes slower', [sample(0, 0), sample(1000, 100)], 300, 4000, { perSecond: 25, secondsLeft: 8 }],
  ['a clock that is a tick behind the last bytes', [sample(0, 0), sample(1000, 100)], 200, 300, { perSecond: 100, secondsLeft: 1 }],
  ['more than was announced', [sample(0, 0), sample(1000, 100)], 90, 1000, { perSecond: 100, secondsLeft: 0 }],
  ['too little time', [sample(0, 0), sample(400, 4000)], 8000, 400, undefined],
  ['one sample', [sample(0, 50)], 100, 2000, undefined],
  ['nothing moved', [sample(0, 50), sample(1000, 50)], 100, 1000, undefined],
  ['nothing known', [], 100, 0, undefined],
])('the pace: %s', (_, samples, total, now, pace) => expect(paceOf(samples, total, now)).toEqual(pace));

test('only the last seconds are kept, and one sample to measure them from', () => {
  let samples: Sample[] = [];
  for (let at = 0; at <= 10_000; at += 500) samples = keepRecent(samples, sample(at, at));
  expect(samples.map(({ at }) => at)).toEqual([6500, 7000, 7500, 8000, 8500, 9000, 9500, 10_000]);
});

test('after a pause the rate is measured from before it', () => {
  expect(keepRecent([sample(0, 0), sample(500, 10)], sample(20_000, 20))).toEqual([sample(500, 10), sample(20_000, 20)]);
});

test('what begins anew is measured anew', () => {
  expect(keepRecent([sample(0, 0), sample(500, 900)], sample(1000, 10))).toEqual([sample(1000, 10)]);
});
