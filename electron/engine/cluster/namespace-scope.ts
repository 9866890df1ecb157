// One namespace's scope for somebody who may or may not read all: what is shown comes from the lists of all namespaces while those can be
// read, and from lists of the namespace alone once the server refused the others.
import type { KubeEvent, Pod } from '../../../shared/kubernetes/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import type { Remembered } from '../events/memories.ts';
import { createTopic } from '../topic.ts';
import type { LiveTable } from './live-table.ts';
import { openScope, type EventsRead, type Scope } from './scope.ts';

/**
 * A scope that is one object for as long as the session lives, whatever its source. Who may read all is not known before the server has
 * answered, and changes with rights and credentials: decided anew at each refusal of `all` and each time it is live, and kept in between.
 * @param all the scope of all namespaces, connected by its owner.
 * @param remembered as of the scope of all.
 */
export function openNamespaceScope(namespace: string, all: Scope, remembered: () => Remembered): Scope {
  let own: Scope | undefined;
  let link: { readonly connection: ClusterConnection; readonly signal: AbortSignal } | undefined;
  let source = all;
  const pods = createTopic<LiveTable<Pod>>(all.pods.value);
  const events = createTopic<ReadonlyMap<string, readonly KubeEvent[]> | 'unknown'>(all.events.value);
  const eventsRead = createTopic<EventsRead>(all.eventsRead.value);

  const follow = (scope: Scope) => {
    scope.events.subscribe((next) => { if (source === scope) events.set(next); });
    scope.eventsRead.subscribe((next) => { if (source === scope) eventsRead.set(next); });
    scope.pods.subscribe((next) => { if (source === scope) pods.set(next); });
  };
  const openOwn = (): Scope => {
    own = openScope(namespace, remembered);
    follow(own);
    if (link) own.connect(link.connection, link.signal);
    return own;
  };
  const decide = ({ connection: { state } }: LiveTable<Pod>) => {
    const next = state === 'forbidden' ? (own ?? openOwn()) : state === 'live' ? all : source;
    if (next === source) return;
    source = next;
    events.set(source.events.value);
    eventsRead.set(source.eventsRead.value);
    pods.set(source.pods.value);
  };
  all.pods.subscribe(decide);
  follow(all);
  decide(all.pods.value);
  return {
    namespace,
    get isWide() {
      return source.isWide;
    },
    pods,
    events,
    eventsRead,
    pullErrors: { of: (uid) => source.pullErrors.of(uid) },
    seenStates: { of: (uid) => source.seenStates.of(uid) },
    connect(connection, signal) {
      link = { connection, signal };
      own?.connect(connection, signal);
    },
    forget() {
      own?.forget();
    },
  };
}
