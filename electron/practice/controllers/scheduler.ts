// The scheduler: finds a node for every pod that has none. One turn looks at some that wait, against the nodes as they are and what this turn
// has placed already. kubernetes, pkg/scheduler
import { timestamp } from '../clock.ts';
import { kindOf } from '../kinds/all-kinds.ts';
import { boundPod, withCondition } from '../kinds/pod-binding.ts';
import type { Node, Pod, PodCondition } from '../objects.ts';
import type { Change } from '../store/store.ts';
import { coalesced, type ControllerContext } from './controller-context.ts';
import { freeShare, nodeInfo, place, refusal, type NodeInfo, type Refusal } from './node-filters.ts';
import { createSchedulerEvents } from './scheduler-events.ts';
import { NO_NODES, schedulingMessage } from './scheduling-message.ts';

const NAME = 'default-scheduler';
const MANAGER = { manager: 'kube-scheduler' };
/** What could not be placed is tried again so often, whatever happens. */
const RETRY = 60_000;
/** Pods looked at in one go: others have their turn between. */
const BATCH = 50;
/** Between two tries of one pod: doubling from the first to the last. */
const FIRST_BACK_OFF = 1_000;
const LAST_BACK_OFF = 10_000;

/** Whether it is the scheduler's turn. */
export const waitsForNode = ({ spec, metadata, status }: Pod): boolean =>
  !spec.nodeName &&
  !metadata.deletionTimestamp &&
  spec.schedulerName === NAME &&
  (spec.schedulingGates ?? []).length === 0 &&
  status.phase !== 'Failed' &&
  status.phase !== 'Succeeded';

interface Attempts {
  count: number;
  /** Of clock.elapsed(): before, it is not tried. */
  notBefore: number;
}

const keyOf = ({ metadata }: Pod) => metadata.uid ?? '';

