// The pods of one namespace: a snapshot and its changes become one list.
import type { ConnectionState } from '../../shared/contract/environment.ts';
import type { PodRow } from '../../shared/contract/pods.ts';
import { compareText, foldRows } from './fold-rows.ts';

export type PodsEvent =
  | { type: 'snapshot'; rows: PodRow[]; connection: ConnectionState }
  | { type: 'changes'; upserted: PodRow[]; removed: string[]; connection: ConnectionState };
export interface KnownPods {
  /** By name, then by namespace. */
  readonly rows: readonly PodRow[];
  readonly connection: ConnectionState;
}

const byName = (a: PodRow, b: PodRow) => compareText(a.name, b.name) || compareText(a.namespace, b.namespace) || compareText(a.uid, b.uid);

export function foldPods(before: KnownPods | undefined, event: PodsEvent): KnownPods {
  return { rows: foldRows(before?.rows, event, byName), connection: event.connection };
}
