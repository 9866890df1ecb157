import { expect, test } from 'vitest';
import type { KubeEvent, Pod } from './objects.ts';
import { timelineOf, type SeenState } from './timeline.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, seconds)).toISOString().replace('.000Z', 'Z');
const pod = (status: Pod['status'], metadata: Pod['metadata'] = {}): Pod => ({
  metadata: { name: 'p', uid: 'u', creationTimestamp: at(0), ...metadata },
  spec: { initContainers: [{ name: 'i' }], containers: [{ name: 'c' }] },
  status: { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: at(2) }], ...status },
});
const event = (reason: string, seconds: number, container?: string, more: Partial<KubeEvent> = {}): KubeEvent => ({
  metadata: { name: `${reason}${seconds}` }, reason, message: `${reason}!`, type: 'Normal', lastTimestamp: at(seconds), firstTimestamp: at(seconds),
  involvedObject: { uid: 'u', ...(container ? { fieldPath: `spec.${container}` } : {}) }, ...more,
});
/** `what from-to detail` in seconds, `~` for what was seen. */
const brief = (all: ReturnType<typeof timelineOf>) => all.rows.map(({ container = 'pod', bars, marks }) => [
  container,
  ...bars.map(({ what, from, to, detail, seen }) => `${seen ? '~' : ''}${what} ${(Date.parse(from) - Date.parse(at(0))) / 1000}-${to ? (Date.parse(to) - Date.parse(at(0))) / 1000 : ''}${detail ? ` ${detail}` : ''}`),
  ...marks.map(({ at: when, reason, count }) => `! ${(Date.parse(when) - Date.parse(at(0))) / 1000} ${reason}${count > 1 ? ` ×${count}` : ''}`),
]);

test('a pod that waited for a node, pulled, ran, crashed and runs again', () => {
  const events = [
    event('Scheduled', 2), event('Pulling', 3, 'initContainers{i}'), event('Pulled', 5, 'initContainers{i}'), event('Started', 6, 'initContainers{i}'),
    event('Pulling', 9, 'containers{c}'), event('Pulled', 30, 'containers{c}'), event('BackOff', 50, 'containers{c}'),
    event('Unhealthy', 45, 'containers{c}', { type: 'Warning', count: 3 }),
  ];
  const status: Pod['status'] = {
    conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: at(2) }, { type: 'Ready', status: 'True', lastTransitionTime: at(62) }],
    initContainerStatuses: [{ name: 'i', state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: at(6), finishedAt: at(8) } } }],
    containerStatuses: [{
      name: 'c', restartCount: 1, state: { running: { startedAt: at(60) } }, lastState: { terminated: { exitCode: 137, reason: 'Error', startedAt: at(31), finishedAt: at(48) } },
    }],
  };
  expect(brief(timelineOf(pod(status), events))).toEqual([
    ['pod', 'unscheduled 0-2', 'starting 2-3', 'ready 62-', '! 2 Scheduled'],
    ['i', 'pulling 3-5', 'ended 6-8 Completed 0', '! 6 Started'],
    ['c', 'pulling 9-30', 'failed 31-48 Error 137', 'running 60-', '! 45 Unhealthy ×3'],
  ]);
});

test('what was seen fills in what the status has forgotten, and says so; what is known twice is there once', () => {
  const run = (from: number, to: number): SeenState['state'] => ({ terminated: { exitCode: 1, reason: 'Error', startedAt: at(from), finishedAt: at(to) } });
  const seen: SeenState[] = [
    { container: 'c', state: run(10, 11), from: at(11), to: at(12) },
    { container: 'c', state: { waiting: { reason: 'CrashLoopBackOff' } }, from: at(12), to: at(22) },
    { container: 'c', state: run(22, 23), from: at(23) },
  ];
  const status: Pod['status'] = { containerStatuses: [{ name: 'c', restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: run(22, 23) }] };
  expect(brief(timelineOf(pod(status), 'unknown', seen))[2]).toEqual(['c', '~failed 10-11 Error 1', '~back-off 12-22 CrashLoopBackOff', 'failed 22-23 Error 1']);
});

test('a pod that no node takes, and one that is being deleted', () => {
  const waits = pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', lastTransitionTime: at(1) }] });
  expect(brief(timelineOf(waits, []))[0]).toEqual(['pod', 'unscheduled 0- Unschedulable']);
  const ends = pod({}, { deletionTimestamp: at(40), deletionGracePeriodSeconds: 30 });
  expect(brief(timelineOf(ends, []))[0]).toEqual(['pod', 'unscheduled 0-2', 'starting 2-10', 'ending 10-']);
});

test('a pull that goes on; one that was tried often; clocks that differ', () => {
  const status: Pod['status'] = { containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 1, startedAt: at(9), finishedAt: at(8) } } }] };
  expect(brief(timelineOf(pod(status), [event('Pulling', 7, 'containers{c}', { count: 4 })]))[2]).toEqual(['c', 'pulling 7- ×4']);
});

test('thousands of events, none with a time, and a pod of which nothing is known', () => {
  const many = Array.from({ length: 5_000 }, (_, index) => event('Unhealthy', index, 'containers{c}'));
  expect(timelineOf(pod({}), many).rows[2]?.marks).toHaveLength(50);
  const { lastTimestamp: _, firstTimestamp: __, ...timeless } = event('Odd', 1);
  expect(timelineOf(pod({}), [timeless]).rows[0]?.marks).toEqual([]);
  expect(timelineOf({ metadata: {} }, 'unknown')).toEqual({ from: '', rows: [{ init: false, bars: [], marks: [] }] });
});
