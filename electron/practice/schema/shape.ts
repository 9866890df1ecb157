// Whether a value has the shape of its type: what the API server finds when it decodes into its Go types.
import { timeFault, quantityFault } from './scalars.ts';
import { goKind } from './patches/go-format.ts';
import type { Field, Schema, TypeRef } from './schema.ts';

export interface Shape {
  /** Paths of fields that the type does not have: `spec.containers[0].imagePullPolcy`. What is in them is not looked at. */
  readonly unknown: readonly string[];
  /** The first value of a wrong type, in encoding/json's words. */
  readonly wrong: string | undefined;
}

/** How a value of another type is told. */
type Mismatch = (what: string, type: TypeRef, place: Place, value: unknown) => string;

interface Walk {
  readonly schema: Schema;
  readonly mismatch: Mismatch;
  readonly unknown: string[];
  wrong: string | undefined;
}

/** Where a value is: for errors about fields (`spec.containers[0]`), and for Go's about types (`ContainerPort.spec.containers.ports`). */
interface Place {
  readonly path: string;
  readonly struct: string;
  readonly names: readonly string[];
}

/** A value that Go's own UnmarshalJSON refuses: it ends the decoding, and wins over what was found before. */
class Refused extends Error {}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

const scalarGoTypes = {
  boolean: 'bool',
  number: 'float64',
  bytes: '[]uint8',
  quantity: 'resource.Quantity',
  'int-or-string': 'intstr.IntOrString',
  time: 'v1.Time',
  'micro-time': 'v1.MicroTime',
  any: 'v1.FieldsV1',
} as const;

function goType(type: TypeRef): string {
  if (type.kind === 'string') return type.go === undefined ? 'string' : `v1.${type.go}`;
  if (type.kind === 'integer') return `int${type.bits}`;
  if (type.kind === 'object') return `v1.${type.type.slice(type.type.lastIndexOf('.') + 1)}`;
  if (type.kind === 'list') return `[]${goType(type.of)}`;
  if (type.kind === 'map') return type.of.kind === 'quantity' ? 'v1.ResourceList' : `map[string]${goType(type.of)}`;
  return scalarGoTypes[type.kind];
}

/** encoding/json's UnmarshalTypeError. */
const decoding: Mismatch = (what, type, { struct, names }) =>
  `json: cannot unmarshal ${what} into Go struct field ${struct}.${names.join('.')} of type ${goType(type)}`;

/** What DefaultUnstructuredConverter says of a strategic merge patch's result (apimachinery, pkg/runtime/converter.go). */
const converting: Mismatch = (_, type, __, value) => {
  if (type.kind === 'object') return `cannot restore struct from: ${goKind(value, true)}`;
  if (type.kind === 'map') return `cannot restore map from ${goKind(value, true)}`;
  if (type.kind === 'list' || type.kind === 'bytes') return `cannot restore slice from ${goKind(value, true)}`;
  // Go converts whole numbers to strings and numbers to numbers, which the converter then refuses in words of its own.
  if (typeof value === 'number' && (type.kind === 'integer' || (type.kind === 'string' && Number.isInteger(value)))) {
    return `cannot convert ${goKind(value)} to ${goType(type)}`;
  }
  return `unrecognized type: ${type.kind === 'string' ? 'string' : goType(type)}`;
};

function mismatch(walk: Walk, what: string, type: TypeRef, place: Place, value: unknown): void {
  walk.wrong ??= walk.mismatch(what, type, place, value);
}

/** A value that decodes itself, from a string or from what stands there. */
function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new Refused(fault);
}

function checkInteger(walk: Walk, value: unknown, type: TypeRef & { kind: 'integer' }, place: Place): void {
  if (typeof value !== 'number') return mismatch(walk, jsonKind(value), type, place, value);
  const limit = 2 ** (type.bits - 1);
  if (!Number.isInteger(value) || value < -limit || value >= limit) mismatch(walk, `number ${value}`, type, place, value);
}

function checkBytes(walk: Walk, value: unknown, type: TypeRef, place: Place): void {
  if (typeof value !== 'string') return mismatch(walk, jsonKind(value), type, place, value);
  const plain = value.replaceAll(/[\r\n]/g, '');
  const bad = /[^A-Za-z0-9+/]/.exec(plain.replace(/={0,2}$/, ''));
  if (bad || plain.length % 4 !== 0) refuse(`illegal base64 data at input byte ${bad ? bad.index : plain.length - (plain.length % 4)}`);
}

