// The Services, Deployments and StatefulSets of a namespace, live while somebody needs to know which pods stand behind one.
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { openShared } from '../shared.ts';
import type { Topic } from '../topic.ts';
import { createLiveTable, keepLive, notConnected, type LiveTable } from './live-table.ts';

/** Every server that Podlab speaks to serves these versions: apps/v1 since 1.9. */
const RESOURCES = { Deployment: 'apis/apps/v1 deployments', StatefulSet: 'apis/apps/v1 statefulsets', Service: 'api/v1 services' } as const;
export type ListedKind = keyof typeof RESOURCES;
export const LISTED_KINDS = Object.keys(RESOURCES) as readonly ListedKind[];

export interface KindLists {
  /** Live until it is disposed of; '' is all namespaces. */
  follow(kind: ListedKind, namespace: string): Disposable & { readonly table: Topic<LiveTable<KubeObject>> };
  /** Reads over this connection from now on; of another nothing is known any more. */
  connect(connection: ClusterConnection | undefined, signal: AbortSignal): void;
}

interface List {
  readonly table: Topic<LiveTable<KubeObject>>;
  connect(connection: ClusterConnection | undefined, signal: AbortSignal): void;
  close(): void;
}

export function openKindLists(): KindLists {
  const lists = openShared<string, List>((list) => list.close());
  let link: { readonly connection: ClusterConnection | undefined; readonly signal: AbortSignal } = { connection: undefined, signal: AbortSignal.abort() };
  return {
    follow(kind, namespace) {
      const { value, [Symbol.dispose]: release } = lists.hold(`${kind} ${namespace}`, () => {
        const list = openList(kind, namespace);
        list.connect(link.connection, link.signal);
        return list;
      });
      return { table: value.table, [Symbol.dispose]: release };
    },
    connect(connection, signal) {
      link = { connection, signal };
      for (const list of lists.values()) list.connect(connection, signal);
    },
  };
}

function openList(kind: ListedKind, namespace: string): List {
  const [group, resource] = RESOURCES[kind].split(' ');
  const table = createLiveTable<KubeObject>();
  let reading = new AbortController();
  return {
    table,
    connect(connection, signal) {
      reading.abort();
      reading = new AbortController();
      table.set(notConnected(new Date()));
      const path = `/${group}${namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${resource}`;
      if (connection) keepLive(table, { connection, path, signal: AbortSignal.any([reading.signal, signal]) });
    },
    close: () => reading.abort(),
  };
}
