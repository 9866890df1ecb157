import { expect, test } from 'vitest';
import { pullCause } from './pull-cause.ts';
import { failedEvent, podOf, pullErrors, sharedWorld, waiting } from './sample-worlds.ts';
import type { World } from './world.ts';

const early = '2026-03-01T12:01:00Z';
const late = '2026-03-01T12:04:30Z';
const backOff = waiting('ImagePullBackOff', 'Back-off pulling image "spring-server"');
const event = (error: string, lastTimestamp: string) => failedEvent(error, { lastTimestamp });

test.each<[string, Partial<World>, ReturnType<typeof waiting>, string[] | undefined]>([
  ['the status', { events: [event(pullErrors.denied, late)] }, waiting('ErrImagePull', pullErrors.dockerOffline), ['status', 'DNS']],
  ['the appended cause', {}, waiting('ImagePullBackOff', `Back-off pulling image "x": ErrImagePull: ${pullErrors.refused}`), ['status', 'REFUSED']],
  ['an event', { events: [event(pullErrors.denied, late)] }, backOff, ['event', 'DENIED_OR_MISSING', late]],
  ['the newest event', { events: [event(pullErrors.denied, early), event(pullErrors.timeout, late)] }, backOff, ['event', 'TIMEOUT', late]],
  ['memory', { memory: { app: { message: pullErrors.noRoute, at: early } } }, backOff, ['memory', 'NO_ROUTE', early]],
  ['memory, newer than the event', { events: [event(pullErrors.denied, early)], memory: { app: { message: pullErrors.noRoute, at: late } } }, backOff, ['memory', 'NO_ROUTE', late]],
  ['the event, newer than memory', { events: [event(pullErrors.denied, late)], memory: { app: { message: pullErrors.noRoute, at: early } } }, backOff, ['event', 'DENIED_OR_MISSING', late]],
  ['memory, events out of reach', { events: 'unknown', memory: { app: { message: pullErrors.noRoute, at: early } } }, backOff, ['memory', 'NO_ROUTE', early]],
  ['nothing: another container\'s memory', { memory: { other: { message: pullErrors.noRoute, at: early } } }, backOff, undefined],
  ['nothing: events that only say that there is an error', { events: [failedEvent('', { message: 'Error: ImagePullBackOff' })] }, backOff, undefined],
])('the cause comes from %s', (_name, pieces, status, expected) => {
  const cause = pullCause(sharedWorld(podOf(), pieces), 'app', { name: 'app', ...status });
  expect(cause && [cause.source, cause.error.class, ...(cause.at ? [cause.at] : [])]).toEqual(expected);
});
