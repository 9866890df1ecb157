import { expect, test } from 'vitest';
import { readPlan, repeatable, type RepeatDraft } from './repeat-draft.ts';

const usual: RepeatDraft = { extent: 'requests', requests: '100', seconds: '10', concurrency: '5', perSecond: '' };

test.each<[string, Partial<RepeatDraft>, object]>([
  ['a number', {}, { requests: 100, concurrency: 5 }],
  ['a time, whatever the number is', { extent: 'seconds', requests: 'many' }, { seconds: 10, concurrency: 5 }],
  ['a rate', { perSecond: ' 2.5 ' }, { requests: 100, concurrency: 5, perSecond: 2.5 }],
  ['the most', { requests: '1000000', concurrency: '200' }, { requests: 1_000_000, concurrency: 200 }],
])('%s', (_, part, plan) => {
  expect(readPlan({ ...usual, ...part })).toEqual({ ok: true, plan });
});

test.each<[string, Partial<RepeatDraft>, string, string]>([
  ['nothing', { requests: '' }, 'extent', 'http.repeat.wrong-requests'],
  ['none', { requests: '0' }, 'extent', 'http.repeat.wrong-requests'],
  ['a part of one', { requests: '1.5' }, 'extent', 'http.repeat.wrong-requests'],
  ['too many', { requests: '1000001' }, 'extent', 'http.repeat.wrong-requests'],
  ['a word', { extent: 'seconds', seconds: '1e1' }, 'extent', 'http.repeat.wrong-seconds'],
  ['more than an hour', { extent: 'seconds', seconds: '3601' }, 'extent', 'http.repeat.wrong-seconds'],
  ['too many at once', { concurrency: '201' }, 'concurrency', 'http.repeat.wrong-concurrency'],
  ['no rate', { perSecond: '0' }, 'perSecond', 'http.repeat.wrong-rate'],
  ['a word as the rate', { perSecond: 'fast' }, 'perSecond', 'http.repeat.wrong-rate'],
  ['a rate with which it takes too long', { requests: '10000', perSecond: '1' }, 'perSecond', 'http.repeat.wrong-size'],
])('%s is no plan', (_, part, where, key) => {
  expect(readPlan({ ...usual, ...part })).toMatchObject({ ok: false, where, problem: { key } });
});

test('which ways can be repeated', () => {
  const place = { context: 'c', namespace: 'n' };
  expect(repeatable({ via: 'forward', forwardId: 'f' })).toEqual({ via: 'forward', forwardId: 'f' });
  expect(repeatable({ via: 'service', ...place, service: 's', port: '80' })?.via).toBe('service');
  expect(repeatable({ via: 'pod', ...place, pod: 'p', port: 80 })?.via).toBe('pod');
  expect(repeatable({ via: 'inside', ...place, pod: 'p', container: '', port: 80 })).toBeUndefined();
  expect(repeatable({ via: 'api-server', ...place, kind: 'Pod', name: 'p', port: '80' })).toBeUndefined();
});
