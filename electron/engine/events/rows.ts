// The rows of the events list, out of what is kept.
import type { EventRelation, EventRow } from '../../../shared/contract/events.ts';
import { eventContainer, eventKey } from '../../../shared/kubernetes/events.ts';
import { eventSource, foldedId, foldEvents, type FoldedEvent } from '../../../shared/kubernetes/folded-events.ts';
import type { KeptEvent } from './memory.ts';
import type { RelationOf } from './relations.ts';

/** More than anybody reads; the whole list goes to the screen with each change. */
const MOST = 1000;

/** Newest first; `notShown` are older ones. */
export function rowsOf(kept: Iterable<KeptEvent>, relationOf: RelationOf): { readonly events: EventRow[]; readonly notShown: number } {
  const relations = new Map<string, { readonly relation: EventRelation; readonly isForgotten: boolean }>();
  const own = [...kept].filter(({ event, isForgotten }) => {
    const relation = relationOf(event);
    if (relation) relations.set(eventKey(event), { relation, isForgotten });
    return relation !== undefined;
  });
  const folded = foldEvents(own.map(({ event }) => event));
  const events = folded.slice(0, MOST).map((one) => rowOf(one, {
    relation: relations.get(eventKey(one.newest))?.relation ?? 'self',
    isForgotten: one.events.every((event) => relations.get(eventKey(event))?.isForgotten),
  }));
  return { events, notShown: folded.length - events.length };
}

function rowOf(folded: FoldedEvent, { relation, isForgotten }: { readonly relation: EventRelation; readonly isForgotten: boolean }): EventRow {
  const { newest, message, count, firstAt, at } = folded;
  const { kind = '', namespace, name = '' } = newest.involvedObject;
  const container = eventContainer(newest)?.name;
  return {
    id: foldedId(folded),
    about: { kind, ...(namespace ? { namespace } : {}), name, relation, ...(container === undefined ? {} : { container }) },
    type: newest.type ?? '', reason: newest.reason ?? '', message, count,
    ...(firstAt === '' ? {} : { firstAt: new Date(firstAt).toISOString() }), ...(at === '' ? {} : { at: new Date(at).toISOString() }),
    source: eventSource(newest), isForgotten,
  };
}
