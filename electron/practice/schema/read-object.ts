// From a request's body to an object of the kind that is expected, with the API server's errors: handlers/create.go, handlers/rest.go
// (transformDecodeError), apimachinery's json serializer.
import { badRequest } from '../api/api-error.ts';
import type { Kind } from '../kinds/kind.ts';
import type { KubeObject } from '../objects.ts';
import { BodyError, decodeBody } from './decode.ts';
import type { Schema } from './schema.ts';
import { prune, shapeOf } from './shape.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** At most so many faults are told (kjson). */
const MAX_STRICT_ERRORS = 100;

/** As errors show a body: its beginning, in hex unless it looks like JSON (summarizeData). */
function summary(bytes: Buffer): string {
  if (bytes.length === 0) return '<empty>';
  const cut = bytes.subarray(0, 30);
  return `${bytes[0] === 0x7b ? cut.toString('utf8') : cut.toString('hex')}${bytes.length > 30 ? ' ...' : ''}`;
}

const parseError = "couldn't get version/kind; json parse error: ";
const versionKind = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** What keeps the version and the kind from being read. */
export function unreadable(value: unknown): string | undefined {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  if (kind !== 'object') return `${parseError}json: cannot unmarshal ${kind} into Go value of type ${versionKind}`;
  for (const [name, item] of Object.entries(value ?? {})) {
    if ((name !== 'apiVersion' && name !== 'kind') || typeof item === 'string' || item === null) continue;
    const found = Array.isArray(item) ? 'array' : typeof item === 'boolean' ? 'bool' : typeof item;
    return `${parseError}json: cannot unmarshal ${found} into Go struct field .${name} of type string`;
  }
  return undefined;
}

export interface Expected {
  readonly schema: Schema;
  /** Its group, version, kind and type; a subresource's kind likewise (`Eviction`). */
  readonly kind: Pick<Kind, 'group' | 'version' | 'kind' | 'type'>;
  /** Kinds that are served: what is sent in their name is known and cannot be converted; what is not is unregistered. */
  readonly known?: (apiVersion: string, kind: string) => boolean;
}

/**
 * The object that is sent, without what its type does not have; absent apiVersion and kind are filled in.
 * @param validation as the request asks (fieldValidation); before 1.25 nothing is validated.
 * @returns with warnings for the client under `Warn`.
 * @throws ApiError BadRequest, UnsupportedMediaType
 */
export function readObject(
  bytes: Buffer,
  contentType: string,
  { schema, kind, known = () => false }: Expected,
  validation: FieldValidation = 'Warn',
): { object: KubeObject; warnings: string[] } {
  const unrecognized = (why: string) => badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): ${why} (${summary(bytes)})`);
  const decoded = attempt(() => decodeBody(bytes, contentType, schema), unrecognized);
  const why = unreadable(decoded.object);
  if (why !== undefined) throw unrecognized(why);
  const { object, unknown, wrong } = judgeObject((decoded.object ?? {}) as Record<string, unknown>, { schema, kind, known });
  const cannot = (because: string) =>
    badRequest(`${object.kind} in version "${object.apiVersion.split('/').at(-1)}" cannot be handled as a ${kind.kind}: ${because}`);
  if (wrong !== undefined) throw cannot(wrong);
  const faults = faultsOf(schema, validation, unknown, decoded.duplicates);
  if (validation === 'Strict' && faults.length > 0) throw cannot(`strict decoding error: ${faults.join(', ')}`);
  return { object, warnings: faults };
}

function attempt<T>(call: () => T, wrap: (message: string) => Error): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof BodyError ? wrap(error.message) : error;
  }
}

export interface Judged {
  readonly object: KubeObject;
  /** What strict decoding tells beside the body's own doubled keys: `unknown field "spec.x"`. */
  readonly unknown: readonly string[];
  /** Why it is not such an object: the reason alone, without the words around it. */
  readonly wrong: string | undefined;
}

/**
 * A decoded value as an object of the kind: what readObject does after decoding, and what becomes of a patched object.
 * @param by see shapeOf
 */
export function judgeObject(
  value: Record<string, unknown>,
  { schema, kind, known = () => false }: Expected,
  by: 'decoding' | 'converting' = 'decoding',
): Judged {
  const expected = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const apiVersion = (value['apiVersion'] as string | null | undefined) || expected;
  const kindSent = (value['kind'] as string | null | undefined) || kind.kind;
  const object = { ...prune(schema, kind.type, value), apiVersion, kind: kindSent } as unknown as KubeObject;
  if (apiVersion !== expected || kindSent !== kind.kind) {
    const registered = known(apiVersion, kindSent);
    const wrong = registered
      ? `converting (${apiVersion.split('/').at(-1)}.${kindSent}) to (core.${kind.kind}): unknown conversion`
      : `no kind "${kindSent}" is registered for version "${apiVersion}" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`;
    return { object, unknown: [], wrong };
  }
  const { unknown, wrong } = shapeOf(schema, kind.type, value, by);
  return { object, unknown: unknown.map((path) => `unknown field "${path}"`), wrong };
}

/** What strict decoding tells, as far as the request wants to hear it. */
export const faultsOf = (schema: Schema, validation: FieldValidation, ...faults: (readonly string[])[]): string[] =>
  schema.minor < 25 || validation === 'Ignore' ? [] : [...new Set(faults.flat())].slice(0, MAX_STRICT_ERRORS);
