// The rows of a table: a snapshot and its changes become one list.
export type RowsEvent<Row> =
  | { readonly type: 'snapshot'; readonly rows: readonly Row[] }
  | { readonly type: 'changes'; readonly upserted: readonly Row[]; readonly removed: readonly string[] };

/** Changes are keyed by uid: what was made again under its name is another one. The list before, where nothing changed in it. */
export function foldRows<Row extends { readonly uid: string }>(before: readonly Row[] | undefined, event: RowsEvent<Row>, byOrder: (a: Row, b: Row) => number): readonly Row[] {
  if (event.type === 'snapshot') return event.rows.toSorted(byOrder);
  if (before && event.upserted.length === 0 && event.removed.length === 0) return before;
  const rows = new Map((before ?? []).map((row) => [row.uid, row]));
  for (const uid of event.removed) rows.delete(uid);
  for (const row of event.upserted) rows.set(row.uid, row);
  return [...rows.values()].sort(byOrder);
}

/** By code units: names of Kubernetes are of no language. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
