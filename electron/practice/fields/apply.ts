// Server-side apply: lays the applied configuration over the object, takes away what its manager applied before and does not any more, and
// refuses to change what others own.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/ ; structured-merge-diff, merge/update.go
import { ApiError, badRequest } from '../api/api-error.ts';
import { timestamp } from '../clock.ts';
import type { KubeObject, ManagedFieldsEntry } from '../objects.ts';
import { checkApplied } from './check-applied.ts';
import { difference, EMPTY, equal, intersection, isEmpty, paths, printPath, union, type FieldSet } from './field-set.ts';
import { reachedChanges, reconciled, takenFrom, updateManagers, withoutNobodys, type FieldChange } from './managed-fields.ts';
import { isSameManager, managerWords, readManagers, writeManagers, type Manager } from './managers.ts';
import { shapeOfType, type Shape } from './structure.ts';
import { fieldsSaid, merge, removeFields } from './typed-fields.ts';

export interface Apply extends FieldChange {
  /** What is there, with its managedFields; undefined when the apply creates it. */
  readonly live: KubeObject | undefined;
  /** As it was sent. */
  readonly applied: KubeObject;
  readonly force: boolean;
}

/**
 * @returns the object before defaults and the kind's rules (which see to the rest as with any update), and its managedFields; the object is
 *   `live` itself when nothing in it changes
 * @throws ApiError BadRequest for another version or for managedFields in it, Conflict, and 500 for what does not fit the type
 */
export function applyServerSide(change: Apply): { object: KubeObject; managedFields: ManagedFieldsEntry[] } {
  const { schema, type, live, applied, apiVersion } = change;
  const shape = shapeOfType(schema, type);
  if (applied.apiVersion !== apiVersion)
    throw badRequest(`Incorrect version specified in apply patch. Specified patch version: ${applied.apiVersion ?? ''}, expected: ${apiVersion}`);
  if (applied.metadata?.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  checkApplied(applied, shape);

  const own: Manager = {
    name: change.manager,
    operation: 'Apply',
    apiVersion,
    subresource: schema.minor >= 22 ? change.subresource : '',
    time: timestamp(change.now),
    fields: fieldsSaid(applied, shape),
  };
  const base = live ? withoutManagedFields(live) : { apiVersion: applied.apiVersion, kind: applied.kind, metadata: {} };
  const managers = reconciled(ownersBefore(change, base, shape), base, shape);
  const last = managers.find((manager) => isSameManager(manager, own));
  const others = managers.filter((manager) => manager !== last);

  const merged = merge(base, applied, shape);
  const object = prune(merged, last?.fields ?? EMPTY, [...others, own], shape) as KubeObject;
  const changes = reachedChanges(change, base, object, shape);
  if (!change.force) refuseConflicts(others, union(changes.added, changes.modified));

  const fields = withoutNobodys(own.fields);
  const isSame = isEmpty(changes.added) && isEmpty(changes.modified) && isEmpty(changes.removed);
  const keepsTime = isSame && last !== undefined && equal(withoutNobodys(last.fields), fields);
  const entries = [...takenFrom(others, changes), { ...own, fields, time: keepsTime ? last.time : own.time }];
  return { object: isSame && live ? live : object, managedFields: writeManagers(entries.filter((manager) => !isEmpty(manager.fields))) };
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** An object that nobody owns anything of: what is in it counts as changed by somebody before. */
function ownersBefore(change: Apply, base: KubeObject, shape: Shape): Manager[] {
  const managers = readManagers(change.live?.metadata.managedFields ?? []) ?? [];
  if (managers.length > 0 || !change.live) return managers;
  const before: Manager = {
    name: 'before-first-apply',
    operation: 'Update',
    apiVersion: change.apiVersion,
    subresource: '',
    time: timestamp(change.now),
    fields: EMPTY,
  };
  try {
    return updateManagers({ ...change, subresource: 'before' }, [], before, {}, base);
  } catch (cause) {
    const name = `${change.apiVersion.includes('/') ? change.apiVersion : `/${change.apiVersion}`}, Kind=${shape.type.kind === 'object' ? shape.type.type : ''}`;
    throw new ApiError(
      500,
      '',
      `failed to create manager for existing fields: failed to convert new object (${name}) to smd typed: ${(cause as Error).message}`,
    );
  }
}

/** Without what the manager said the last time and nobody says now. */
function prune(merged: unknown, last: FieldSet, managers: readonly Manager[], shape: Shape): unknown {
  if (isEmpty(last)) return merged;
  const all = fieldsSaid(merged, shape);
  const owned = managers.reduce<FieldSet>((set, { fields }) => union(set, fields), EMPTY);
  const without = (value: unknown, set: FieldSet) => removeFields(value, set, shape) ?? {};
  const pruned = without(merged, last);
  // What others own comes back, and what is in it and nobody's does too.
  const back = without(merged, difference(all, union(fieldsSaid(pruned, shape), owned)));
  return without(merged, intersection(difference(all, fieldsSaid(back, shape)), last));
}

function refuseConflicts(others: readonly Manager[], changed: FieldSet): void {
  const conflicts = others
    .map((manager) => ({ words: managerWords(manager), fields: paths(intersection(manager.fields, changed)).map(printPath) }))
    .filter(({ fields }) => fields.length > 0)
    .toSorted((a, b) => (a.words < b.words ? -1 : 1));
  const [first] = conflicts;
  if (!first) return;
  const count = conflicts.reduce((sum, { fields }) => sum + fields.length, 0);
  const list = conflicts.map(({ words, fields }) => [`conflicts with ${words}:`, ...fields.map((field) => `- ${field}`)].join('\n')).join('\n');
  const message =
    count === 1 ? `Apply failed with 1 conflict: conflict with ${first.words}: ${first.fields[0]}` : `Apply failed with ${count} conflicts: ${list}`;
  const causes = conflicts.flatMap(({ words, fields }) =>
    fields.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${words}`, field })),
  );
  throw new ApiError(409, 'Conflict', message, { causes });
}
