// The events of one cluster for as long as Podlab runs: the server forgets each after an hour, here they stay.
import { eventKey, eventTime } from '../../../shared/kubernetes/events.ts';
import type { KubeEvent } from '../../../shared/kubernetes/objects.ts';
import type { LiveTable } from '../cluster/live-table.ts';
import { createTopic, type Topic } from '../topic.ts';

/** About 1 kB each. */
const MOST = 20_000;

export interface KeptEvent {
  readonly event: KubeEvent;
  /** The server does not list it any more. */
  readonly isForgotten: boolean;
}

export interface EventMemory {
  /** Counts up with each change. */
  readonly changed: Topic<number>;
  /** In no order. */
  all(): Iterable<KeptEvent>;
  /** Takes what a list has now; of `before` only what became another is looked at. `covers`: what the list would have, were it there. */
  take(items: ReadonlyMap<string, KubeEvent>, before: ReadonlyMap<string, KubeEvent> | undefined, covers: (event: KubeEvent) => boolean): void;
}

/** @param most is more of them than this, those that happened longest ago go. */
export function createEventMemory(most = MOST): EventMemory {
  /** By the event's key, the one that changed last at the end. */
  const kept = new Map<string, KeptEvent>();
  const changed = createTopic(0);
  const keep = (key: string, one: KeptEvent) => {
    kept.delete(key);
    kept.set(key, one);
    if (kept.size > most) kept.delete(kept.keys().next().value!);
  };
  const forget = (key: string, uid: string | undefined) => {
    const one = kept.get(key);
    if (!one || one.isForgotten || one.event.metadata.uid !== uid) return false;
    kept.set(key, { ...one, isForgotten: true });
    return true;
  };
  return {
    changed,
    all: () => kept.values(),
    take(items, before, covers) {
      const news = [...items.values()].filter((event) => before?.get(event.metadata.uid ?? '') !== event);
      if (news.length > 1) sortByTime(news);
      for (const event of news) keep(eventKey(event), { event, isForgotten: false });
      let isOther = news.length > 0;
      // Of a list that is the first one: what is remembered of before.
      const known = before?.values() ?? [...kept.values()].map(({ event }) => event).filter(covers);
      for (const event of known) if (!items.has(event.metadata.uid ?? '')) isOther = forget(eventKey(event), event.metadata.uid) || isOther;
      if (isOther) changed.set(changed.value + 1);
    },
  };
}

/** Keeps what the table shows from now on. `memory` is asked each time: what the table shows may become another cluster's. */
export function rememberEvents(table: Topic<LiveTable<KubeEvent>>, memory: () => EventMemory, covers: (event: KubeEvent) => boolean): void {
  let before: ReadonlyMap<string, KubeEvent> | undefined;
  table.subscribe(({ items }) => {
    if (items === before) return;
    const last = before;
    before = items === 'unknown' ? undefined : items;
    if (items !== 'unknown') memory().take(items, last, covers);
  });
}

function sortByTime(events: KubeEvent[]): void {
  const times = new Map(events.map((event) => [event, Date.parse(eventTime(event)) || 0]));
  events.sort((a, b) => times.get(a)! - times.get(b)!);
}
