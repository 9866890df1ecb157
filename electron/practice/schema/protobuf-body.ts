// Objects as protobuf, which kubectl's typed commands (`create namespace`, `auth can-i`) send since 1.32: an envelope with the version and the
// kind, and in it the message of the type, read by the numbers in the type tables. Answers are JSON, which those clients take as well.
// apimachinery, pkg/runtime/serializer/protobuf; the messages: k8s.io/api/*/generated.proto
import protobuf from 'protobufjs/minimal.js';
import { microTimestamp, timestamp } from '../clock.ts';
import type { Field, ObjectType, Schema, TypeRef } from './schema.ts';

export class ProtobufError extends Error {}

/** What every such body begins with. */
const MAGIC = Buffer.from('k8s\0');
/** No object is nested deeper; what is would end our stack. */
const MAX_DEPTH = 100;

type Json = Record<string, unknown>;
const LENGTH_DELIMITED = 2;

const inner = (reader: protobuf.Reader): protobuf.Reader => protobuf.Reader.create(reader.bytes());
/** 64 bits as far as a number of JavaScript goes. */
const integer = (value: unknown): number => Number(value);

/** Calls back for every field of a message; what that does not read is skipped. */
function each(reader: protobuf.Reader, read: (field: number, wire: number) => boolean): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!read(tag >>> 3, tag & 7)) reader.skipType(tag & 7);
  }
}

/** Time { seconds = 1; nanos = 2 }; an empty message is no time. */
function time(reader: protobuf.Reader, micro: boolean): string | null {
  let seconds: number | undefined;
  let nanos = 0;
  each(reader, (field) => {
    if (field === 1) seconds = integer(reader.int64());
    else if (field === 2) nanos = reader.int32();
    return field <= 2;
  });
  if (seconds === undefined) return null;
  const date = new Date(seconds * 1000 + Math.floor(nanos / 1e6));
  if (Number.isNaN(date.getTime())) throw new ProtobufError('proto: time out of range');
  return micro ? microTimestamp(date) : timestamp(date);
}

/** IntOrString { type = 1; intVal = 2; strVal = 3 } */
function intOrString(reader: protobuf.Reader): number | string {
  let [isString, number, text] = [false, 0, ''];
  each(reader, (field) => {
    if (field === 1) isString = integer(reader.int64()) === 1;
    else if (field === 2) number = reader.int32();
    else if (field === 3) text = reader.string();
    return field <= 3;
  });
  return isString ? text : number;
}

/** Quantity { string = 1 }, FieldsV1 { Raw = 1 } */
function onlyField(reader: protobuf.Reader): string {
  let text = '';
  each(reader, (field) => {
    if (field === 1) text = reader.string();
    return field === 1;
  });
  return text;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    throw new ProtobufError('proto: invalid FieldsV1');
  }
}

function value(reader: protobuf.Reader, type: TypeRef, schema: Schema, depth: number): unknown {
  switch (type.kind) {
    case 'string':
      return reader.string();
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64');
    case 'boolean':
      return reader.bool();
    case 'integer':
      return type.bits === 32 ? reader.int32() : integer(reader.int64());
    case 'number':
      return reader.double();
    case 'quantity':
      return onlyField(inner(reader));
    case 'int-or-string':
      return intOrString(inner(reader));
    case 'time':
    case 'micro-time':
      return time(inner(reader), type.kind === 'micro-time');
    case 'any':
      return parsed(onlyField(inner(reader)));
    case 'object': {
      const object: Json = {};
      message(inner(reader), schema.type(type.type), [], object, schema, depth + 1);
      return object;
    }
    // Of their own, lists and maps stand in no message: see fill.
    case 'list':
    case 'map':
      return undefined;
  }
}

/** A map's entry: { key = 1; value = 2 } */
function entry(reader: protobuf.Reader, of: TypeRef, schema: Schema, depth: number): [string, unknown] {
  let key = '';
  let item: unknown;
  each(reader, (field) => {
    if (field === 1) key = reader.string();
    else if (field === 2) item = value(reader, of, schema, depth);
    return field <= 2;
  });
  return [key, item ?? (of.kind === 'string' || of.kind === 'bytes' ? '' : undefined)];
}

function fill(reader: protobuf.Reader, { name, type }: Field, wire: number, object: Json, schema: Schema, depth: number): void {
  if (type.kind === 'list') {
    const list = (object[name] ??= []) as unknown[];
    // Lists of numbers may come in one piece.
    const packed = wire === LENGTH_DELIMITED && (type.of.kind === 'integer' || type.of.kind === 'boolean');
    if (!packed) list.push(value(reader, type.of, schema, depth));
    else for (const items = inner(reader); items.pos < items.len; ) list.push(value(items, type.of, schema, depth));
  } else if (type.kind === 'map') {
    const [key, item] = entry(inner(reader), type.of, schema, depth);
    object[name] = Object.fromEntries([...Object.entries((object[name] ?? {}) as Json), [key, item]]);
  } else object[name] = value(reader, type, schema, depth);
}

/** @param above the numbers of the embedded messages that this is in: their fields stand in the object itself. */
function message(reader: protobuf.Reader, type: ObjectType, above: readonly number[], object: Json, schema: Schema, depth: number): void {
  if (depth > MAX_DEPTH) throw new ProtobufError('proto: nested too deep');
  const own = [...type.fields.values()].filter(({ proto }) => proto && above.every((number, index) => proto[index] === number));
  each(reader, (number, wire) => {
    const here = own.filter(({ proto }) => proto?.[above.length] === number);
    const field = here.find(({ proto }) => proto?.length === above.length + 1);
    if (field) fill(reader, field, wire, object, schema, depth);
    else if (here.length > 0 && wire === LENGTH_DELIMITED) message(inner(reader), type, [...above, number], object, schema, depth + 1);
    return here.length > 0;
  });
}

/** runtime.Unknown { typeMeta = 1 { apiVersion = 1; kind = 2 }; raw = 2 } */
function envelope(reader: protobuf.Reader): { apiVersion: string; kind: string; raw: Uint8Array } {
  const found: { apiVersion: string; kind: string; raw: Uint8Array } = { apiVersion: '', kind: '', raw: new Uint8Array() };
  each(reader, (field) => {
    if (field === 1) {
      const meta = inner(reader);
      each(meta, (part) => {
        if (part === 1) found.apiVersion = meta.string();
        else if (part === 2) found.kind = meta.string();
        return part <= 2;
      });
    } else if (field === 2) found.raw = reader.bytes();
    return field <= 2;
  });
  return found;
}

/**
 * @returns the object as JSON has it; of a kind that no table has, its version and kind alone.
 * @throws ProtobufError
 */
export function decodeProtobuf(bytes: Uint8Array, schema: Schema): Json {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  try {
    const { apiVersion, kind, raw } = envelope(protobuf.Reader.create(bytes.subarray(MAGIC.length)));
    const object: Json = { apiVersion, kind };
    const type = schema.types.get(apiVersion.startsWith('events.k8s.io/') ? `events.${kind}` : kind);
    if (type) message(protobuf.Reader.create(raw), type, [], object, schema, 0);
    return object;
  } catch (error) {
    // The reader's own: an index beyond the end, or a wire type that is none.
    if (!(error instanceof ProtobufError)) throw new ProtobufError('unexpected EOF');
    throw error;
  }
}
