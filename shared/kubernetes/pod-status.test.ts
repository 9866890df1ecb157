import { expect, test } from 'vitest';
import type { Container, ContainerStatus, Pod, PodCondition } from './objects.ts';
import { podColumns, podSummary } from './pod-status.ts';

const now = new Date('2026-03-01T12:00:00Z');
const secondsAgo = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();

// The notation of the table: one status each, as the API server would send it (absent where Go has its zero value).
const wait = (reason: string, rest: Partial<ContainerStatus> = {}): Partial<ContainerStatus> =>
  ({ state: { waiting: reason === '' ? {} : { reason } }, ...rest });
const term = (exitCode: number, reason?: string, rest: Partial<ContainerStatus> = {}, signal?: number): Partial<ContainerStatus> =>
  ({ state: { terminated: { exitCode, ...(reason && { reason }), ...(signal && { signal }) } }, ...rest });
const run = (ready: boolean, rest: Partial<ContainerStatus> = {}): Partial<ContainerStatus> =>
  ({ state: { running: { startedAt: secondsAgo(600) } }, ready, ...rest });
const restarted = (restartCount: number, last?: number): Partial<ContainerStatus> =>
  ({ restartCount, ...(last && { lastState: { terminated: { exitCode: 1, finishedAt: secondsAgo(last) } } }) });

interface Case {
  phase: string;
  reason?: string;
  conditions?: readonly PodCondition[];
  /** Init containers of the spec; `sidecars` are those that restart always. */
  init?: number;
  sidecars?: readonly number[];
  containers?: number;
  initStatuses?: readonly Partial<ContainerStatus>[];
  statuses?: readonly Partial<ContainerStatus>[];
  ephemeral?: readonly Partial<ContainerStatus>[];
  deleting?: boolean;
}

function podOf(c: Case): Pod {
  const name = (prefix: string) => (s: Partial<ContainerStatus>, i: number): ContainerStatus => ({ name: `${prefix}${i}`, ...s });
  const count = c.containers ?? Math.max(1, c.statuses?.length ?? 0);
  const init: Container[] = Array.from({ length: c.init ?? c.initStatuses?.length ?? 0 }, (_, i) => (
    { name: `i${i}`, ...(c.sidecars?.includes(i) && { restartPolicy: 'Always' }) }));
  return {
    metadata: { name: 'p', creationTimestamp: secondsAgo(3600), ...(c.deleting && { deletionTimestamp: secondsAgo(5) }) },
    spec: { containers: Array.from({ length: count }, (_, i) => ({ name: `c${i}` })), ...(init.length > 0 && { initContainers: init }) },
    status: {
      phase: c.phase, ...(c.reason && { reason: c.reason }), ...(c.conditions && { conditions: c.conditions }),
      ...(c.initStatuses && { initContainerStatuses: c.initStatuses.map(name('i')) }),
      ...(c.statuses && { containerStatuses: c.statuses.map(name('c')) }),
      ...(c.ephemeral && { ephemeralContainerStatuses: c.ephemeral.map(name('e')) }),
    },
  };
}

const unschedulable = (reason: string): PodCondition[] => [{ type: 'PodScheduled', status: 'False', reason }];
const initialized: PodCondition = { type: 'Initialized', status: 'True' };
const isReady: PodCondition = { type: 'Ready', status: 'True' };
const done = term(0, 'Completed');
const sidecarOf = { sidecars: [0], conditions: [initialized] };

