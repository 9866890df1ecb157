// The pods of a namespace (or of all) with their events and the pull errors seen, live.
import type { ConnectionState } from '../../../shared/contract/environment.ts';
import type { KubeEvent, Pod } from '../../../shared/kubernetes/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import type { Remembered } from '../events/memories.ts';
import { rememberEvents } from '../events/memory.ts';
import { keptSame } from './kept-same.ts';
import { createTopic, type Topic } from '../topic.ts';
import { createLiveTable, keepLive, notConnected, type LiveTable } from './live-table.ts';
import { rememberPullErrors, type PullErrors } from './pull-errors.ts';
import { rememberStates, type SeenStates } from './seen-states.ts';

export interface Scope {
  /** '' for all namespaces. */
  readonly namespace: string;
  /** Whether its lists are those of all namespaces: what is not in them is not there. */
  readonly isWide: boolean;
  readonly pods: Topic<LiveTable<Pod>>;
  /** By the uid of the pod that they are about; 'unknown' while they cannot be read. A pod's list is the same object for as long as nothing in it changed. */
  readonly events: Topic<ReadonlyMap<string, readonly KubeEvent[]> | 'unknown'>;
  /** How the reading of events goes. */
  readonly eventsRead: Topic<EventsRead>;
  readonly pullErrors: PullErrors;
  readonly seenStates: SeenStates;
  /** Reads from this connection from now on; what is known stays until the new lists are there. */
  connect(connection: ClusterConnection, signal: AbortSignal): void;
  /** Nothing is known any more: what comes is another cluster's. */
  forget(): void;
}

/** Whether the events about pods, and those about all else, were read (and may be). */
export interface EventsRead {
  readonly connection: ConnectionState;
  readonly pods: boolean;
  readonly others: boolean;
}

/** @param remembered where events and what made what are kept; asked each time, since the scope may come to read another cluster. */
export function openScope(namespace: string, remembered: () => Remembered): Scope {
  const pods = createLiveTable<Pod>();
  const eventTable = createLiveTable<KubeEvent>();
  const otherEvents = createLiveTable<KubeEvent>();
  const events = createTopic<ReadonlyMap<string, readonly KubeEvent[]> | 'unknown'>('unknown');
  eventTable.subscribe(({ items }) => events.set(items === 'unknown' ? 'unknown' : byPod(items, events.value)));
  const eventsRead = createTopic<EventsRead>(readOf(eventTable.value, otherEvents.value));
  for (const table of [eventTable, otherEvents]) table.subscribe(() => eventsRead.set(readOf(eventTable.value, otherEvents.value)));
  const isHere = ({ metadata }: KubeEvent) => namespace === '' || metadata.namespace === namespace;
  const isOfPod = ({ involvedObject: { kind } }: KubeEvent) => kind === 'Pod';
  rememberEvents(eventTable, () => remembered().memory, (event) => isHere(event) && isOfPod(event));
  rememberEvents(otherEvents, () => remembered().memory, (event) => isHere(event) && !isOfPod(event));
  pods.subscribe(({ items }) => { if (items !== 'unknown') remembered().families.see(items.values(), 'Pod'); });
  const pullErrors = rememberPullErrors(pods, events);
  const seenStates = rememberStates(pods);
  const base = namespace === '' ? '/api/v1' : `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  return {
    namespace,
    isWide: namespace === '',
    pods,
    events,
    eventsRead,
    pullErrors,
    seenStates,
    connect(connection, signal) {
      // The owner of each field (managedFields) tells a policy that was set from one that was defaulted.
      keepLive(pods, { connection, path: `${base}/pods`, keepManagedFields: true, signal });
      keepLive(eventTable, { connection, path: `${base}/events`, fieldSelector: 'involvedObject.kind=Pod', signal });
      keepLive(otherEvents, { connection, path: `${base}/events`, fieldSelector: 'involvedObject.kind!=Pod', signal });
    },
    forget() {
      otherEvents.set(notConnected(new Date()));
      eventTable.set(notConnected(new Date()));
      pods.set(notConnected(new Date()));
    },
  };
}

function readOf(pods: LiveTable<KubeEvent>, others: LiveTable<KubeEvent>): EventsRead {
  const isRead = ({ connection, items }: LiveTable<KubeEvent>) => items !== 'unknown' && connection.state !== 'forbidden';
  return { connection: pods.connection, pods: isRead(pods), others: isRead(others) };
}

function byPod(events: ReadonlyMap<string, KubeEvent>, before: ReadonlyMap<string, readonly KubeEvent[]> | 'unknown'): ReadonlyMap<string, readonly KubeEvent[]> {
  const map = new Map<string, KubeEvent[]>();
  for (const event of events.values()) {
    const uid = event.involvedObject.uid ?? '';
    const list = map.get(uid);
    if (list) list.push(event);
    else map.set(uid, [event]);
  }
  return before === 'unknown' ? map : keptSame(map, before);
}
