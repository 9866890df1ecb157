// The last pull error of each container. Before Kubernetes 1.32 the pod forgets it as soon as it says ImagePullBackOff, and the
// event that has it is kept for an hour only; here it stays for as long as the pod is there.
import type { RememberedPullError } from '../../../shared/diagnosis/world.ts';
import { eventContainer, eventMessage, eventTime, isPullFailure } from '../../../shared/kubernetes/events.ts';
import type { ContainerStatus, KubeEvent, Pod } from '../../../shared/kubernetes/objects.ts';
import type { Topic } from '../topic.ts';
import type { LiveTable } from './live-table.ts';

export interface PullErrors {
  /** By container name. */
  of(podUid: string): Readonly<Record<string, RememberedPullError>>;
}

/** Remembers from now on what the two topics show. */
export function rememberPullErrors(pods: Topic<LiveTable<Pod>>, events: Topic<ReadonlyMap<string, readonly KubeEvent[]> | 'unknown'>): PullErrors {
  const known = new Map<string, Record<string, RememberedPullError>>();
  const remember = (uid: string, container: string, error: RememberedPullError) => {
    const errors = known.get(uid) ?? {};
    const before = errors[container];
    // The status says the same at every look: it is as old as its first sight.
    if (before && (before.at > error.at || before.message === error.message)) return;
    known.set(uid, { ...errors, [container]: error });
  };
  const readPod = (pod: Pod) => {
    const statuses: readonly ContainerStatus[] = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    for (const { name, state } of statuses) {
      const { reason, message } = state?.waiting ?? {};
      if (reason === 'ErrImagePull' && message) remember(pod.metadata.uid ?? '', name, { message, at: new Date().toISOString() });
    }
  };
  const readEvent = (uid: string, event: KubeEvent) => {
    const container = eventContainer(event)?.name;
    if (container === undefined || !isPullFailure(event)) return;
    const at = eventTime(event);
    remember(uid, container, { message: eventMessage(event), at: at ? new Date(at).toISOString() : '' });
  };
  pods.subscribe(({ items }) => {
    if (items === 'unknown') return;
    for (const uid of known.keys()) if (!items.has(uid)) known.delete(uid);
    for (const pod of items.values()) readPod(pod);
  });
  events.subscribe((byPod) => {
    if (byPod === 'unknown') return;
    for (const [uid, list] of byPod) for (const event of list) readEvent(uid, event);
  });
  return { of: (uid) => known.get(uid) ?? {} };
}
