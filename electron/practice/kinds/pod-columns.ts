// The columns of pods: kubernetes, pkg/printers/internalversion/printers.go (printPod). The words of STATUS come from here.
import type { ContainerStatus, KubeObject, Pod } from '../objects.ts';
import { ageColumn, ageOf, column, nameColumn, nameOf, wideColumn } from './columns.ts';
import { humanDuration } from './human-duration.ts';
import type { Column, KindContext } from './kind.ts';

export const podColumns = (minor: number): readonly Column[] => [
  nameColumn,
  column('Ready', 'How many of its containers are ready.'),
  column('Status', 'What its containers do, taken together.'),
  { ...column('Restarts', 'How often its containers were started again.'), type: minor >= 22 ? 'string' : 'integer' },
  ageColumn,
  wideColumn('IP', 'Its address within the cluster.'),
  wideColumn('Node', 'Where it runs.'),
  wideColumn('Nominated Node', 'Where it will run once others have made room.'),
  wideColumn('Readiness Gates', 'Conditions of others that count for it to be ready.'),
];

interface Tally {
  restarts: number;
  /** Milliseconds; 0 when no run has ended. */
  last: number;
}

function count(tally: Tally, { restartCount, lastState }: ContainerStatus): void {
  tally.restarts += restartCount ?? 0;
  const finished = Date.parse(lastState?.terminated?.finishedAt ?? '');
  if (finished > tally.last) tally.last = finished;
}

interface Walk {
  reason: string;
  ready: number;
  /** A container of the init phase has not done its work. */
  initializing: boolean;
  all: Tally;
  sidecars: Tally;
}

const hasCondition = (pod: Pod, type: string) => (pod.status.conditions ?? []).some((each) => each.type === type && each.status === 'True');

/** What an unfinished init container says, or nothing for one that is done. */
function initReason({ state }: ContainerStatus, index: number, total: number): string {
  const { terminated, waiting } = state ?? {};
  if (terminated) return `Init:${ended(terminated)}`;
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
  return `Init:${index}/${total}`;
}

function ended({ reason, signal, exitCode }: NonNullable<ContainerStatus['state']['terminated']>): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`;
}

function walkInit(pod: Pod, phase: string, sidecars: ReadonlySet<string>): Walk {
  const walk: Walk = { reason: phase, ready: 0, initializing: false, all: { restarts: 0, last: 0 }, sidecars: { restarts: 0, last: 0 } };
  const total = (pod.spec.initContainers ?? []).length;
  for (const [index, status] of (pod.status.initContainerStatuses ?? []).entries()) {
    const sidecar = sidecars.has(status.name);
    count(walk.all, status);
    if (sidecar) count(walk.sidecars, status);
    if (status.state?.terminated && (status.state.terminated.exitCode ?? 0) === 0) continue;
    if (sidecar && status.started) {
      if (status.ready) walk.ready += 1;
      continue;
    }
    walk.reason = initReason(status, index, total);
    walk.initializing = true;
    break;
  }
  return walk;
}

/** The main containers, last to first, so that the first one's words win. */
function walkContainers(pod: Pod, walk: Walk, tally: Tally): void {
  let running = false;
  for (const status of (pod.status.containerStatuses ?? []).toReversed()) {
    count(tally, status);
    const { waiting, terminated, running: runs } = status.state ?? {};
    if (waiting?.reason) walk.reason = waiting.reason;
    else if (terminated) walk.reason = ended(terminated);
    else if (status.ready && runs) {
      running = true;
      walk.ready += 1;
    }
  }
  // One of several has ended well: the pod still runs.
  if (walk.reason === 'Completed' && running) walk.reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
}

/** READY, STATUS and RESTARTS as a server of that version prints them. */
export function podSummary(pod: Pod, minor: number, now: Date): { ready: string; status: string; restarts: string | number } {
  const { spec, status, metadata } = pod;
  const phase = status.reason || status.phase || '';
  const gated = minor >= 27 && (status.conditions ?? []).some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  // Sidecars count since 1.29.
  const restartable = minor >= 29 ? (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always') : [];
  const walk = walkInit(pod, gated ? 'SchedulingGated' : phase, new Set(restartable.map(({ name }) => name)));
  let tally = walk.all;
  if (!walk.initializing || (minor >= 29 && hasCondition(pod, 'Initialized'))) {
    tally = walk.sidecars;
    walkContainers(pod, walk, tally);
  }
  let { reason } = walk;
  if (metadata.deletionTimestamp) {
    const over = status.phase === 'Succeeded' || status.phase === 'Failed';
    if (status.reason === 'NodeLost') reason = 'Unknown';
    // Since 1.32 what has ended keeps its word.
    else if (!over || minor < 32) reason = 'Terminating';
  }
  const ago = tally.restarts !== 0 && tally.last > 0 ? ` (${humanDuration(now.getTime() - tally.last)} ago)` : '';
  return {
    ready: `${walk.ready}/${spec.containers.length + restartable.length}`,
    status: reason,
    restarts: minor >= 22 ? `${tally.restarts}${ago}` : tally.restarts,
  };
}

export function podCells(object: KubeObject, context: KindContext): (string | number)[] {
  const pod = object as Pod;
  const { ready, status, restarts } = podSummary(pod, context.minor, context.clock.now());
  const gates = (pod.spec['readinessGates'] as { conditionType: string }[] | undefined) ?? [];
  const passed = gates.filter(({ conditionType }) => hasCondition(pod, conditionType)).length;
  return [
    nameOf(pod),
    ready,
    status,
    restarts,
    ageOf(pod, context),
    pod.status.podIPs?.[0]?.ip || pod.status.podIP || '<none>',
    pod.spec.nodeName || '<none>',
    (pod.status['nominatedNodeName'] as string | undefined) || '<none>',
    gates.length > 0 ? `${passed}/${gates.length}` : '<none>',
  ];
}
