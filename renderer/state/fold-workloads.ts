// The workloads and Services of one namespace: a snapshot and its changes become one list.
import type { ConnectionState } from '../../shared/contract/environment.ts';
import type { WorkloadRow } from '../../shared/contract/workloads.ts';
import { compareText, foldRows } from './fold-rows.ts';

export type WorkloadsEvent =
  | { type: 'snapshot'; rows: WorkloadRow[]; unread: string[]; connection: ConnectionState }
  | { type: 'changes'; upserted: WorkloadRow[]; removed: string[]; unread: string[]; connection: ConnectionState };
export interface KnownWorkloads {
  /** By name, then by kind and namespace. */
  readonly rows: readonly WorkloadRow[];
  /** Kinds whose lists cannot be had now. */
  readonly unread: readonly string[];
  readonly connection: ConnectionState;
}

const byName = (a: WorkloadRow, b: WorkloadRow) => compareText(a.name, b.name) || compareText(a.kind, b.kind) || compareText(a.namespace, b.namespace);

export function foldWorkloads(before: KnownWorkloads | undefined, event: WorkloadsEvent): KnownWorkloads {
  return { rows: foldRows(before?.rows, event, byName), unread: event.unread, connection: event.connection };
}

/** What only a workload or Service says itself, and no pod of it: without being told, nobody would see it. The worst first. */
export function noted(rows: readonly WorkloadRow[]): WorkloadRow[] {
  const told = rows.filter(({ isOwn, headline, severity }) => isOwn && headline && severity !== 'info');
  return [...told.filter(({ severity }) => severity === 'error'), ...told.filter(({ severity }) => severity !== 'error')];
}
