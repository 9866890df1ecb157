// The entries of metadata.managedFields, read and written: who owns which fields.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#managed-fields ; apiserver, handlers/fieldmanager/internal/managedfields.go
import type { ManagedFieldsEntry } from '../objects.ts';
import { parseFields, printFields, union, type FieldSet } from './field-set.ts';

export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** '' for the main resource. */
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** @returns undefined when one of the entries is none. */
export function readManagers(entries: readonly ManagedFieldsEntry[]): Manager[] | undefined {
  const managers: Manager[] = [];
  for (const { manager, operation, apiVersion, time, fieldsV1, subresource } of entries) {
    const fields = parseFields(fieldsV1 ?? {});
    if ((operation !== 'Apply' && operation !== 'Update') || !fields) return undefined;
    managers.push({ name: manager ?? '', operation, apiVersion: apiVersion ?? '', subresource: subresource ?? '', time, fields });
  }
  return managers;
}

/** Applied ones first, then the older ones. */
function byAge(a: Manager, b: Manager): number {
  const keyOf = ({ operation, time, name, apiVersion, subresource }: Manager) => [operation, time ?? '', name, apiVersion, subresource];
  const [left, right] = [keyOf(a), keyOf(b)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at === -1 ? 0 : (left[at] ?? '') < (right[at] ?? '') ? -1 : 1;
}

export function writeManagers(managers: readonly Manager[]): ManagedFieldsEntry[] {
  return managers.toSorted(byAge).map(({ name, operation, apiVersion, time, fields, subresource }) => ({
    manager: name,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: printFields(fields),
    ...(subresource ? { subresource } : {}),
  }));
}

/** The same entry: who applies does so in whatever version. */
export const isSameManager = (a: Omit<Manager, 'fields' | 'time'>, b: Omit<Manager, 'fields' | 'time'>): boolean =>
  a.name === b.name && a.operation === b.operation && a.subresource === b.subresource && (a.operation === 'Apply' || a.apiVersion === b.apiVersion);

/** As conflicts name it: `"kubectl-edit" using v1`, `"m1"` for one that applied, `"kubelet" with subresource "status" using v1`. */
export function managerWords({ name, operation, apiVersion, subresource }: Manager): string {
  const words = subresource ? `${JSON.stringify(name)} with subresource ${JSON.stringify(subresource)}` : JSON.stringify(name);
  return operation === 'Apply' ? words : `${words} using ${apiVersion}`;
}

/** More entries of updates than this, and the oldest become one (DefaultMaxUpdateManagers). */
const MOST_UPDATERS = 10;
const ANCIENT = 'ancient-changes';

/** Puts the oldest entries of updates together as one, a version each, until there are few enough. */
export function withoutTheOldest(managers: readonly Manager[]): Manager[] {
  const updaters = managers.filter(({ operation }) => operation === 'Update').toSorted(byAge);
  let kept = [...managers];
  let count = updaters.length;
  const oldest = new Map<string, Manager>();
  for (const manager of updaters) {
    if (count <= MOST_UPDATERS) break;
    const first = oldest.get(manager.apiVersion);
    const merged = first ? { ...manager, name: ANCIENT, subresource: '', fields: union(first.fields, manager.fields) } : manager;
    if (first) {
      kept = [...kept.filter((other) => other !== first && other !== manager), merged];
      count--;
    }
    oldest.set(manager.apiVersion, merged);
  }
  return kept;
}
