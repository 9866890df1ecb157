// The states that containers went through while Podlab looked. A pod's status knows the present one and the end of the run before; of a container that
// crashes again and again the rest is nowhere else.
import type { ContainerState, ContainerStatus, Pod } from '../../../shared/kubernetes/objects.ts';
import type { SeenState } from '../../../shared/kubernetes/timeline.ts';
import type { Topic } from '../topic.ts';
import type { LiveTable } from './live-table.ts';

export interface SeenStates {
  /** The oldest first; [] for a pod that nothing was seen of. */
  of(podUid: string): readonly SeenState[];
}

/** Of one pod, its newest: ten crashes of three containers. */
const MOST = 90;

/** Remembers from now on what the pods show, for as long as they are there. */
export function rememberStates(pods: Topic<LiveTable<Pod>>): SeenStates {
  const known = new Map<string, { pod: Pod; states: SeenState[] }>();
  pods.subscribe(({ items }) => {
    if (items === 'unknown') return;
    for (const uid of known.keys()) if (!items.has(uid)) known.delete(uid);
    for (const [uid, pod] of items) {
      const before = known.get(uid);
      if (before?.pod === pod) continue;
      known.set(uid, { pod, states: withStates(before?.states ?? [], pod, new Date().toISOString()) });
    }
  });
  return { of: (uid) => known.get(uid)?.states ?? [] };
}

function withStates(states: readonly SeenState[], pod: Pod, now: string): SeenState[] {
  const next = [...states];
  const all: readonly ContainerStatus[] = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  for (const { name, state } of all) {
    const at = next.findLastIndex(({ container }) => container === name);
    const last = next[at];
    if (!state || (last && nameOf(last.state) === nameOf(state))) continue;
    if (last) next[at] = { ...last, to: now };
    next.push({ container: name, state, from: now });
  }
  return next.slice(-MOST);
}

/** A state is another one when its kind, its reason or its run is. */
function nameOf({ waiting, running, terminated }: ContainerState): string {
  if (waiting) return `waiting ${waiting.reason ?? ''}`;
  return running ? `running ${running.startedAt ?? ''}` : `terminated ${terminated?.finishedAt ?? ''}`;
}
