import { expect, test } from 'vitest';
import { containerEvents, eventContainer, eventCount, eventMessage, eventTime, isPulling, isPullFailure, podEvents } from './events.ts';
import type { KubeEvent, Pod } from './objects.ts';

const event = (rest: Partial<KubeEvent>, uid = 'u1', container = 'c'): KubeEvent => ({
  metadata: { creationTimestamp: '2026-03-01T11:00:00Z' },
  involvedObject: { kind: 'Pod', name: 'p', uid, fieldPath: `spec.containers{${container}}` },
  ...rest,
});
const at = (minute: number): string => `2026-03-01T12:${String(minute).padStart(2, '0')}:00Z`;
const pod: Pod = { metadata: { name: 'p', uid: 'u1' } };

test.each<[Partial<KubeEvent>, string, number]>([
  [{ series: { count: 7, lastObservedTime: at(5) }, lastTimestamp: at(4), count: 2 }, at(5), 7],
  [{ lastTimestamp: at(4), firstTimestamp: at(1), count: 3 }, at(4), 3],
  // The scheduler's events, as recorded: only eventTime, everything else null.
  [{ eventTime: '2026-03-01T12:03:00.123456Z', lastTimestamp: null, firstTimestamp: null, count: null, series: null }, '2026-03-01T12:03:00.123456Z', 1],
  [{ firstTimestamp: at(1) }, at(1), 1],
  [{}, '2026-03-01T11:00:00Z', 1],
])('time and count of %j', (rest, time, count) => {
  expect([eventTime(event(rest)), eventCount(event(rest))]).toEqual([time, count]);
});

test('the note about similar events is not part of the message', () => {
  expect(eventMessage(event({ message: '(combined from similar events): Failed to pull image "x": boom' }))).toBe('Failed to pull image "x": boom');
  expect(eventMessage(event({}))).toBe('');
});

test.each([
  ['spec.containers{app}', { name: 'app', init: false }],
  ['spec.initContainers{wait-for}', { name: 'wait-for', init: true }],
  ['spec.ephemeralContainers{debug}', { name: 'debug', init: false }],
  ['', undefined],
  [undefined, undefined],
])('the container of fieldPath %s', (fieldPath, container) => {
  expect(eventContainer({ metadata: {}, involvedObject: fieldPath === undefined ? {} : { fieldPath } })).toEqual(container);
});

test('events are chosen by UID and sorted newest first', () => {
  const old = event({ reason: 'old', lastTimestamp: at(1) });
  const fresh = event({ reason: 'fresh', lastTimestamp: '2026-03-01T12:09:00.5Z' });
  const sidecar = event({ reason: 'sidecar', lastTimestamp: at(8) }, 'u1', 'd');
  const namesake = event({ reason: 'namesake', lastTimestamp: at(9) }, 'u0');
  const all = [old, namesake, sidecar, fresh];
  expect(podEvents(all, pod).map((e) => e.reason)).toEqual(['fresh', 'sidecar', 'old']);
  expect(containerEvents(all, pod, 'c').map((e) => e.reason)).toEqual(['fresh', 'old']);
  expect(podEvents(all, { metadata: { name: 'p' } })).toEqual([]);
});

test('of the Failed events only one kind has the cause', () => {
  expect(isPullFailure(event({ reason: 'Failed', message: 'Failed to pull image "x": boom' }))).toBe(true);
  expect(isPullFailure(event({ reason: 'Failed', message: 'Error: ErrImagePull' }))).toBe(false);
  expect(isPullFailure(event({ reason: 'BackOff', message: 'Back-off pulling image "x"' }))).toBe(false);
});

test('a pull is under way while nothing came after Pulling', () => {
  const pulling = event({ reason: 'Pulling', lastTimestamp: at(3) });
  const scheduled = event({ reason: 'Scheduled', lastTimestamp: at(4) });
  expect(isPulling([pulling, scheduled], pod, 'c')).toBe(pulling);
  expect(isPulling([pulling, event({ reason: 'Pulled', lastTimestamp: at(4) })], pod, 'c')).toBe(undefined);
  expect(isPulling([pulling, event({ reason: 'Failed', lastTimestamp: at(4) })], pod, 'c')).toBe(undefined);
  expect(isPulling([pulling], pod, 'd')).toBe(undefined);
  expect(isPulling([], pod, 'c')).toBe(undefined);
});
