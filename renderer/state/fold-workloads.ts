// The workloads and Services of one namespace: a snapshot and its changes become one list.
import type { ConnectionState } from '../../shared/contract/environment.ts';
import type { WorkloadDetail, WorkloadRow } from '../../shared/contract/workloads.ts';

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

const byName = (a: WorkloadRow, b: WorkloadRow) => compare(a.name, b.name) || compare(a.kind, b.kind) || compare(a.namespace, b.namespace);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export function foldWorkloads(before: KnownWorkloads | undefined, event: WorkloadsEvent): KnownWorkloads {
  const { unread, connection } = event;
  if (event.type === 'snapshot') return { rows: event.rows.toSorted(byName), unread, connection };
  const rows = new Map((before?.rows ?? []).map((row) => [row.uid, row]));
  for (const uid of event.removed) rows.delete(uid);
  for (const row of event.upserted) rows.set(row.uid, row);
  return { rows: [...rows.values()].sort(byName), unread, connection };
}

/** What only a workload or Service says itself, and no pod of it: without being told, nobody would see it. The worst first. */
export function noted(rows: readonly WorkloadRow[]): WorkloadRow[] {
  const told = rows.filter(({ isOwn, headline, severity }) => isOwn && headline && severity !== 'info');
  return [...told.filter(({ severity }) => severity === 'error'), ...told.filter(({ severity }) => severity !== 'error')];
}

export type WorkloadDetailEvent = { type: 'workload'; detail: WorkloadDetail } | { type: 'gone' };
export interface KnownWorkload {
  /** Absent for one that was never seen: `gone` then does not mean deleted. */
  readonly detail?: WorkloadDetail | undefined;
  readonly gone: boolean;
}

/** One that is gone keeps what was last seen of it. */
export function foldWorkload(before: KnownWorkload | undefined, event: WorkloadDetailEvent): KnownWorkload {
  return event.type === 'workload' ? { detail: event.detail, gone: false } : { detail: before?.detail, gone: true };
}
