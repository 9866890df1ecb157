// A patch and what it makes of an object: apiserver, pkg/endpoints/handlers/patch.go.
import type { KubeObject } from '../objects.ts';
import { BodyError, decodeBody } from '../schema/decode.ts';
import { checkObject, type Expected, type FieldValidation } from '../schema/read-object.ts';
import { ApiError, badRequest } from './api-error.ts';

export const APPLY = 'application/apply-patch+yaml';
const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
export type PatchType = typeof APPLY | typeof JSON_PATCH | typeof MERGE | typeof STRATEGIC;
const TYPES: readonly string[] = [JSON_PATCH, MERGE, STRATEGIC, APPLY];

/** @throws ApiError UnsupportedMediaType */
export function checkPatchType(contentType: string): PatchType {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (TYPES.includes(type)) return type as PatchType;
  throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** A configuration to apply: YAML or JSON. @throws ApiError BadRequest */
export function readApplied(bytes: Buffer, expected: Expected, validation: FieldValidation): { object: KubeObject; warnings: string[] } {
  let decoded;
  try {
    decoded = decodeBody(bytes, 'application/yaml');
  } catch (error) {
    throw error instanceof BodyError ? badRequest(`error decoding YAML: error converting YAML to JSON: ${error.message}`) : error;
  }
  const { object, duplicates } = decoded;
  if (!isFields(object)) throw badRequest(`error decoding YAML: json: cannot unmarshal ${Array.isArray(object) ? 'array' : typeof object} into Go value of type map[string]interface {}`);
  // What the type does not have is refused by apply itself, with its path; strictness is left with what stands twice.
  const faults = expected.schema.minor < 25 || validation === 'Ignore' ? [] : duplicates;
  if (validation === 'Strict' && faults.length > 0) throw badRequest(`error strict decoding YAML: ${faults.join(', ')}`);
  return { object: { ...object, metadata: isFields(object['metadata']) ? object['metadata'] : {} } as unknown as KubeObject, warnings: [...faults] };
}

/**
 * What a patch that is not applied makes of an object. @throws ApiError BadRequest, Invalid
 */
export function patched(
  type: PatchType,
  bytes: Buffer,
  current: KubeObject,
  expected: Expected,
  validation: FieldValidation,
): { object: KubeObject; warnings: string[] } {
  const before = structuredClone(current) as unknown as Record<string, unknown>;
  const after = type === JSON_PATCH ? before : mergePatch(before, JSON.parse(bytes.toString()) as unknown);
  const { object, faults } = checkObject(after as Record<string, unknown>, [], expected);
  if (expected.schema.minor < 25 || validation === 'Ignore' || faults.length === 0) return { object, warnings: [] };
  if (validation === 'Strict') throw badRequest(`strict decoding error: ${faults.join(', ')}`);
  return { object, warnings: faults };
}

/** RFC 7396. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
