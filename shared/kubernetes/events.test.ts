import { expect, test } from 'vitest';
import {
  containerEvents, eventContainer, eventCount, eventFirstTime, eventKey, eventMessage, eventTime, isPulling, isPullFailure, newestFirst, podEvents,
} from './events.ts';
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

/** `12:00:` seconds. */
const second = (text: string): string => `2026-03-01T12:00:${text}Z`;
const noted = (kind: string, name: string, reason: string, version: number | string, rest: Partial<KubeEvent> = {}): KubeEvent => ({
  metadata: { name: `${name}.${version}`, namespace: 'n', resourceVersion: String(version), creationTimestamp: second('01') },
  involvedObject: { kind, name, namespace: 'n', uid: `uid-${name}` }, reason, lastTimestamp: second('01'), source: { component: kind === 'Pod' ? 'kubelet' : 'controller' }, ...rest,
});
const scaled = (version: number) => noted('Deployment', 'web', 'ScalingReplicaSet', version, { message: 'Scaled up replica set web-5f to 1' });
const createdPod = (version: number, name = 'web-5f-abcde') => noted('ReplicaSet', 'web-5f', 'SuccessfulCreate', version, { message: `Created pod: ${name}` });
const scheduled = (version: number, at = second('01.923456')) =>
  noted('Pod', 'web-5f-abcde', 'Scheduled', version, { eventTime: at, lastTimestamp: null, firstTimestamp: null, count: null, series: null, source: { component: 'default-scheduler' } });
const pulling = (version: number, at = second('01')) => noted('Pod', 'web-5f-abcde', 'Pulling', version, { lastTimestamp: at });
const story = 'ScalingReplicaSet SuccessfulCreate Scheduled Pulling';

test.each<[string, KubeEvent[], string]>([
  ['as they were written', [scaled(1), createdPod(2), scheduled(3), pulling(4)], story],
  // 99 is before 100, though not as text.
  ['versions of different length', [scaled(98), createdPod(99), scheduled(100), pulling(101)], story],
  ['versions beyond what a number holds', [scaled(1), createdPod(2), scheduled(3), { ...pulling(4), metadata: { ...pulling(4).metadata, resourceVersion: '9007199254740993' } }], story],
  ['written in the wrong order within a second', [pulling(1), scheduled(2), createdPod(3), scaled(4)], story],
  ['only the Deployment was late', [createdPod(1), scheduled(2), scaled(3), pulling(4)], story],
  ['the second counts more than the version', [scaled(9), createdPod(8), scheduled(7), pulling(1, second('02'))], story],
  ['a scheduler of microseconds and a kubelet a second later', [pulling(4, second('02')), scheduled(3, second('01.999999'))], 'Scheduled Pulling'],
  ['what another pod goes through does not wait for this one', [noted('Pod', 'other', 'Started', 1), createdPod(2), pulling(3)], 'Started SuccessfulCreate Pulling'],
  ['a run: CronJob, Job, pod', [
    noted('Pod', 'tick-1-abcde', 'Started', 1), noted('Job', 'tick-1', 'SuccessfulCreate', 2, { message: 'Created pod: tick-1-abcde' }),
    noted('CronJob', 'tick', 'SuccessfulCreate', 3, { message: 'Created job tick-1' }),
  ], 'SuccessfulCreate SuccessfulCreate Started'],
  ['what ends a run stays behind it', [noted('Pod', 'tick-1-abcde', 'Started', 1), noted('Job', 'tick-1', 'Completed', 2)], 'Started Completed'],
  ['a version that is no number, and none', [noted('Pod', 'a', 'Odd', 'x9'), noted('Pod', 'b', 'None', ''), pulling(3)], 'Odd None Pulling'],
  ['no time at all', [pulling(3), { metadata: { name: 'e' }, involvedObject: {}, reason: 'Timeless' }], 'Timeless Pulling'],
])('one time order, the oldest first: %s', (_, events, expected) => {
  // Whatever the order they come in.
  for (const given of [events, events.toReversed(), [...events.slice(2), ...events.slice(0, 2)]]) {
    expect(newestFirst(given).toReversed().map(({ reason }) => reason).join(' ')).toBe(expected);
  }
});

test('the first time, and what a repetition has in common with its event', () => {
  expect(eventFirstTime(event({ firstTimestamp: at(1), lastTimestamp: at(4) }))).toBe(at(1));
  expect(eventFirstTime(event({ eventTime: at(2), lastTimestamp: null, firstTimestamp: null }))).toBe(at(2));
  expect(eventKey({ metadata: { name: 'p.17', namespace: 'n', uid: 'first' }, involvedObject: {} })).toBe(eventKey({ metadata: { name: 'p.17', namespace: 'n', uid: 'second' }, involvedObject: {} }));
});
