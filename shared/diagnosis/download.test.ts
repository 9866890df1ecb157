import { expect, test } from 'vitest';
import type { KubeEvent } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { failedEvent, kindWorld, podOf } from './sample-worlds.ts';

const event = (reason: string, at: string): KubeEvent => failedEvent('', { type: 'Normal', reason, message: `${reason} image "spring-server"`, lastTimestamp: at });
const told = (events: readonly KubeEvent[], reason = 'ContainerCreating') => diagnose(kindWorld(podOf({ reason }), { events })).filter(({ id }) => id === 'IMG-23');

test('IMG-23: since when an image is downloaded, as news and not as a failure', () => {
  expect(told([event('Pulling', '2026-03-01T12:04:00Z')])).toMatchObject([{
    severity: 'info', container: 'app', fixes: [], message: { params: { image: 'spring-server:latest', since: Date.parse('2026-03-01T12:04:00Z') } }, evidence: [{ kind: 'manifest' }, { kind: 'event' }],
  }]);
  expect(told([event('Pulling', '2026-03-01T12:04:00Z')], 'PodInitializing')).toHaveLength(1);
});

test.each([
  ['only just', [event('Pulling', '2026-03-01T12:04:51Z')], undefined],
  ['done', [event('Pulling', '2026-03-01T12:04:00Z'), event('Pulled', '2026-03-01T12:04:30Z')], undefined],
  ['never', [], undefined],
  ['before a failure', [event('Pulling', '2026-03-01T12:04:00Z')], 'CrashLoopBackOff'],
  ['without a time', [{ ...event('Pulling', ''), firstTimestamp: null, metadata: { name: 'e' } }], undefined],
] as const)('no download: %s', (_, events, reason) => {
  expect(told(events, reason)).toEqual([]);
});
