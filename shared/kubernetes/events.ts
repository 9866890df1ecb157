// Reading core/v1 events, which come in two ages: client-go's old recorder fills count and first/lastTimestamp, the new one
// (the scheduler's) only eventTime and series.
import type { KubeEvent, Pod } from './objects.ts';

/** When the event last happened, RFC 3339; '' where it has no time at all. */
export function eventTime(event: KubeEvent): string {
  return event.series?.lastObservedTime || event.lastTimestamp || event.eventTime || event.firstTimestamp || event.metadata.creationTimestamp || '';
}

/** How often it happened. */
export function eventCount(event: KubeEvent): number {
  return event.series?.count ?? event.count ?? 1;
}

/** The message without the recorder's note that similar ones were merged. */
export function eventMessage(event: KubeEvent): string {
  return (event.message ?? '').replace(/^\(combined from similar events\): /, '');
}

/** The container that an event is about; undefined where it is about the whole pod. */
export function eventContainer(event: KubeEvent): { readonly name: string; readonly init: boolean } | undefined {
  const match = /^spec\.(containers|initContainers|ephemeralContainers)\{(.+)\}$/.exec(event.involvedObject.fieldPath ?? '');
  return match?.[2] === undefined ? undefined : { name: match[2], init: match[1] === 'initContainers' };
}

/**
 * The events of this very pod, newest first: by UID, because a new pod may have the same name. Events come late, are dropped when there
 * are many, and expire after an hour, so that an event is missing proves nothing.
 */
export function podEvents(events: readonly KubeEvent[], pod: Pod): readonly KubeEvent[] {
  const uid = pod.metadata.uid;
  if (uid === undefined) return [];
  const known = sorted.get(events);
  if (known?.uid === uid) return known.list;
  const list = sortedOf(events, uid);
  sorted.set(events, { uid, list });
  return list;
}

/** Kept for as long as the list, which nobody changes: many causes ask for the same pod's. */
const sorted = new WeakMap<readonly KubeEvent[], { readonly uid: string; readonly list: readonly KubeEvent[] }>();

function sortedOf(events: readonly KubeEvent[], uid: string): readonly KubeEvent[] {
  return events
    .filter((e) => e.involvedObject.uid === uid)
    .map((event) => ({ event, time: Date.parse(eventTime(event)) || 0 }))
    .sort((a, b) => b.time - a.time)
    .map(({ event }) => event);
}

/** The events of one container of this pod, newest first. */
export function containerEvents(events: readonly KubeEvent[], pod: Pod, container: string): readonly KubeEvent[] {
  return podEvents(events, pod).filter((e) => eventContainer(e)?.name === container);
}

const pullFailure = /^Failed to pull image "/;

/** Whether this is the event that holds the reason of a failed pull: "Failed" alone also says "Error: ErrImagePull". */
export function isPullFailure(event: KubeEvent): boolean {
  return event.reason === 'Failed' && pullFailure.test(eventMessage(event));
}

/** Whether the newest event about this container's image says that a pull began, and nothing after it says how it went. */
export function isPulling(events: readonly KubeEvent[], pod: Pod, container: string): KubeEvent | undefined {
  const [newest] = containerEvents(events, pod, container).filter((e) => /^(Pulling|Pulled|Failed|BackOff|ErrImageNeverPull|InspectFailed)$/.test(e.reason ?? ''));
  return newest?.reason === 'Pulling' ? newest : undefined;
}
