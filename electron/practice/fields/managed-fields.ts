// Who owns which field after a change: what created, replaced or patched an object owns what it changed, and nobody else does any more.
// structured-merge-diff, merge/update.go ; apiserver, handlers/fieldmanager
import { timestamp } from '../clock.ts';
import type { KubeObject, ManagedFieldsEntry } from '../objects.ts';
import type { Schema } from '../schema/schema.ts';
import { below, difference, EMPTY, fieldElement, intersection, isEmpty, minus, paths, singlePath, union, type FieldSet } from './field-set.ts';
import { isSameManager, readManagers, withoutTheOldest, writeManagers, type Manager } from './managers.ts';
import { shapeOfType, structureOf, type Shape, type Structure } from './structure.ts';
import { compare, fieldsSaid, type Comparison } from './typed-fields.ts';

export interface FieldChange {
  readonly schema: Schema;
  /** The name of the object's type in the schema. */
  readonly type: string;
  readonly manager: string;
  /** '' for the main resource, or `status`, ... */
  readonly subresource: string;
  readonly apiVersion: string;
  readonly now: Date;
}

/** What the server sets itself, and what says which object it is, belongs to nobody (fieldmanager/stripmeta.go). */
const NOBODYS: FieldSet = [
  ...['apiVersion', 'kind', 'metadata'].map((name) => [name]),
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map((name) => [
    'metadata',
    name,
  ]),
].reduce<FieldSet>((set, names) => union(set, singlePath(names.map(fieldElement))), EMPTY);

export const withoutNobodys = (fields: FieldSet): FieldSet => difference(fields, NOBODYS);

/** What a write to this (sub)resource cannot change, whatever it says; who wrote it does not own it (since 1.22). */
function unreached(schema: Schema, type: string, subresource: string): FieldSet | undefined {
  if (schema.minor < 22 || !schema.type(type).fields.has('status')) return undefined;
  if (subresource === '') return singlePath(['f:status']);
  return subresource === 'status' ? singlePath(['f:spec']) : undefined;
}

/** What differs between two objects, as far as a write to this (sub)resource reaches. */
export function reachedChanges({ schema, type, subresource }: FieldChange, before: unknown, after: unknown, shape: Shape): Comparison {
  const { added, modified, removed } = compare(before, after, shape);
  const out = unreached(schema, type, subresource);
  return out ? { added: minus(added, out), modified: minus(modified, out), removed: minus(removed, out) } : { added, modified, removed };
}

/** What others still own after a change. */
export function takenFrom(managers: readonly Manager[], { added, modified, removed }: Comparison): Manager[] {
  const changed = union(added, modified);
  return managers.map((manager) => ({ ...manager, fields: difference(difference(manager.fields, intersection(manager.fields, changed)), removed) }));
}

/**
 * An entry that owns a granular field but nothing in it was made when the field was one whole, thinks the server; so it gets all that is in
 * it (typed/reconcile_schema.go). A creator whose only label somebody else has changed gets the other labels by that.
 */
export function reconciled(managers: readonly Manager[], live: unknown, shape: Shape): Manager[] {
  let all: FieldSet | undefined;
  return managers.map((manager) => {
    let { fields } = manager;
    for (const path of paths(fields)) {
      if (below(fields, path).children.size > 0 || structureAt(shape, path) === 'whole') continue;
      all ??= fieldsSaid(live, shape);
      const inIt = below(all, path);
      if (inIt.children.size > 0) fields = union(fields, under(path, inIt));
    }
    return fields === manager.fields ? manager : { ...manager, fields };
  });
}

const under = (path: readonly string[], set: FieldSet): FieldSet =>
  path.reduceRight<FieldSet>((inner, element) => ({ member: false, children: new Map([[element, inner]]) }), set);

function structureAt(shape: Shape, path: readonly string[]): 'whole' | 'fields' | 'items' {
  let at: Shape | undefined = shape;
  for (const element of path) {
    const structure: Structure | undefined = at && structureOf(at, {});
    at = structure?.kind === 'fields' ? structure.shapeOf(element.slice(2)) : structure?.kind === 'items' ? structure.shape : undefined;
  }
  return at ? structureOf(at, {}).kind : 'whole';
}

const isReset = (entries: readonly ManagedFieldsEntry[] | undefined, minor: number): boolean =>
  entries !== undefined && ((entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0) || (entries.length === 0 && minor < 21));

/**
 * The managedFields of an object that was created, replaced or patched (not applied). Give it the new object with its defaults, but before
 * what admission and the kind's own rules change in it, since the server counts there: a pod's tolerations are nobody's.
 * @param change.before undefined for one that is created; else with its managedFields
 * @param change.after with the managedFields that were sent, if any: a client may write them, and `[{}]` takes them all away
 * @returns the entries; none when the fields cannot be told apart, as with two environment variables of one name
 */
export function afterUpdate(change: FieldChange & { readonly before: KubeObject | undefined; readonly after: KubeObject }): ManagedFieldsEntry[] {
  const { schema, before, after, now, manager: name, apiVersion } = change;
  const sent = after.metadata.managedFields;
  if (before && isReset(sent, schema.minor)) return [];
  const sentManagers = before && sent && readManagers(sent);
  const managers = sentManagers?.length ? sentManagers : (readManagers(before?.metadata.managedFields ?? []) ?? []);
  // An object whose entries were taken away stays without, until something is applied to it.
  if (before && managers.length === 0) return [];
  const own: Manager = {
    name,
    operation: 'Update',
    apiVersion,
    subresource: schema.minor >= 22 ? change.subresource : '',
    time: timestamp(now),
    fields: EMPTY,
  };
  try {
    const updated = updateManagers(change, managers, own, before ?? {}, after);
    return writeManagers(withoutTheOldest(updated.filter(({ fields }) => !isEmpty(fields))));
  } catch {
    return []; // UpdateNoErrors: rather none than wrong ones.
  }
}

/** @throws DuplicateItem, UnkeyedItem */
export function updateManagers(change: FieldChange, managers: readonly Manager[], own: Manager, before: unknown, after: unknown): Manager[] {
  const shape = shapeOfType(change.schema, change.type);
  const changes = reachedChanges(change, before, after, shape);
  const others = takenFrom(reconciled(managers, before, shape), changes);
  const taken = withoutNobodys(difference(union(changes.added, changes.modified), changes.removed));
  if (isEmpty(taken)) return others;
  const previous = others.find((manager) => isSameManager(manager, own));
  return [...others.filter((manager) => manager !== previous), { ...own, fields: previous ? union(previous.fields, taken) : taken }];
}
