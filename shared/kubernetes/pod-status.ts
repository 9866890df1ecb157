// The READY, STATUS, RESTARTS and AGE columns of `kubectl get pods`. The API server computes them: printPod in
// pkg/printers/internalversion/printers.go. Go reads an absent field as its zero value, so everything here has a default.
import { ageSince, humanDuration } from './age.ts';
import type { ContainerStatus, Pod } from './objects.ts';

/** The four cells as text. */
export interface PodColumns {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
  readonly age: string;
}

/** The same before it is put into words, so that a screen can let the times tick. */
export interface PodSummary {
  readonly readyCount: number;
  readonly totalCount: number;
  readonly restartCount: number;
  /** RFC 3339, when the last container that was restarted had ended. */
  readonly lastRestartAt?: string;
  readonly status: string;
}

/** The minor version of the server from which on printPod does something; `serverMinor` matters only against a real server's answer. */
const since = { ago: 22, schedulingGated: 26, sidecars: 28, terminalPhase: 32 } as const;

/**
 * The columns at `now` as the newest server prints them, or as Kubernetes 1.`serverMinor` does.
 * 1.20 prints RESTARTS without "(… ago)", and Terminating also for a pod that has ended.
 */
export function podColumns(pod: Pod, now: Date | number, serverMinor = Infinity): PodColumns {
  const summary = podSummary(pod, serverMinor);
  const ago = summary.restartCount !== 0 && summary.lastRestartAt !== undefined && serverMinor >= since.ago
    ? ` (${humanDuration((Number(now) - Date.parse(summary.lastRestartAt)) / 1000)} ago)` : '';
  return {
    ready: `${summary.readyCount}/${summary.totalCount}`,
    status: summary.status,
    restarts: `${summary.restartCount}${ago}`,
    age: ageSince(pod.metadata.creationTimestamp, now),
  };
}

/** What the columns are made of. */
export function podSummary(pod: Pod, serverMinor = Infinity): PodSummary {
  const { spec = {}, status = {} } = pod;
  const initSpecs = spec.initContainers ?? [];
  const sidecars = new Set(serverMinor < since.sidecars ? [] : initSpecs.filter((c) => c.restartPolicy === 'Always').map((c) => c.name));
  const conditions = status.conditions ?? [];
  const isTrue = (type: string): boolean => conditions.some((c) => c.type === type && c.status === 'True');

  let reason = status.reason || status.phase || '';
  if (serverMinor >= since.schedulingGated && conditions.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')) {
    reason = 'SchedulingGated';
  }

  const init = walkInit(status.initContainerStatuses ?? [], sidecars, initSpecs.length);
  if (init.reason !== undefined) reason = init.reason;
  let ready = init.ready;
  let restarts = init.restarts;

  if (init.reason === undefined || (serverMinor >= since.sidecars && isTrue('Initialized'))) {
    restarts = init.sidecarRestarts;
    let hasRunning = false;
    for (const container of (status.containerStatuses ?? []).toReversed()) {
      restarts = addRestarts(restarts, container);
      const { waiting, terminated, running } = container.state ?? {};
      if (waiting?.reason) reason = waiting.reason;
      else if (terminated) reason = terminated.reason || exitText(terminated);
      else if (container.ready && running) {
        hasRunning = true;
        ready += 1;
      }
    }
    if (reason === 'Completed' && hasRunning) reason = isTrue('Ready') ? 'Running' : 'NotReady';
  }

  const ended = serverMinor >= since.terminalPhase && (status.phase === 'Succeeded' || status.phase === 'Failed');
  if (pod.metadata.deletionTimestamp) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (!ended) reason = 'Terminating';
  }
  return {
    readyCount: ready,
    totalCount: (spec.containers ?? []).length + sidecars.size,
    restartCount: restarts.count,
    ...(restarts.last === undefined ? {} : { lastRestartAt: restarts.last }),
    status: reason,
  };
}

interface Restarts {
  readonly count: number;
  readonly last: string | undefined;
}

interface InitWalk {
  /** STATUS while an init container is unfinished. */
  readonly reason?: string;
  readonly ready: number;
  readonly restarts: Restarts;
  readonly sidecarRestarts: Restarts;
}

/** Init containers in order, up to the first that is neither done nor, as a sidecar, started. */
function walkInit(statuses: readonly ContainerStatus[], sidecars: ReadonlySet<string>, total: number): InitWalk {
  let ready = 0;
  let restarts: Restarts = { count: 0, last: undefined };
  let sidecarRestarts = restarts;
  for (const [index, container] of statuses.entries()) {
    const sidecar = sidecars.has(container.name);
    restarts = addRestarts(restarts, container);
    if (sidecar) sidecarRestarts = addRestarts(sidecarRestarts, container);
    const { terminated, waiting } = container.state ?? {};
    if (terminated && (terminated.exitCode ?? 0) === 0) continue;
    if (sidecar && container.started === true) {
      if (container.ready) ready += 1;
      continue;
    }
    let reason = `${index}/${total}`;
    if (terminated) reason = terminated.reason || exitText(terminated);
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = waiting.reason;
    return { reason: `Init:${reason}`, ready, restarts, sidecarRestarts };
  }
  return { ready, restarts, sidecarRestarts };
}

function addRestarts({ count, last }: Restarts, container: ContainerStatus): Restarts {
  // Go writes its zero time as null.
  const finished = container.lastState?.terminated?.finishedAt || undefined;
  const later = finished !== undefined && (last === undefined || Date.parse(finished) > Date.parse(last));
  return { count: count + (container.restartCount ?? 0), last: later ? finished : last };
}

function exitText({ signal = 0, exitCode = 0 }: { readonly signal?: number; readonly exitCode?: number }): string {
  return signal === 0 ? `ExitCode:${exitCode}` : `Signal:${signal}`;
}