// Research: the 42 cases of kubectl's columns; `old` is what Kubernetes 1.20 prints where it differs.
const cases: readonly (readonly [number, Case, ready: string, status: string, restarts: string, old?: Partial<Record<'ready' | 'status' | 'restarts', string>>])[] = [
  [1, { phase: 'Pending' }, '0/1', 'Pending', '0'],
  [2, { phase: 'Pending', conditions: unschedulable('Unschedulable') }, '0/1', 'Pending', '0'],
  [3, { phase: 'Pending', conditions: unschedulable('SchedulingGated') }, '0/1', 'SchedulingGated', '0', { status: 'Pending' }],
  [4, { phase: 'Pending', statuses: [wait('ContainerCreating')] }, '0/1', 'ContainerCreating', '0'],
  [5, { phase: 'Pending', statuses: [wait('ErrImagePull')] }, '0/1', 'ErrImagePull', '0'],
  [6, { phase: 'Pending', statuses: [wait('')] }, '0/1', 'Pending', '0'],
  [7, { phase: 'Pending', statuses: [wait('ImagePullBackOff'), run(true)] }, '1/2', 'ImagePullBackOff', '0'],
  [8, { phase: 'Pending', statuses: [wait('A'), wait('B')] }, '0/2', 'A', '0'],
  [9, { phase: 'Running', statuses: [run(true), term(1, 'Error')] }, '1/2', 'Error', '0'],
  [10, { phase: 'Running', conditions: [isReady], statuses: [run(true), done] }, '1/2', 'Running', '0'],
  [11, { phase: 'Running', statuses: [run(true), done] }, '1/2', 'NotReady', '0'],
  [12, { phase: 'Running', statuses: [run(false), done] }, '0/2', 'Completed', '0'],
  [13, { phase: 'Succeeded', statuses: [done] }, '0/1', 'Completed', '0'],
  [14, { phase: 'Failed', statuses: [term(3)] }, '0/1', 'ExitCode:3', '0'],
  [15, { phase: 'Failed', statuses: [term(137, undefined, {}, 9)] }, '0/1', 'Signal:9', '0'],
  [16, { phase: 'Running', statuses: [term(137, 'OOMKilled', restarted(1))] }, '0/1', 'OOMKilled', '1'],
  [17, { phase: 'Running', statuses: [wait('CrashLoopBackOff', restarted(5, 180))] }, '0/1', 'CrashLoopBackOff', '5 (3m ago)', { restarts: '5' }],
  [18, { phase: 'Running', statuses: [run(false)] }, '0/1', 'Running', '0'],
  [19, { phase: 'Running', statuses: [run(true, restarted(2, 90))] }, '1/1', 'Running', '2 (90s ago)', { restarts: '2' }],
  [20, { phase: 'Failed', reason: 'Evicted' }, '0/1', 'Evicted', '0'],
  [21, { phase: 'Failed', reason: 'Evicted', statuses: [term(137, 'Error')] }, '0/1', 'Error', '0'],
  [22, { phase: 'Failed', reason: 'OutOfcpu' }, '0/1', 'OutOfcpu', '0'],
  [23, { phase: 'Pending', initStatuses: [run(false), wait('PodInitializing')] }, '0/1', 'Init:0/2', '0'],
  [24, { phase: 'Pending', initStatuses: [done, run(false)] }, '0/1', 'Init:1/2', '0'],
  [25, { phase: 'Pending', initStatuses: [done, wait('PodInitializing')] }, '0/1', 'Init:1/2', '0'],
  [26, { phase: 'Pending', initStatuses: [wait('CrashLoopBackOff', restarted(3, 40))] }, '0/1', 'Init:CrashLoopBackOff', '3 (40s ago)', { restarts: '3' }],
  [27, { phase: 'Pending', initStatuses: [term(1, 'Error')] }, '0/1', 'Init:Error', '0'],
  [28, { phase: 'Pending', initStatuses: [term(2)] }, '0/1', 'Init:ExitCode:2', '0'],
  [29, { phase: 'Pending', initStatuses: [wait('ErrImagePull')] }, '0/1', 'Init:ErrImagePull', '0'],
  [30, { phase: 'Pending', conditions: [initialized], initStatuses: [done], statuses: [wait('PodInitializing')] }, '0/1', 'PodInitializing', '0'],
  [31, { phase: 'Running', conditions: [initialized, isReady], initStatuses: [{ ...done, ...restarted(2, 60) }], statuses: [run(true)] }, '1/1', 'Running', '0'],
  [32, { phase: 'Running', ...sidecarOf, initStatuses: [run(true, { started: true })], statuses: [run(true)] }, '2/2', 'Running', '0',
    { ready: '0/1', status: 'Init:0/1' }],
  [33, { phase: 'Running', ...sidecarOf, initStatuses: [run(false, { started: true })], statuses: [run(true)] }, '1/2', 'Running', '0',
    { ready: '0/1', status: 'Init:0/1' }],
  [34, { phase: 'Pending', sidecars: [0], initStatuses: [run(false)], statuses: [wait('PodInitializing')] }, '0/2', 'Init:0/1', '0', { ready: '0/1' }],
  [35, { phase: 'Running', ...sidecarOf, initStatuses: [wait('CrashLoopBackOff', restarted(4, 30))], statuses: [run(true)] },
    '1/2', 'Init:CrashLoopBackOff', '4 (30s ago)', { ready: '0/1', restarts: '4' }],
  [36, { phase: 'Succeeded', ...sidecarOf, initStatuses: [term(137, 'Error')], statuses: [done] }, '0/2', 'Completed', '0',
    { ready: '0/1', status: 'Init:Error' }],
  [37, { phase: 'Running', deleting: true, statuses: [run(true)] }, '1/1', 'Terminating', '0'],
  [38, { phase: 'Running', reason: 'NodeLost', deleting: true }, '0/1', 'Unknown', '0'],
  [39, { phase: 'Succeeded', deleting: true, statuses: [done] }, '0/1', 'Completed', '0', { status: 'Terminating' }],
  [40, { phase: 'Unknown' }, '0/1', 'Unknown', '0'],
  [41, { phase: 'Running', statuses: [run(true, restarted(3))] }, '1/1', 'Running', '3'],
  [42, { phase: 'Running', statuses: [run(true)], ephemeral: [term(1, 'Error')] }, '1/1', 'Running', '0'],
];

