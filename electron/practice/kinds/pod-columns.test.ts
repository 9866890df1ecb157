import { describe, expect, it } from 'vitest';
import type { ContainerStatus, Pod, PodCondition } from '../objects.ts';
import { podSummary } from './pod-columns.ts';

const NOW = new Date('2026-01-01T01:00:00Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();

type State = Pick<ContainerStatus, 'state'> & Partial<ContainerStatus>;
const waiting = (reason: string, more: Partial<ContainerStatus> = {}): State => ({ state: { waiting: reason ? { reason } : {} }, ...more });
const ended = (exitCode: number, reason?: string, more: Partial<ContainerStatus> = {}): State => ({ state: { terminated: { exitCode, ...(reason ? { reason } : {}) } }, ...more });
const runs = (ready: boolean, more: Partial<ContainerStatus> = {}): State => ({ state: { running: {} }, ready, ...more });
const last = (seconds: number) => ({ lastState: { terminated: { exitCode: 1, finishedAt: ago(seconds) } } });

interface Case {
  phase: NonNullable<Pod['status']['phase']>;
  reason?: string;
  init?: State[];
  /** How many of the first init containers are sidecars. */
  sidecars?: number;
  initTotal?: number;
  containers?: State[];
  total?: number;
  conditions?: [type: string, status: 'True' | 'False', reason?: string][];
  deleted?: boolean;
}

function podOf({ phase, reason, init = [], sidecars = 0, initTotal = init.length, containers = [], total = Math.max(1, containers.length), conditions = [], deleted }: Case): Pod {
  const statuses = (list: State[], prefix: string) =>
    list.map((state, index): ContainerStatus => ({ name: `${prefix}${index}`, lastState: {}, ready: false, restartCount: 0, image: 'x', imageID: '', ...state }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...(deleted ? { deletionTimestamp: ago(1) } : {}) },
    spec: {
      containers: Array.from({ length: total }, (_, index) => ({ name: `c${index}` })),
      initContainers: Array.from({ length: initTotal }, (_, index) => ({ name: `i${index}`, ...(index < sidecars ? { restartPolicy: 'Always' } : {}) })),
    },
    status: {
      phase,
      ...(reason ? { reason } : {}),
      conditions: conditions.map(([type, status, why]): PodCondition => ({ type, status, lastProbeTime: null, lastTransitionTime: ago(60), ...(why ? { reason: why } : {}) })),
      initContainerStatuses: statuses(init, 'i'),
      containerStatuses: statuses(containers, 'c'),
    },
  };
}

const initialized: [string, 'True'] = ['Initialized', 'True'];
const ready: [string, 'True'] = ['Ready', 'True'];

describe('STATUS, READY and RESTARTS of the newest server', () => {
  it.each<[string, Case, string, string, string]>([
    ['nothing known', { phase: 'Pending' }, '0/1', 'Pending', '0'],
    ['unschedulable', { phase: 'Pending', conditions: [['PodScheduled', 'False', 'Unschedulable']] }, '0/1', 'Pending', '0'],
    ['gated', { phase: 'Pending', conditions: [['PodScheduled', 'False', 'SchedulingGated']] }, '0/1', 'SchedulingGated', '0'],
    ['pulling fails', { phase: 'Pending', containers: [waiting('ErrImagePull')] }, '0/1', 'ErrImagePull', '0'],
    ['an empty reason', { phase: 'Pending', containers: [waiting('')] }, '0/1', 'Pending', '0'],
    ['one of two waits', { phase: 'Pending', containers: [waiting('ImagePullBackOff'), runs(true)] }, '1/2', 'ImagePullBackOff', '0'],
    ['the first wins', { phase: 'Pending', containers: [waiting('A'), waiting('B')] }, '0/2', 'A', '0'],
    ['one failed', { phase: 'Running', containers: [runs(true), ended(1, 'Error')] }, '1/2', 'Error', '0'],
    ['one completed', { phase: 'Running', conditions: [ready], containers: [runs(true), ended(0, 'Completed')] }, '1/2', 'Running', '0'],
    ['one completed, not ready', { phase: 'Running', containers: [runs(true), ended(0, 'Completed')] }, '1/2', 'NotReady', '0'],
    ['none ready', { phase: 'Running', containers: [runs(false), ended(0, 'Completed')] }, '0/2', 'Completed', '0'],
    ['a code alone', { phase: 'Failed', containers: [ended(3)] }, '0/1', 'ExitCode:3', '0'],
    ['a signal', { phase: 'Failed', containers: [{ state: { terminated: { exitCode: 137, signal: 9 } } }] }, '0/1', 'Signal:9', '0'],
    ['crashes', { phase: 'Running', containers: [waiting('CrashLoopBackOff', { restartCount: 5, ...last(180) })] }, '0/1', 'CrashLoopBackOff', '5 (3m ago)'],
    ['restarted', { phase: 'Running', containers: [runs(true, { restartCount: 2, ...last(90) })] }, '1/1', 'Running', '2 (90s ago)'],
    ['restarted, when is unknown', { phase: 'Running', containers: [runs(true, { restartCount: 3 })] }, '1/1', 'Running', '3'],
    ['evicted', { phase: 'Failed', reason: 'Evicted' }, '0/1', 'Evicted', '0'],
    ['evicted hides behind a container', { phase: 'Failed', reason: 'Evicted', containers: [ended(137, 'Error')] }, '0/1', 'Error', '0'],
    ['second step', { phase: 'Pending', init: [ended(0), runs(false)] }, '0/1', 'Init:1/2', '0'],
    ['a step waits', { phase: 'Pending', init: [ended(0), waiting('PodInitializing')] }, '0/1', 'Init:1/2', '0'],
    ['a step crashes', { phase: 'Pending', init: [waiting('CrashLoopBackOff', { restartCount: 3, ...last(40) })] }, '0/1', 'Init:CrashLoopBackOff', '3 (40s ago)'],
    ['a step failed', { phase: 'Pending', init: [ended(2)] }, '0/1', 'Init:ExitCode:2', '0'],
    ['after the steps', { phase: 'Pending', conditions: [initialized], init: [ended(0)], containers: [waiting('PodInitializing')] }, '0/1', 'PodInitializing', '0'],
    ["the steps' restarts are dropped", { phase: 'Running', conditions: [initialized, ready], init: [ended(0, '', { restartCount: 2 })], containers: [runs(true)] }, '1/1', 'Running', '0'],
    ['a sidecar', { phase: 'Running', conditions: [initialized, ready], sidecars: 1, init: [runs(true, { started: true })], containers: [runs(true)] }, '2/2', 'Running', '0'],
    ['a sidecar to come', { phase: 'Pending', sidecars: 1, init: [runs(false, { started: false })], containers: [waiting('PodInitializing')] }, '0/2', 'Init:0/1', '0'],
    [
      'a sidecar crashes',
      { phase: 'Running', conditions: [initialized], sidecars: 1, init: [waiting('CrashLoopBackOff', { restartCount: 4, ...last(30) })], containers: [runs(true)] },
      '1/2',
      'Init:CrashLoopBackOff',
      '4 (30s ago)',
    ],
    ['a sidecar ended last', { phase: 'Succeeded', conditions: [initialized], sidecars: 1, init: [ended(137, 'Error')], containers: [ended(0, 'Completed')] }, '0/2', 'Completed', '0'],
    ['going', { phase: 'Running', deleted: true, containers: [runs(true)] }, '1/1', 'Terminating', '0'],
    ['lost', { phase: 'Running', deleted: true, reason: 'NodeLost' }, '0/1', 'Unknown', '0'],
    ['over and going', { phase: 'Succeeded', deleted: true, containers: [ended(0, 'Completed')] }, '0/1', 'Completed', '0'],
  ])('%s', (_, given, expectedReady, status, restarts) => {
    expect(podSummary(podOf(given), 34, NOW)).toEqual({ ready: expectedReady, status, restarts });
  });
});

describe('an older server', () => {
  it('counts restarts as a number, knows no gates and no sidecars, and ends with Terminating', () => {
    const crashing: Case = { phase: 'Running', containers: [waiting('CrashLoopBackOff', { restartCount: 5, ...last(180) })] };
    expect(podSummary(podOf(crashing), 20, NOW).restarts).toBe(5);
    expect(podSummary(podOf({ phase: 'Pending', conditions: [['PodScheduled', 'False', 'SchedulingGated']] }), 20, NOW).status).toBe('Pending');
    expect(podSummary(podOf({ phase: 'Succeeded', deleted: true, containers: [ended(0, 'Completed')] }), 31, NOW).status).toBe('Terminating');
    expect(podSummary(podOf({ phase: 'Running', sidecars: 1, init: [runs(true, { started: true })], containers: [runs(true)] }), 28, NOW).ready).toBe('0/1');
  });
});
