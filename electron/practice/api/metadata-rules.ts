// What the API server demands of every object's metadata, whatever its kind: apimachinery, pkg/api/validation/objectmeta.go.
import type { KubeObject, ObjectMeta } from '../objects.ts';
import type { FieldError } from './api-error.ts';
import { labelKeyFault, labelValueFault, nameFaults, pathSegmentFaults, type NameRule } from './name-rules.ts';

const quoted = (value: unknown) => JSON.stringify(value);
const invalidValue = (field: string, value: unknown, words: string): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  detail: `Invalid value: ${quoted(value)}: ${words}`,
});
const required = (field: string, words: string): FieldError => ({ field, reason: 'FieldValueRequired', detail: `Required value: ${words}` });

/** Annotations of one object together: 256 KiB. */
const ANNOTATIONS_LIMIT = 256 * 1024;

/** @param rule of the kind's names. */
export function validateMetadata(object: KubeObject, rule: NameRule): FieldError[] {
  const { name = '', labels = {}, annotations = {}, finalizers = [], ownerReferences = [] } = object.metadata;
  const errors: FieldError[] = [];
  if (!name) errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...faultsOf('metadata.name', name, rule));
  for (const [key, value] of Object.entries(labels)) {
    const keyFault = labelKeyFault(key);
    if (keyFault) errors.push(invalidValue('metadata.labels', key, keyFault));
    const valueFault = labelValueFault(value);
    if (valueFault) errors.push(invalidValue('metadata.labels', value, valueFault));
  }
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    // The prefix of an annotation may be in capitals.
    const fault = labelKeyFault(key.toLowerCase());
    if (fault) errors.push(invalidValue('metadata.annotations', key, fault));
    size += key.length + value.length;
  }
  if (size > ANNOTATIONS_LIMIT) {
    errors.push({
      field: 'metadata.annotations',
      reason: 'FieldValueTooLong',
      detail: `Too long: must have at most ${ANNOTATIONS_LIMIT} bytes`,
    });
  }
  for (const finalizer of finalizers) errors.push(...finalizerFaults(finalizer));
  for (const owner of ownerReferences) {
    for (const part of ['kind', 'name', 'uid'] as const) {
      if (!owner[part]) errors.push(invalidValue(`metadata.ownerReferences.${part}`, owner[part] ?? '', `${part} must not be empty`));
    }
    if (!owner.apiVersion) errors.push(invalidValue('metadata.ownerReferences.apiVersion', owner.apiVersion ?? '', 'version must not be empty'));
  }
  return errors;
}

function faultsOf(field: string, name: string, rule: NameRule): FieldError[] {
  const words = [...new Set([...pathSegmentFaults(name), ...nameFaults(name, rule)])];
  return words.map((fault) => invalidValue(field, name, fault));
}

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

function finalizerFaults(finalizer: string): FieldError[] {
  const fault = labelKeyFault(finalizer);
  if (fault) return [invalidValue('metadata.finalizers', finalizer, fault)];
  if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) return [];
  return [invalidValue('metadata.finalizers', finalizer, 'name is neither a standard finalizer name nor is it fully qualified')];
}

/** Beside `validateMetadata`: what an update may not change. */
export function validateMetadataUpdate({ metadata }: KubeObject, { metadata: old }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp) {
    const added = (metadata.finalizers ?? []).filter((finalizer) => !(old.finalizers ?? []).includes(finalizer));
    if (added.length > 0) {
      const list = `[]string{${added.map(quoted).join(', ')}}`;
      errors.push({
        field: 'metadata.finalizers',
        reason: 'FieldValueForbidden',
        detail: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
      });
    }
  }
  const fixed: (keyof ObjectMeta)[] = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'];
  for (const field of fixed) {
    if (metadata[field] !== old[field]) errors.push(invalidValue(`metadata.${field}`, metadata[field] ?? null, 'field is immutable'));
  }
  return errors;
}

const ORDER: (keyof ObjectMeta)[] = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/** The object with its fields in the order that the API server writes them, and without metadata that is empty or that it does not keep (selfLink). */
export function inOrder(object: KubeObject): KubeObject {
  const metadata: Record<string, unknown> = {};
  for (const field of ORDER) {
    const value: unknown = object.metadata[field];
    const empty = value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
    // The store fills in the revision; its place is kept for it.
    if (!empty || field === 'resourceVersion') metadata[field] = value ?? '';
  }
  const { kind, apiVersion, metadata: _, spec, status, ...rest } = object;
  return {
    kind,
    apiVersion,
    metadata,
    ...(spec === undefined ? {} : { spec }),
    ...(status === undefined ? {} : { status }),
    ...rest,
  };
}

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** generateName and five characters; together no more than 63 (apiserver, pkg/storage/names/generate.go). */
export function generatedName(prefix: string): string {
  let suffix = '';
  for (let index = 0; index < 5; index += 1) suffix += ALPHABET[Math.floor(Math.random() * ALPHABET.length)];
  return `${prefix.slice(0, 58)}${suffix}`;
}