test('the table has 42 cases', () => {
  expect(cases.map(([number]) => number)).toEqual(Array.from({ length: 42 }, (_, i) => i + 1));
});

test.each(cases.map((row) => ({ row })))('case $row.0', ({ row: [, input, ready, status, restarts, old = {}] }) => {
  const newest = { ready, status, restarts, age: '60m' };
  expect(podColumns(podOf(input), now)).toEqual(newest);
  expect(podColumns(podOf(input), now, 20)).toEqual({ ...newest, ...old });
});

test('an empty object has the columns of Go\'s zero values', () => {
  expect(podColumns({ metadata: {} }, now)).toEqual({ ready: '0/0', status: '', restarts: '0', age: '<unknown>' });
});

test('the parts of the columns', () => {
  const at = secondsAgo(40);
  const pod = podOf({ phase: 'Running', statuses: [run(true, restarted(2, 90)), wait('CrashLoopBackOff', restarted(3, 40))] });
  expect(podSummary(pod)).toEqual({ readyCount: 1, totalCount: 2, restartCount: 5, lastRestartAt: at, status: 'CrashLoopBackOff' });
  expect(podSummary(podOf({ phase: 'Pending' }))).toEqual({ readyCount: 0, totalCount: 1, restartCount: 0, status: 'Pending' });
});

test('a zero time, which Go writes as null, is no time', () => {
  const status: unknown = { phase: 'Running', containerStatuses: [{ name: 'c0', ready: true, restartCount: 1, state: { running: {} },
    lastState: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', startedAt: null, finishedAt: null } } }] };
  const pod = { metadata: {}, spec: { containers: [{ name: 'c0' }] }, status } as Pod;
  expect(podColumns(pod, now)).toEqual({ ready: '1/1', status: 'Running', restarts: '1', age: '<unknown>' });
});

test('now may be given in milliseconds', () => {
  const pod = podOf({ phase: 'Running', statuses: [run(true, restarted(2, 90))] });
  expect(podColumns(pod, now.getTime())).toEqual(podColumns(pod, now));
});