function checkScalar(walk: Walk, value: unknown, type: Exclude<TypeRef, { kind: 'object' | 'list' | 'map' }>, place: Place): void {
  switch (type.kind) {
    case 'string':
    case 'boolean':
    case 'number':
      if (typeof value !== type.kind) mismatch(walk, jsonKind(value), type, place, value);
      return;
    case 'integer':
      return checkInteger(walk, value, type, place);
    case 'bytes':
      return checkBytes(walk, value, type, place);
    case 'quantity':
      return refuse(quantityFault(typeof value === 'string' || typeof value === 'number' ? String(value) : jsonKind(value)));
    case 'int-or-string':
      if (typeof value === 'string' || (Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31)) return;
      return refuse(`json: cannot unmarshal ${jsonKind(value)}${typeof value === 'number' ? ` ${value}` : ''} into Go value of type int32`);
    case 'time':
    case 'micro-time':
      if (typeof value === 'string') return refuse(timeFault(value, type.kind));
      return refuse(`json: cannot unmarshal ${jsonKind(value)} into Go value of type string`);
    case 'any':
  }
}

function check(walk: Walk, value: unknown, type: TypeRef, place: Place): void {
  if (value === null || value === undefined) return;
  if (type.kind === 'object') {
    if (isObject(value)) checkFields(walk, value, type.type, place);
    else mismatch(walk, jsonKind(value), type, place, value);
  } else if (type.kind === 'list') {
    if (!Array.isArray(value)) return mismatch(walk, jsonKind(value), type, place, value);
    for (const [index, item] of value.entries()) check(walk, item, type.of, { ...place, path: `${place.path}[${index}]` });
  } else if (type.kind === 'map') {
    if (!isObject(value)) return mismatch(walk, jsonKind(value), type, place, value);
    for (const [key, item] of Object.entries(value)) check(walk, item, type.of, { ...place, path: `${place.path}.${key}` });
  } else checkScalar(walk, value, type, place);
}

function checkFields(walk: Walk, object: Record<string, unknown>, typeName: string, place: Place): void {
  const { fields } = walk.schema.type(typeName);
  for (const [name, value] of Object.entries(object)) {
    const path = place.path === '' ? name : `${place.path}.${name}`;
    const field = fields.get(name);
    if (field) check(walk, value, field.type, { path, struct: typeName.slice(typeName.lastIndexOf('.') + 1), names: [...place.names, name] });
    else walk.unknown.push(path);
  }
}

/**
 * Field names are compared exactly: case-insensitive matches are unknown (kjson.UnmarshalCaseSensitivePreserveInts).
 * @param by whether the server decodes the object, or converts it from a map, as it does after a strategic merge patch: its words differ.
 */
export function shapeOf(schema: Schema, typeName: string, object: Record<string, unknown>, by: 'decoding' | 'converting' = 'decoding'): Shape {
  const walk: Walk = { schema, mismatch: by === 'decoding' ? decoding : converting, unknown: [], wrong: undefined };
  try {
    checkFields(walk, object, typeName, { path: '', struct: '', names: [] });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    walk.wrong = error.message;
  }
  return walk;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : value === '' || value === 0 || value === false;
}

/** What Go makes of null where a value has to be: in lists and maps. */
function zeroOf(type: TypeRef): unknown {
  if (type.kind === 'string' || type.kind === 'bytes') return '';
  if (type.kind === 'integer' || type.kind === 'number' || type.kind === 'int-or-string') return 0;
  if (type.kind === 'quantity') return '0';
  if (type.kind === 'boolean') return false;
  return type.kind === 'list' ? [] : type.kind === 'time' || type.kind === 'micro-time' ? null : {};
}

function kept(schema: Schema, value: unknown, type: TypeRef): unknown {
  if (value === null || value === undefined) return zeroOf(type);
  if (type.kind === 'object' && isObject(value)) return prune(schema, type.type, value);
  if (type.kind === 'list' && Array.isArray(value)) return value.map((item) => kept(schema, item, type.of));
  if (type.kind === 'map' && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, kept(schema, item, type.of)]));
  }
  return value;
}

/** `omitempty`: what is required has to be written, and objects are pointers or written always. */
const isOmitted = ({ type, required, pointer }: Field, value: unknown) => !required && !pointer && type.kind !== 'object' && isEmpty(value);

/**
 * The object as it is after the server has read it into its Go types and written it again: without unknown fields, nulls, and the empty
 * values that those types cannot tell from nothing. A copy; what is of a wrong shape (shapeOf tells) stays as it is.
 */
export function prune(schema: Schema, typeName: string, object: Record<string, unknown>): Record<string, unknown> {
  const { fields } = schema.type(typeName);
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => {
      const field = fields.get(name);
      if (!field || value === undefined) return [];
      // A time that is no pointer is written though it has none.
      if (value === null) return /time/.test(field.type.kind) && !field.pointer ? [[name, null]] : [];
      return isOmitted(field, value) ? [] : [[name, kept(schema, value, field.type)]];
    }),
  );
}
