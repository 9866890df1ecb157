// The pods of one namespace: a snapshot and its changes become one list.
import type { ConnectionState } from '../../shared/contract/environment.ts';
import type { PodRow } from '../../shared/contract/pods.ts';

export type PodsEvent =
  | { type: 'snapshot'; rows: PodRow[]; connection: ConnectionState }
  | { type: 'changes'; upserted: PodRow[]; removed: string[]; connection: ConnectionState };
export interface KnownPods {
  /** By name, then by namespace. */
  readonly rows: readonly PodRow[];
  readonly connection: ConnectionState;
}

const byName = (a: PodRow, b: PodRow) => compare(a.name, b.name) || compare(a.namespace, b.namespace) || compare(a.uid, b.uid);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Changes are keyed by uid: a pod that was made again under its name is another pod. */
export function foldPods(before: KnownPods | undefined, event: PodsEvent): KnownPods {
  if (event.type === 'snapshot') return { rows: event.rows.toSorted(byName), connection: event.connection };
  if (before && event.upserted.length === 0 && event.removed.length === 0) return { rows: before.rows, connection: event.connection };
  const rows = new Map((before?.rows ?? []).map((row) => [row.uid, row]));
  for (const uid of event.removed) rows.delete(uid);
  for (const row of event.upserted) rows.set(row.uid, row);
  return { rows: [...rows.values()].sort(byName), connection: event.connection };
}
