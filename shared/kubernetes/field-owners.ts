// Who set which field: metadata.managedFields, the FieldsV1 format of k8s.io/apimachinery and structured-merge-diff.
import { isRecord, podSpecPath } from './containers.ts';
import type { KubeObject, ManagedFieldsEntry, Pod } from './objects.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The fields an entry owns at a path in the pod spec, each step a field name or `{ name }` of a list's item; undefined where it owns none. */
export function ownedAt(object: Pod | KubeObject, entry: ManagedFieldsEntry, steps: readonly (string | { readonly name: string })[]): Fields | undefined {
  let fields: unknown = entry.fieldsV1;
  for (const step of [...podSpecPath(object.kind), ...steps]) {
    if (!isRecord(fields)) return undefined;
    fields = fields[typeof step === 'string' ? `f:${step}` : `k:${JSON.stringify({ name: step.name })}`];
  }
  return isRecord(fields) ? fields : undefined;
}

/** The fields of one container that an entry owns. */
export function ownedInContainer(object: Pod | KubeObject, entry: ManagedFieldsEntry, name: string): Fields | undefined {
  return ownedAt(object, entry, ['containers', { name }]) ?? ownedAt(object, entry, ['initContainers', { name }]);
}

/** Entries made by server-side apply: they list exactly what the person's manifest says. */
export function applyEntries(object: Pod | KubeObject): readonly ManagedFieldsEntry[] {
  return (object.metadata.managedFields ?? []).filter((e) => e.operation === 'Apply');
}

/**
 * Entries of every other write that touches the pod spec, oldest first. They are computed after defaulting, so the first one,
 * the creator's, lists every defaulted field too; a later one lists what it changed.
 */
export function updateEntries(object: Pod | KubeObject): readonly ManagedFieldsEntry[] {
  return (object.metadata.managedFields ?? [])
    .filter((e) => e.operation !== 'Apply' && ownedAt(object, e, []))
    .toSorted((a, b) => (a.time ?? '').localeCompare(b.time ?? ''));
}

/** The manifest that client-side `kubectl apply` last sent, from its annotation; undefined where there is none or it is damaged. */
export function lastApplied(object: Pod | KubeObject): KubeObject | undefined {
  const text = object.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? { kind: object.kind ?? 'Pod', metadata: {}, ...parsed } : undefined;
  } catch {
    return undefined;
  }
}
