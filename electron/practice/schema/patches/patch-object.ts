// A patch of any of the three kinds and what it makes of an object, with the API server's errors: apiserver, pkg/endpoints/handlers/patch.go.
import { ApiError, badRequest, tooLarge } from '../../api/api-error.ts';
import type { KubeObject } from '../../objects.ts';
import { scanJson } from '../go-json.ts';
import { faultsOf, judgeObject, unreadable, type Expected, type FieldValidation } from '../read-object.ts';
import { goFormat } from './go-format.ts';
import { jsonPatch, MAX_OPERATIONS, PatchFailed, type JsonObject } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { BadPatch, strategicMergePatch } from './strategic-merge-patch.ts';

export type PatchKind = 'json' | 'merge' | 'strategic';

interface Decoded {
  readonly value: unknown;
  readonly duplicates: readonly string[];
  /** encoding/json's words for malformed JSON. */
  readonly malformed?: string;
  readonly empty: boolean;
}

function decode(bytes: Buffer): Decoded {
  const scanned = scanJson(bytes);
  if (!scanned.ok) return { value: undefined, duplicates: [], malformed: scanned.message, empty: bytes.length === 0 };
  return { value: JSON.parse(bytes.toString()) as unknown, duplicates: scanned.duplicates.map((path) => `duplicate field "${path}"`), empty: false };
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

function cannotUnmarshal(value: unknown, into: string): string {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${kind} into Go value of type ${into}`;
}

function applyJsonPatch(current: JsonObject, { value, malformed }: Decoded): JsonObject {
  if (malformed !== undefined) throw badRequest(malformed);
  if (value !== null && !Array.isArray(value)) throw badRequest(cannotUnmarshal(value, 'jsonpatch.Patch'));
  const operations = (value ?? []) as unknown[];
  if (operations.length > MAX_OPERATIONS) {
    throw tooLarge(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`);
  }
  try {
    return jsonPatch(current, operations);
  } catch (error) {
    // The reason is not told: a generic answer for 422.
    if (error instanceof PatchFailed) throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
    throw error;
  }
}

function applyMergePatch(current: JsonObject, { value, malformed }: Decoded, validates: boolean): unknown {
  if (validates) {
    const why = malformed ?? (value === null || isObject(value) ? undefined : cannotUnmarshal(value, 'map[string]interface {}'));
    if (why !== undefined) throw badRequest(`error decoding patch: ${why}`);
  }
  const isPatch = typeof value === 'object' && value !== null;
  if (!isPatch) throw validates ? badRequest('Invalid JSON Patch') : new ApiError(500, '', 'Invalid JSON Patch');
  return mergePatch(current, value);
}

function applyStrategicPatch(current: JsonObject, { value, malformed, empty }: Decoded, { schema, kind }: Expected): JsonObject {
  if (malformed === 'unexpected end of JSON input' && schema.minor < 23) throw badRequest(empty ? 'EOF' : 'unexpected EOF');
  if (malformed !== undefined) throw badRequest(malformed);
  if (value !== null && !isObject(value)) throw badRequest(cannotUnmarshal(value, 'map[string]interface {}'));
  try {
    return strategicMergePatch(schema, kind.type, current, value ?? {});
  } catch (error) {
    if (!(error instanceof BadPatch)) throw error;
    throw error.code === 400 ? badRequest(error.message) : new ApiError(500, '', error.message);
  }
}

/** The object that a patch made is none of its kind: an Invalid without a kind, about a field `patch`. */
function invalidPatch(shown: string, why: string): ApiError {
  const message = `Invalid value: ${JSON.stringify(shown)}: ${why}`;
  return new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, { causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }] });
}

/**
 * @param current the object as it is, which is not changed.
 * @param validation as the request asks; before 1.25 nothing is validated.
 * @returns the patched object without what its type does not have, and warnings for the client.
 * @throws ApiError
 */
export function patchObject(
  patchKind: PatchKind,
  bytes: Buffer,
  current: KubeObject,
  expected: Expected,
  validation: FieldValidation = 'Warn',
): { object: KubeObject; warnings: string[] } {
  const { schema } = expected;
  const before = current as unknown as JsonObject;
  const decoded = decode(bytes);
  const validates = schema.minor >= 25 && validation !== 'Ignore';
  const patched =
    patchKind === 'json'
      ? applyJsonPatch(before, decoded)
      : patchKind === 'merge'
        ? applyMergePatch(before, decoded, validates)
        : applyStrategicPatch(before, decoded, expected);
  const refuse = (why: string) => invalidPatch(patchKind === 'strategic' ? goFormat(decoded.value) : JSON.stringify(patched), why);
  const why = unreadable(patched);
  if (why !== undefined) throw refuse(why);
  const { object, unknown, wrong } = judgeObject(patched as JsonObject, expected, patchKind === 'strategic' ? 'converting' : 'decoding');
  if (wrong !== undefined) throw refuse(wrong);
  const faults = faultsOf(schema, validation, patchKind === 'json' ? [] : decoded.duplicates, unknown);
  if (validation === 'Strict' && faults.length > 0) throw refuse(`strict decoding error: ${faults.join(', ')}`);
  return { object, warnings: faults };
}
