import { expect, test } from 'vitest';
import { pullErrors } from '../diagnosis/sample-worlds.ts';
import type { KubeEvent } from './objects.ts';
import { nothingKnown, registryKey, registryMemory } from './registry-knowledge.ts';
import type { FailedPull } from './registry-knowledge.ts';

const key = 'docker.io/library/spring-server:latest';
const at = (minute: number) => `2026-03-01T12:0${minute}:00Z`;
const event = (reason: string, message: string, minute = 0): KubeEvent =>
  ({ metadata: {}, reason, message, lastTimestamp: at(minute), involvedObject: { kind: 'Pod', uid: 'u1', fieldPath: 'spec.containers{app}' } });
const pulled = (minute?: number) => event('Pulled', 'Successfully pulled image "spring-server" in 3.2s', minute);
const failed = (error: string, minute?: number) => event('Failed', `Failed to pull image "spring-server:latest": ${error}`, minute);
const remembered = (message: string, minute: number): FailedPull => ({ image: 'docker.io/library/spring-server', message, at: at(minute) });
const answer = (events: KubeEvent[], failures: FailedPull[] = []) => (registryMemory(events, failures).get(key) ?? nothingKnown).answer;

test.each<[string, KubeEvent[], FailedPull[], string]>([
  ['nothing was pulled', [], [], 'unknown'],
  ['it was pulled', [pulled()], [], 'has'],
  ['it was there already: nobody asked', [event('Pulled', 'Container image "spring-server" already present on machine')], [], 'unknown'],
  ['denied', [failed(pullErrors.denied)], [], 'lacks'],
  ['no such tag', [failed(pullErrors.tagMissing)], [], 'lacks'],
  ['no name server', [failed(pullErrors.dockerOffline)], [], 'down'],
  ['no name server, in containerd\'s words', [failed(pullErrors.containerdOffline)], [], 'down'],
  ['refused', [failed(pullErrors.refused)], [], 'down'],
  ['no route', [failed(pullErrors.noRoute)], [], 'down'],
  ['timed out', [failed(pullErrors.timeout)], [], 'down'],
  ['a login is asked for: that proves nothing', [failed(pullErrors.unauthorized)], [], 'unknown'],
  ['the node\'s disk is full: that proves nothing', [failed(pullErrors.diskFull)], [], 'unknown'],
  ['only the back-off is left', [event('BackOff', 'Back-off pulling image "spring-server"')], [], 'unknown'],
  ['the event is gone, the error is remembered', [], [remembered(pullErrors.denied, 1)], 'lacks'],
  ['another image failed', [event('Failed', `Failed to pull image "spring-server:2": ${pullErrors.denied}`)], [], 'unknown'],
  ['the newest counts: it came after it failed', [pulled(2), failed(pullErrors.dockerOffline, 1)], [], 'has'],
  ['the newest counts: it failed after it came', [pulled(1)], [remembered(pullErrors.refused, 2)], 'down'],
  ['a newer answer that proves nothing takes nothing back', [failed(pullErrors.denied, 1), failed(pullErrors.diskFull, 2)], [], 'lacks'],
])('%s', (_, events, failures, expected) => {
  expect(answer(events, failures)).toBe(expected);
});

test('it is kept when, and which container got it', () => {
  expect(registryMemory([pulled(3)], []).get(key)).toEqual({ answer: 'has', at: at(3), pulledBy: { podUid: 'u1', fieldPath: 'spec.containers{app}' } });
});

test('a text that is no name is remembered under none', () => {
  expect(registryKey('Spring')).toBeUndefined();
  expect(registryMemory([event('Failed', `Failed to pull image "Spring": ${pullErrors.denied}`)], [])).toEqual(new Map());
});
