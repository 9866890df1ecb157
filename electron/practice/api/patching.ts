// Which patches there are, and what is read of one to apply. What the other kinds make of an object: schema/patches.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
import type { KubeObject } from '../objects.ts';
import { BodyError, decodeBody } from '../schema/decode.ts';
import type { PatchKind } from '../schema/patches/patch-object.ts';
import type { Expected, FieldValidation } from '../schema/read-object.ts';
import { ApiError, badRequest } from './api-error.ts';

const PATCHES: Readonly<Record<string, PatchKind | 'apply'>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** @throws ApiError UnsupportedMediaType */
export function patchKindOf(contentType: string): PatchKind | 'apply' {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  const found = Object.hasOwn(PATCHES, type) ? PATCHES[type] : undefined;
  if (found) return found;
  throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A configuration to apply: YAML or JSON. What its type does not have, apply itself refuses. @throws ApiError BadRequest */
export function readApplied(bytes: Buffer, { schema }: Expected, validation: FieldValidation): { object: KubeObject; warnings: readonly string[] } {
  let decoded;
  try {
    decoded = decodeBody(bytes, 'application/yaml');
  } catch (error) {
    throw error instanceof BodyError ? badRequest(`error decoding YAML: error converting YAML to JSON: ${error.message}`) : error;
  }
  const { object } = decoded;
  if (!isFields(object)) {
    const found = Array.isArray(object) ? 'array' : typeof object;
    throw badRequest(`error decoding YAML: error unmarshaling JSON: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`);
  }
  const warnings = schema.minor < 25 || validation === 'Ignore' ? [] : decoded.duplicates;
  if (validation === 'Strict' && warnings.length > 0) throw badRequest(`error strict decoding YAML: ${warnings.join(', ')}`);
  return { object: { ...object, metadata: isFields(object['metadata']) ? object['metadata'] : {} } as unknown as KubeObject, warnings };
}
