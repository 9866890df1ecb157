import { expect, test } from 'vitest';
import { foldedId, foldEvents } from './folded-events.ts';
import type { KubeEvent } from './objects.ts';

const at = (minute: number): string => `2026-03-01T12:${String(minute).padStart(2, '0')}:00Z`;
const backOff = (name: string, from: number, to: number, count: number, rest: Partial<KubeEvent> = {}): KubeEvent => ({
  metadata: { name, namespace: 'n', resourceVersion: String(to) }, involvedObject: { kind: 'Pod', namespace: 'n', name: 'p', uid: 'u', fieldPath: 'spec.containers{c}' },
  type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container', count, firstTimestamp: at(from), lastTimestamp: at(to), source: { component: 'kubelet' }, ...rest,
});
const about = (rest: Partial<KubeEvent['involvedObject']>) => ({ involvedObject: { ...backOff('x', 1, 1, 1).involvedObject, ...rest } });
const folded = (...events: KubeEvent[]) => foldEvents(events).map(({ count, firstAt, at: last }) => `${count} ${firstAt.slice(14, 16)}-${last.slice(14, 16)}`);

test.each<[string, KubeEvent[], string[]]>([
  ['one event that counts', [backOff('a', 1, 9, 7)], ['7 01-09']],
  ['two events of the same words', [backOff('a', 1, 9, 7), backOff('b', 12, 20, 3)], ['10 01-20']],
  ['the same in any order', [backOff('b', 12, 20, 3), backOff('a', 1, 9, 7)], ['10 01-20']],
  ['events of the scheduler: one each, or a series', [
    backOff('a', 1, 1, 1, { eventTime: at(1), count: null, firstTimestamp: null, lastTimestamp: null }),
    backOff('b', 2, 2, 1, { eventTime: at(2), count: null, firstTimestamp: null, lastTimestamp: null, series: { count: 5, lastObservedTime: at(8) } }),
  ], ['6 01-08']],
  ['the note that similar ones were merged is none of the words', [backOff('a', 1, 2, 1), backOff('b', 3, 4, 2, { message: '(combined from similar events): Back-off restarting failed container' })], ['3 01-04']],
  ['another message', [backOff('a', 1, 9, 7), backOff('b', 10, 10, 1, { message: 'Back-off pulling image "x"' })], ['1 10-10', '7 01-09']],
  ['another reason, type or component', [
    backOff('a', 1, 9, 1), backOff('b', 1, 8, 1, { reason: 'Failed' }), backOff('c', 1, 7, 1, { type: 'Normal' }), backOff('d', 1, 6, 1, { source: { component: 'other' } }),
  ], ['1 01-09', '1 01-08', '1 01-07', '1 01-06']],
  ['another container, pod of the same name, namespace', [
    backOff('a', 1, 9, 1), backOff('b', 1, 8, 1, about({ fieldPath: 'spec.containers{d}' })), backOff('c', 1, 7, 1, about({ uid: 'v' })), backOff('d', 1, 6, 1, about({ namespace: 'm' })),
  ], ['1 01-09', '1 01-08', '1 01-07', '1 01-06']],
  ['nothing', [], []],
])('%s', (_, events, expected) => expect(folded(...events)).toEqual(expected));

test('a row keeps its id while it grows', () => {
  const [first] = foldEvents([backOff('a', 1, 2, 2)]);
  const [grown] = foldEvents([backOff('a', 1, 5, 4), backOff('b', 6, 8, 2)]);
  expect(first && foldedId(first)).toBe('n/a');
  expect(grown && foldedId(grown)).toBe('n/a');
});
