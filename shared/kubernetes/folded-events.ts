// Events that say the same of the same object, as one.
import { eventCount, eventFirstTime, eventKey, eventMessage, eventTime, newestFirst } from './events.ts';
import type { KubeEvent } from './objects.ts';

export interface FoldedEvent {
  /** The last of them; it stands where that one stands. */
  readonly newest: KubeEvent;
  /** All of them, the newest first. */
  readonly events: readonly KubeEvent[];
  readonly message: string;
  /** How often it happened. */
  readonly count: number;
  /** RFC 3339; '' where none has a time. */
  readonly firstAt: string;
  readonly at: string;
}

/**
 * One for each thing that is said, newest first. A recorder counts repetitions in one event, but begins another one after ten minutes and when it
 * is restarted: k8s.io/client-go/tools/record/events_cache.go. Other words, or another container, are another thing.
 */
export function foldEvents(events: readonly KubeEvent[]): FoldedEvent[] {
  const groups = Map.groupBy(newestFirst(events), (event) => {
    const { kind, namespace, name, uid, fieldPath } = event.involvedObject;
    return JSON.stringify([kind, namespace, name, uid, fieldPath, event.type, event.reason, eventMessage(event), eventSource(event)]);
  });
  return [...groups.values()].map((group) => {
    const newest = group[0]!;
    return {
      newest, events: group, message: eventMessage(newest),
      count: group.reduce((sum, event) => sum + eventCount(event), 0),
      firstAt: group.map(eventFirstTime).reduce((a, b) => (Date.parse(b) < Date.parse(a) ? b : a)),
      at: eventTime(newest),
    };
  });
}

/** The same for as long as nothing older of it turns up. */
export function foldedId({ events }: FoldedEvent): string {
  return eventKey(events.at(-1)!);
}

/** The component that noted it. */
export function eventSource(event: KubeEvent): string {
  return event.source?.component || event.reportingComponent || '';
}
