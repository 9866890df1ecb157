// Lists that are kept live while somebody watches the pods of a namespace: its Services and Endpoints, and the storage classes. They are short, and
// what a pod needs of them may come and go at any time.
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { keptSame } from '../cluster/kept-same.ts';
import { createLiveTable, keepLive, notConnected, type LiveTable } from '../cluster/live-table.ts';
import { createTopic, type Topic } from '../topic.ts';

/** By namespace. A namespace's list is the same object for as long as nothing in it changed. */
export type ByNamespace = ReadonlyMap<string, readonly KubeObject[]>;

export interface Tables {
  /** '' is all namespaces. 'unknown' while it cannot be read; a namespace without any is not in it. */
  readonly services: Topic<ByNamespace | 'unknown'>;
  readonly endpoints: Topic<ByNamespace | 'unknown'>;
  /** All under ''. */
  readonly storageClasses: Topic<ByNamespace | 'unknown'>;
  connect(connection: ClusterConnection | undefined): void;
  close(): void;
}

/** @param namespace whose Services and Endpoints; '' for those of all. */
export function openTables(namespace: string): Tables {
  const space = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const parts = [
    { path: `/api/v1${space}/services`, ...live() },
    { path: `/api/v1${space}/endpoints`, ...live() },
    { path: '/apis/storage.k8s.io/v1/storageclasses', ...live() },
  ] as const;
  const [services, endpoints, storageClasses] = parts;
  let reading = new AbortController();
  return {
    services: services.lists, endpoints: endpoints.lists, storageClasses: storageClasses.lists,
    connect(connection) {
      reading.abort();
      reading = new AbortController();
      for (const { table, path } of parts) {
        table.set(notConnected(new Date()));
        if (connection) keepLive(table, { connection, path, signal: reading.signal });
      }
    },
    close: () => reading.abort(),
  };
}

function live() {
  const table = createLiveTable<KubeObject>();
  const lists = createTopic<ByNamespace | 'unknown'>('unknown');
  table.subscribe(({ items, connection }) => {
    // Who was refused, or lost the connection, does not know what is there now.
    lists.set(items === 'unknown' || connection.state !== 'live' ? 'unknown' : grouped(items, lists.value));
  });
  return { table, lists };
}

function grouped(items: Exclude<LiveTable<KubeObject>['items'], 'unknown'>, before: ByNamespace | 'unknown'): ByNamespace {
  const lists = new Map<string, KubeObject[]>();
  for (const item of items.values()) {
    const { namespace = '' } = item.metadata;
    const list = lists.get(namespace);
    if (list) list.push(item);
    else lists.set(namespace, [item]);
  }
  return before === 'unknown' ? lists : keptSame(lists, before);
}
