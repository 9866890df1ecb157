// How a pod is doing, for colour and order. Never from the phase alone: a crash-looping pod has phase Running, and Pending may be fine.
import { containersOf } from './containers.ts';
import type { LocatedContainer } from './containers.ts';
import type { ContainerStatus, KubeNode, Pod } from './objects.ts';

export type Health = 'ok' | 'progressing' | 'degraded' | 'failing' | 'ending' | 'unknown';

/** A container that ran ten minutes has its back-off reset by the kubelet; until then a restart counts as part of the same trouble. */
const settledAfter = 10 * 60_000;
/** A pod that cannot be scheduled may only have been looked at too early. */
const unschedulableAfter = 10_000;
/** Running but not ready for longer than this is no start-up any more. */
const readyWithin = 2 * 60_000;

const waitingIsProgress = new Set(['', 'ContainerCreating', 'PodInitializing']);

/**
 * The health class of a pod at `now`. `node` is the pod's node where it is known: one that is not Ready makes everything about it old news.
 * ErrImagePull and ImagePullBackOff, like Error and CrashLoopBackOff, are one trouble; a pod between two crashes does not turn `ok`.
 */
export function podHealth(pod: Pod, now: Date | number, node?: KubeNode): Health {
  const { phase, reason, conditions = [] } = pod.status ?? {};
  const isTrue = (type: string): boolean => conditions.some((c) => c.type === type && c.status === 'True');
  if (reason === 'NodeLost' || phase === 'Unknown') return 'unknown';
  if (pod.metadata.deletionTimestamp) return 'ending';
  if (phase === 'Succeeded') return 'ok';
  if (phase === 'Failed') return 'failing';
  if (node && !nodeIsReady(node)) return 'unknown';

  const unscheduled = conditions.find((c) => c.type === 'PodScheduled' && c.status === 'False' && c.reason === 'Unschedulable');
  if (unscheduled && elapsed(unscheduled.lastTransitionTime ?? pod.metadata.creationTimestamp, now) > unschedulableAfter) return 'failing';

  const containers = containersOf(pod);
  const unfinishedInit = containers.find((c) => c.init && !isDone(c) && !(isSidecar(c) && c.status?.started));
  const considered = containers.filter((c) => (unfinishedInit ? c === unfinishedInit : !c.init || isSidecar(c)));
  const failing = considered.filter((c) => isFailing(c, pod));
  const restarted = considered.filter((c) => elapsed(c.status?.lastState?.terminated?.finishedAt, now) < settledAfter);
  const anyReady = considered.some((c) => c.status?.ready && !isBetweenCrashes(c, now));
  if (failing.length > 0) return anyReady ? 'degraded' : 'failing';
  if (restarted.length > 0) return anyReady ? 'degraded' : 'failing';
  if (isTrue('Ready')) return 'ok';
  const running = considered.filter((c) => c.status?.state?.running && !c.status.ready);
  const slow = !unfinishedInit && running.some((c) => elapsed(c.status?.state?.running?.startedAt, now) > readyWithin);
  return slow ? 'degraded' : 'progressing';
}

/** Whether the node's kubelet reports that it is ready. A node without the condition has not reported yet. */
export function nodeIsReady(node: KubeNode): boolean {
  return node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
}

function isSidecar({ init, container }: LocatedContainer): boolean {
  return init && container.restartPolicy === 'Always';
}

function isDone({ status }: LocatedContainer): boolean {
  return status?.state?.terminated !== undefined && (status.state.terminated.exitCode ?? 0) === 0;
}

function isFailing({ init, status }: LocatedContainer, pod: Pod): boolean {
  const { waiting, terminated } = status?.state ?? {};
  if (waiting) return !waitingIsProgress.has(waiting.reason ?? '');
  if (!terminated) return false;
  if ((terminated.exitCode ?? 0) !== 0) return true;
  // An app container that ends although it is to run for ever is about to crash-loop, whatever its exit code.
  return !init && (pod.spec?.restartPolicy ?? 'Always') === 'Always';
}

/** After several crashes a present run says little before it has lasted so long at least. */
const LEAST_RUN_MS = 30_000;

/**
 * A container that crashed twice or more and runs again for a moment: without a readiness probe it is Ready at once, and a pod would turn from red
 * to yellow and back with each crash.
 */
function isBetweenCrashes({ status }: LocatedContainer, now: Date | number): boolean {
  return (status?.restartCount ?? 0) >= 2 && elapsed(status?.lastState?.terminated?.finishedAt, now) < settledAfter && status !== undefined && isNewRun(status, now, LEAST_RUN_MS);
}

/** Whether a container that was started again has not run twice as long as the run that ended, or `least` milliseconds: too short to say that it stays. */
export function isNewRun({ state, lastState }: ContainerStatus, now: Date | number, least: number): boolean {
  const { startedAt: began, finishedAt: ended } = lastState?.terminated ?? {};
  if (!state?.running || !ended) return false;
  const lastRun = began ? Date.parse(ended) - Date.parse(began) : 0;
  return elapsed(state.running.startedAt, now) < Math.max(least, 2 * lastRun);
}

/** Milliseconds since then; NaN, of which no comparison is true, where it is not known. */
function elapsed(timestamp: string | null | undefined, now: Date | number): number {
  return timestamp ? Number(now) - Date.parse(timestamp) : Number.NaN;
}