export function startScheduler(cluster: ControllerContext): Disposable {
  const { store, api, clock, minor, kinds } = cluster;
  const podKind = kindOf(kinds, 'pods');
  const [firstNode] = store.list('nodes', '');
  const events = createSchedulerEvents(cluster, firstNode?.metadata.name ?? 'control-plane');
  const attempts = new Map<string, Attempts>();
  let cancelBackOff = () => {};
  let nextTurn = Number.POSITIVE_INFINITY;

  const turn = coalesced(cluster, schedule);

  function schedule(): void {
    cancelBackOff();
    nextTurn = Number.POSITIVE_INFINITY;
    const pods = store.list('pods', '') as Pod[];
    const waiting = pods.filter(waitsForNode);
    forget(waiting);
    if (waiting.length === 0) return;
    const infos = nodesWith(pods);
    // The more important first, then who came first.
    waiting.sort((a, b) => (b.spec.priority ?? 0) - (a.spec.priority ?? 0) || revision(a) - revision(b));
    let looked = 0;
    for (const pod of waiting) {
      const before = attempts.get(keyOf(pod));
      if (before && before.notBefore > clock.elapsed()) {
        wakeIn(before.notBefore - clock.elapsed());
        continue;
      }
      if (looked === BATCH) {
        turn.ask();
        return;
      }
      looked += 1;
      try {
        placeOne(pod, infos);
      } catch {
        // It changed or went meanwhile: the change asks again.
      }
    }
  }

  function nodesWith(pods: readonly Pod[]): NodeInfo[] {
    const infos = new Map((store.list('nodes', '') as Node[]).map((node) => [node.metadata.name, nodeInfo(node)]));
    for (const pod of pods) {
      const over = pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded';
      const info = infos.get(pod.spec.nodeName ?? '');
      if (info && !over) place(info, pod);
    }
    return [...infos.values()];
  }

  function placeOne(pod: Pod, infos: readonly NodeInfo[]): void {
    const claim = missingClaim(pod);
    const refusals: Refusal[] = [];
    let best: NodeInfo | undefined;
    let share = 0;
    for (const info of infos) {
      const no = claim === undefined ? refusal(pod, info, minor) : { reasons: [claim], unresolvable: true };
      if (no) {
        refusals.push(no);
        continue;
      }
      const free = freeShare(info, pod);
      if (!best || free > share) [best, share] = [info, free];
    }
    if (best) bind(pod, best);
    else fail(pod, infos.length === 0 ? NO_NODES : schedulingMessage(refusals, minor, claim));
  }

  function bind(pod: Pod, info: NodeInfo): void {
    const { namespace = '', name = '' } = pod.metadata;
    const node = info.node.metadata.name ?? '';
    api.update(podKind, 'binding', namespace, name, (current) => boundPod(current as Pod, node, clock.now()), MANAGER);
    place(info, pod);
    attempts.delete(keyOf(pod));
    events.record(pod, 'Normal', 'Scheduled', 'Binding', `Successfully assigned ${namespace}/${name} to ${node}`);
  }

  function fail(pod: Pod, message: string): void {
    const { namespace = '', name = '' } = pod.metadata;
    const count = (attempts.get(keyOf(pod))?.count ?? 0) + 1;
    const delay = Math.min(LAST_BACK_OFF, FIRST_BACK_OFF * 2 ** (count - 1));
    attempts.set(keyOf(pod), { count, notBefore: clock.elapsed() + delay });
    events.record(pod, 'Warning', 'FailedScheduling', 'Scheduling', message);
    const present = (pod.status.conditions ?? []).find(({ type }) => type === 'PodScheduled');
    if (present?.status === 'False' && present.reason === 'Unschedulable' && present.message === message) return;
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: timestamp(clock.now()),
      reason: 'Unschedulable',
      message,
    };
    const change = (current: Pod): Pod => ({ ...current, status: { ...current.status, conditions: withCondition(current.status.conditions, condition) } });
    api.update(podKind, 'status', namespace, name, (current) => change(current as Pod), MANAGER);
    // The old scheduler took its own condition for a change of the pod, and tried once more.
    if (minor < 22 && count === 1) wakeIn(delay);
  }

  function wakeIn(milliseconds: number): void {
    const at = clock.elapsed() + milliseconds;
    if (at >= nextTurn) return;
    cancelBackOff();
    nextTurn = at;
    cancelBackOff = clock.after(milliseconds, schedule);
  }

  function forget(waiting: readonly Pod[]): void {
    const present = new Set(waiting.map(keyOf));
    for (const key of [...attempts.keys()]) if (!present.has(key)) attempts.delete(key);
  }

  /** Volumes are not provided here: a claim is never found. */
  function missingClaim(pod: Pod): string | undefined {
    const claim = (pod.spec.volumes ?? []).map(({ persistentVolumeClaim: of }) => (of as { claimName?: string } | undefined)?.claimName).find(Boolean);
    return claim === undefined ? undefined : `persistentvolumeclaim ${JSON.stringify(claim)} not found`;
  }

  function podChanged({ type, object, previous }: Change): void {
    const pod = object as Pod;
    if (type === 'DELETED') {
      if (pod.spec.nodeName) turn.ask();
      return;
    }
    if (waitsForNode(pod)) {
      const before = previous as Pod | undefined;
      // Its own condition is no news.
      if (!before || before.spec !== pod.spec || !waitsForNode(before)) turn.ask();
      return;
    }
    const over = pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded';
    if (pod.spec.nodeName && over) turn.ask();
  }

  function nodeChanged({ type, object, previous }: Change): void {
    if (type === 'DELETED') return;
    if (previous && schedulingPart(object as Node) === schedulingPart(previous as Node)) return;
    // A node that changed may take what was refused: at once.
    for (const attempt of attempts.values()) attempt.notBefore = 0;
    turn.ask();
  }

  let cancelRetry = clock.after(RETRY, retry);
  function retry(): void {
    cancelRetry = clock.after(RETRY, retry);
    turn.ask();
  }

  const stops = [store.watch('pods', store.revision, podChanged), store.watch('nodes', store.revision, nodeChanged)];
  turn.ask();
  return {
    [Symbol.dispose]() {
      for (const stop of stops) stop();
      turn.cancel();
      cancelRetry();
      cancelBackOff();
    },
  };
}

const revision = ({ metadata }: Pod): number => Number(metadata.resourceVersion ?? 0);

/** What of a node counts for pods that look for one. */
const schedulingPart = ({ metadata, spec, status }: Node): string => JSON.stringify([metadata.labels, spec, status.allocatable]);
