// The contract's call for events.
import { setTimeout as pause } from 'node:timers/promises';
import type { EventsOfTarget, UnreadEvents } from '../../../shared/contract/events.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import type { EngineCalls } from '../calls.ts';
import type { Scope } from '../cluster/scope.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Sessions } from '../cluster/sessions.ts';
import { createTopic, type Topic } from '../topic.ts';
import type { WorkloadLists } from '../cluster/workload-lists.ts';
import type { Member } from './families.ts';
import { relationsOf, type EventTarget } from './relations.ts';
import { rowsOf } from './rows.ts';

/** A cluster may write many events a second; a person reads them no faster than this. */
const PAUSE_MS = 200;

export function eventCalls(sessions: Sessions): EngineCalls['events'] {
  return {
    async *watch({ context, namespace, target }, signal) {
      using held = new DisposableStack();
      const { session } = held.use(sessions.hold(context));
      const scope = await session.scope(namespace, signal);
      const lists = target.kind === 'Pod' ? undefined : held.use(session.workloads.follow(namespace)).lists;
      const news = createTopic(0);
      for (const topic of [session.remembered.changed, scope.pods, scope.eventsRead, session.owners.changed, ...(lists ? [lists] : [])]) {
        held.defer((topic as Topic<unknown>).subscribe(() => news.set(news.value + 1)));
      }
      let sent = '';
      for await (const _ of news.watch(signal)) {
        const next = eventsOf(session, scope, lists?.value, { namespace, ...target });
        const text = JSON.stringify(next);
        if (text !== sent) yield next;
        sent = text;
        await pause(PAUSE_MS, undefined, { signal }).catch(() => {});
      }
    },
  };
}

function eventsOf(session: ClusterSession, scope: Scope, lists: WorkloadLists | undefined, target: EventTarget): EventsOfTarget {
  const { families, memory } = session.remembered.present;
  if (lists) families.see(lists.objects.values());
  const relationOf = relationsOf(target, presentOf(session, scope, lists, target), families, memory.all());
  const { events, notShown } = rowsOf(memory.all(), relationOf);
  const { connection, pods, others } = scope.eventsRead.value;
  const unread: UnreadEvents[] = [];
  if (!pods) unread.push('pods');
  if (!others) unread.push('others');
  // They are in no namespace that is looked at alone.
  if (target.kind === 'Pod' && (!others || !scope.isWide)) unread.push('nodes');
  const isUnknown = events.length === 0 && unread.includes(target.kind === 'Pod' ? 'pods' : 'others');
  return { connection, events: isUnknown ? 'unknown' : events, unread, notShown };
}

function presentOf(session: ClusterSession, scope: Scope, lists: WorkloadLists | undefined, { namespace, kind, name }: EventTarget): Member | undefined {
  const isIt = ({ metadata }: Pick<KubeObject, 'metadata'>) => metadata.name === name && (metadata.namespace ?? '') === namespace;
  const { families } = session.remembered.present;
  if (lists) {
    const found = [...lists.objects.values()].find((object) => object.kind === kind && isIt(object));
    return found && families.of(found.metadata.uid ?? '');
  }
  const { items } = scope.pods.value;
  const pod = items === 'unknown' ? undefined : [...items.values()].find(isIt);
  if (!pod) return undefined;
  const owners = session.owners.of(pod);
  if (owners !== 'unknown') families.see(owners);
  return families.of(pod.metadata.uid ?? '');
}
