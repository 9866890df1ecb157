import { expect, test } from 'vitest';
import { podHealth } from './health.ts';
import type { Health } from './health.ts';
import type { ContainerStatus, KubeNode, Pod } from './objects.ts';

const now = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();
const running = (ready: boolean, since = 3600): Partial<ContainerStatus> => ({ ready, state: { running: { startedAt: ago(since) } } });
const waiting = (reason: string): Partial<ContainerStatus> => ({ state: { waiting: { reason } } });
const ended = (exitCode: number): Partial<ContainerStatus> => ({ state: { terminated: { exitCode } } });
const crashed = (seconds: number): Partial<ContainerStatus> => ({ restartCount: 1, lastState: { terminated: { exitCode: 1, finishedAt: ago(seconds) } } });
const crashedOften = (seconds: number, lasted: number): Partial<ContainerStatus> => (
  { restartCount: 3, lastState: { terminated: { exitCode: 1, startedAt: ago(seconds + lasted), finishedAt: ago(seconds) } } });
const ready = { conditions: [{ type: 'Ready', status: 'True' }] };

function pod(phase: string, statuses: readonly Partial<ContainerStatus>[], status: Pod['status'] = {}, rest: { spec?: Pod['spec']; metadata?: Pod['metadata'] } = {}): Pod {
  return {
    metadata: { name: 'p', creationTimestamp: ago(3600), ...rest.metadata },
    spec: { containers: statuses.map((_, i) => ({ name: `c${i}` })), ...rest.spec },
    status: { phase, containerStatuses: statuses.map((s, i) => ({ name: `c${i}`, ...s })), ...status },
  };
}
const withInit = (phase: string, init: Partial<ContainerStatus>, app: Partial<ContainerStatus>, status: Pod['status'] = {}, restartPolicy?: string): Pod => pod(
  phase, [app], { initContainerStatuses: [{ name: 'i', ...init }], ...status },
  { spec: { containers: [{ name: 'c0' }], initContainers: [{ name: 'i', ...(restartPolicy && { restartPolicy }) }] } });
const unschedulable = (seconds: number): Pod['status'] => ({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', lastTransitionTime: ago(seconds) }] });

const cases: Readonly<Record<string, readonly [Pod, Health]>> = {
  'ready': [pod('Running', [running(true)], ready), 'ok'],
  'completed': [pod('Succeeded', [ended(0)]), 'ok'],
  'failed for good': [pod('Failed', [ended(1)]), 'failing'],
  'evicted': [pod('Failed', [], { reason: 'Evicted' }), 'failing'],
  'three seconds old': [pod('Pending', [], {}, { metadata: { creationTimestamp: ago(3) } }), 'progressing'],
  'creating its container, or downloading': [pod('Pending', [waiting('ContainerCreating')]), 'progressing'],
  'pull error': [pod('Pending', [waiting('ErrImagePull')]), 'failing'],
  'pull back-off': [pod('Pending', [waiting('ImagePullBackOff')]), 'failing'],
  'one of two containers cannot be pulled': [pod('Pending', [waiting('ImagePullBackOff'), running(true)]), 'degraded'],
  'crash loop': [pod('Running', [{ ...waiting('CrashLoopBackOff'), ...crashed(60) }]), 'failing'],
  'between two crashes, not ready': [pod('Running', [{ ...running(false, 5), ...crashed(10) }]), 'failing'],
  'between two crashes, ready': [pod('Running', [{ ...running(true, 5), ...crashed(10) }], ready), 'degraded'],
  'between two of many crashes, ready for a moment': [pod('Running', [{ ...running(true, 5), ...crashedOften(10, 4) }], ready), 'failing'],
  'after many crashes, longer up than twice the last run': [pod('Running', [{ ...running(true, 41), ...crashedOften(60, 20) }], ready), 'degraded'],
  'after many crashes of long runs, not yet long enough up': [pod('Running', [{ ...running(true, 41), ...crashedOften(60, 200) }], ready), 'failing'],
  'between two of many crashes, another container ready': [pod('Running', [{ ...running(true, 5), ...crashedOften(10, 4) }, running(true)], ready), 'degraded'],
  'crashed once an hour ago': [pod('Running', [{ ...running(true), ...crashed(3600) }], ready), 'ok'],
  'ended with 0 but is to run for ever': [pod('Running', [ended(0)]), 'failing'],
  'one of two ended with 0 and may': [pod('Running', [ended(0), running(true)], ready, { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'c0' }, { name: 'c1' }] } }), 'ok'],
  'starting up': [pod('Running', [running(false, 30)]), 'progressing'],
  'not ready for long': [pod('Running', [running(false, 600)]), 'degraded'],
  'just created, not schedulable yet': [pod('Pending', [], unschedulable(3)), 'progressing'],
  'not schedulable': [pod('Pending', [], unschedulable(60)), 'failing'],
  'init container runs': [withInit('Pending', running(false, 600), waiting('PodInitializing')), 'progressing'],
  'init container fails': [withInit('Pending', ended(1), waiting('PodInitializing')), 'failing'],
  'init container cannot be pulled': [withInit('Pending', waiting('ImagePullBackOff'), waiting('PodInitializing')), 'failing'],
  'init container done': [withInit('Running', ended(0), running(true), ready), 'ok'],
  'sidecar runs': [withInit('Running', { ...running(true), started: true }, running(true), ready, 'Always'), 'ok'],
  'terminating': [pod('Running', [running(true)], ready, { metadata: { deletionTimestamp: ago(1) } }), 'ending'],
  'node lost': [pod('Running', [running(true)], { reason: 'NodeLost' }, { metadata: { deletionTimestamp: ago(1) } }), 'unknown'],
  'phase unknown': [pod('Unknown', [running(true)]), 'unknown'],
};

test.each(Object.entries(cases))('%s', (_name, [subject, health]) => {
  expect([podHealth(subject, now), podHealth(subject, now.getTime())]).toEqual([health, health]);
});

test('a node that does not report makes the pod unknown', () => {
  const node = (status: string): KubeNode => ({ metadata: { name: 'n' }, status: { conditions: [{ type: 'Ready', status }] } });
  const subject = pod('Running', [running(true)], ready);
  expect(['True', 'False', 'Unknown'].map((s) => podHealth(subject, now, node(s)))).toEqual(['ok', 'unknown', 'unknown']);
  expect(podHealth(subject, now, { metadata: {} })).toBe('unknown');
});
