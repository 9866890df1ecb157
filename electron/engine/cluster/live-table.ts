// A kind of object of one cluster, kept live by a reflector, as one value: the items and whether they are the present truth.
import type { ConnectionState } from '../../../shared/contract/environment.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { ObjectMeta } from '../../../shared/kubernetes/objects.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { reflect } from '../../clients/cluster/reflector.ts';
import { createTopic, type Topic } from '../topic.ts';

export interface LiveTable<Item> {
  readonly connection: ConnectionState;
  /** By uid; 'unknown' until a first list was read. They stay when the connection is lost: `connection` says how old they are. */
  readonly items: ReadonlyMap<string, Item> | 'unknown';
}

export const notConnected = (since: Date): LiveTable<never> => ({
  connection: { state: 'connecting', since: since.toISOString() },
  items: 'unknown',
});

export interface LiveTableOptions {
  readonly connection: ClusterConnection;
  /** `/api/v1/pods`, `/api/v1/namespaces/NS/pods`. */
  readonly path: string;
  readonly fieldSelector?: string;
  readonly keepManagedFields?: boolean;
  readonly signal: AbortSignal;
}

/** After something that nobody thought of: not a tight loop, and not the end of it either. */
const AGAIN_MS = 30_000;

/**
 * Keeps `table` true until the signal aborts: lists and watches `path`, and sets the table after each batch and each change of state. Never
 * throws: what no client knows how to name (a mistake in the kubeconfig that shows only now, a bug) is the table's state, with its words.
 */
export function keepLive<Item extends { metadata: ObjectMeta }>(table: Topic<LiveTable<Item>>, options: LiveTableOptions): void {
  reflect<Item>({
    ...options,
    onChange(batch) {
      if (options.signal.aborted) return; // the table is another connection's now
      const known = table.value.items;
      const items = batch.type === 'snapshot' || known === 'unknown' ? new Map<string, Item>() : new Map(known);
      if (batch.type === 'snapshot') for (const item of batch.items) items.set(item.metadata.uid ?? '', item);
      else {
        for (const item of batch.deleted) items.delete(item.metadata.uid ?? '');
        for (const item of batch.upserted) items.set(item.metadata.uid ?? '', item);
      }
      table.set({ ...table.value, items });
    },
    onState(state) {
      if (options.signal.aborted) return;
      table.set({ ...table.value, connection: state });
    },
  }).catch((error: unknown) => {
    if (options.signal.aborted) return;
    const { name, server } = options.connection.context;
    const cause = (failureOf(error) ?? new Failure('CLUSTER_UNREACHABLE', { context: name, server }, error)).toData();
    const timer = setTimeout(() => keepLive(table, options), AGAIN_MS);
    options.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    try {
      table.set({ ...table.value, connection: { state: 'disconnected', since: new Date().toISOString(), cause } });
    } catch {
      // It was a listener that threw; the table itself has its value.
    }
  });
}

export function createLiveTable<Item>(): Topic<LiveTable<Item>> {
  return createTopic<LiveTable<Item>>(notConnected(new Date()));
}
