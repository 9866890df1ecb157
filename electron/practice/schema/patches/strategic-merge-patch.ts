// Strategic merge patch: lists are merged by the keys that the types tell, and directives in the patch say what else happens.
// apimachinery, pkg/util/strategicpatch/patch.go;
// https://github.com/kubernetes/community/blob/main/contributors/devel/sig-api-machinery/strategic-merge-patch.md
import type { Field, ObjectType, Schema, TypeRef } from '../schema.ts';
import { goFormat, goKind } from './go-format.ts';
import type { JsonObject } from './json-patch.ts';
import { inOrder, type IndexIn } from './list-order.ts';

/** @property code 400 for a patch of a wrong format; 500 for what the real server did not foresee, with Go's error as its message. */
export class BadPatch extends Error {
  readonly code: 400 | 500;
  constructor(code: 400 | 500, message: string) {
    super(message);
    this.code = code;
  }
}

const DIRECTIVE = '$patch';
const RETAIN = '$retainKeys';
const DELETE_FROM = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const unexpected = (message: string) => new BadPatch(500, message);

function badType(directive: unknown, patch: JsonObject): BadPatch {
  const shown = typeof directive === 'string' ? directive : `%!s(${goKind(directive)}=${goFormat(directive)})`;
  return unexpected(`unknown patch type: ${shown} in map: ${goFormat(patch)}`);
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw unexpected(`expected a []interface {}, but received a ${goKind(value)}`);
}

interface Context {
  readonly schema: Schema;
  /** undefined below fields that the types do not have. */
  readonly type: ObjectType | undefined;
}

const typeOf = (schema: Schema, ref: TypeRef | undefined): ObjectType | undefined => (ref?.kind === 'object' ? schema.type(ref.type) : undefined);
const below = ({ schema, type }: Context, name: string): { field: Field | undefined; context: Context } => {
  const field = type?.fields.get(name);
  return { field, context: { schema, type: typeOf(schema, field?.type.kind === 'list' ? field.type.of : field?.type) } };
};

function keyOf(item: unknown, mergeKey: string): unknown {
  if (!isObject(item)) throw unexpected(`expected a map[string]interface {}, but received a ${goKind(item)}`);
  if (!Object.hasOwn(item, mergeKey)) throw unexpected(`map: ${goFormat(item)} does not contain declared merge key: ${mergeKey}`);
  return item[mergeKey];
}

const indexBy = (mergeKey: string | undefined): IndexIn => {
  if (mergeKey === undefined) return (list, item) => list.indexOf(item);
  return (list, item) => {
    const key = keyOf(item, mergeKey);
    return list.findIndex((other) => keyOf(other, mergeKey) === key);
  };
};

function checkSameKind(lists: readonly (readonly unknown[])[]): void {
  const kinds = new Set(lists.flat().map((item) => goKind(item)));
  if (kinds.size > 1) throw unexpected(`list element types are not identical: ${goFormat(lists)}`);
  if (kinds.has('[]interface {}')) throw unexpected('lists of lists are not supported');
}

/** A part of a patch where the object has nothing: since 1.26 without its directives and nulls, before as it stands. */
function fresh(value: unknown, schema: Schema): unknown {
  if (schema.minor < 26) return value;
  if (Array.isArray(value)) return value.filter((item) => !(isObject(item) && item[DIRECTIVE] === 'delete')).map((item) => fresh(item, schema));
  if (!isObject(value)) return value;
  const isDirective = (key: string) => key === DIRECTIVE || key === RETAIN || key.startsWith(DELETE_FROM) || key.startsWith(SET_ORDER);
  const kept = Object.entries(value).filter(([key, item]) => item !== null && !isDirective(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, fresh(item, schema)]));
}

/** Lists of plain values: what is new comes to what is there. */
const united = (original: readonly unknown[], patch: readonly unknown[]): unknown[] => [...new Set([...original, ...patch])];

/** @returns the list, and the items of the patch that have a say in its order. */
function mergeByKey(original: readonly unknown[], patch: readonly unknown[], mergeKey: string, context: Context): Record<'merged' | 'named', unknown[]> {
  const plain: JsonObject[] = [];
  let kept = original;
  let replaced = false;
  for (const item of patch as JsonObject[]) {
    const directive = item[DIRECTIVE];
    if (directive === undefined) plain.push(item);
    else if (directive === 'delete') {
      const key = keyOf(item, mergeKey);
      kept = kept.filter((other) => keyOf(other, mergeKey) !== key);
    } else if (directive === 'replace') replaced = true;
    else if (directive === 'merge') throw unexpected('merging lists cannot yet be specified in the patch');
    else throw badType(directive, item);
  }
  if (replaced) return { merged: plain, named: [] };
  const merged = [...kept];
  const indexIn = indexBy(mergeKey);
  for (const item of plain) {
    const at = indexIn(merged, item);
    if (at >= 0) merged[at] = mergeObject(merged[at] as JsonObject, item, context);
    else merged.push(fresh(item, context.schema));
  }
  return { merged, named: plain };
}

function mergeList(original: readonly unknown[], patch: readonly unknown[], field: Field | undefined, context: Context): unknown[] {
  if (!field?.patch?.strategy.includes('merge')) return [...patch];
  if (original.length === 0 && patch.length === 0) return [];
  checkSameKind([original, patch]);
  if (!isObject(original[0] ?? patch[0])) return inOrder(united(original, patch), patch, original, indexBy(undefined));
  const mergeKey = field.patch.mergeKey ?? '';
  const { merged, named } = mergeByKey(original, patch, mergeKey, context);
  return inOrder(merged, named, original, indexBy(mergeKey));
}

/** What the patch names has to be in the order that $setElementOrder tells. */
function checkOrder(patch: readonly unknown[], order: readonly unknown[], mergeKey: string | undefined): void {
  const named = patch.filter((item) => !(isObject(item) && item[DIRECTIVE] === 'delete'));
  const same = mergeKey === undefined ? (a: unknown, b: unknown) => a === b : (a: unknown, b: unknown) => keyOf(a, mergeKey) === keyOf(b, mergeKey);
  let at = 0;
  for (const item of order) if (at < named.length && same(named[at], item)) at++;
  if (at < named.length) {
    throw unexpected(`The order in patch list:\n${goFormat(patch)}\n doesn't match $setElementOrder list:\n${goFormat(order)}\n`);
  }
}

/** A list whose order the patch tells, and its changes, if there are any. */
function orderedList(original: unknown, patch: unknown, order: readonly unknown[], field: Field | undefined, context: Context): unknown[] {
  const before = original === undefined ? undefined : listOf(original);
  const changes = patch === undefined ? undefined : listOf(patch);
  const mergeKey = field?.patch?.mergeKey;
  checkOrder(changes ?? [], order, mergeKey);
  const added = before ?? (fresh(changes ?? [], context.schema) as unknown[]);
  const merged = before && changes ? mergeList(before, changes, field, context) : added;
  return inOrder(merged, order, before ?? [], indexBy(mergeKey));
}

/** Only what $retainKeys names stays, and the patch may set nothing else. */
function retainedOf(original: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch[RETAIN];
  if (keys === undefined) return original;
  const wrong = () => new BadPatch(400, 'invalid patch format of retainKeys');
  if (!Array.isArray(keys)) throw wrong();
  for (const [name, value] of Object.entries(patch)) {
    const directive = name === RETAIN || name.startsWith(DELETE_FROM) || name.startsWith(SET_ORDER);
    if (!directive && value !== null && !keys.includes(name)) throw wrong();
  }
  return Object.fromEntries(Object.entries(original).filter(([name]) => keys.includes(name)));
}

function mergeValue(original: unknown, patch: unknown, name: string, parent: Context): unknown {
  const { field, context } = below(parent, name);
  if (original === undefined) return fresh(patch, context.schema);
  if (isObject(original) && isObject(patch)) {
    return field?.patch?.strategy.includes('replace') ? patch : mergeObject(original, patch, context);
  }
  if (Array.isArray(original) && Array.isArray(patch)) return mergeList(original, patch, field, context);
  return patch;
}

function mergeObject(original: JsonObject, patch: JsonObject, context: Context): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive === 'replace') return Object.fromEntries(Object.entries(patch).filter(([name]) => name !== DIRECTIVE));
  if (directive === 'delete') return {};
  if (directive !== undefined) throw badType(directive, patch);
  const merged = new Map(Object.entries(retainedOf(original, patch)));
  const done = new Set([RETAIN]);
  for (const [directiveName, order] of Object.entries(patch)) {
    if (!directiveName.startsWith(SET_ORDER)) continue;
    const name = directiveName.slice(SET_ORDER.length);
    done.add(directiveName).add(name);
    const inner = below(context, name);
    if (merged.has(name) || patch[name] !== undefined) {
      merged.set(name, orderedList(merged.get(name), patch[name], listOf(order), inner.field, inner.context));
    }
  }
  for (const [name, value] of Object.entries(patch)) {
    if (done.has(name)) continue;
    if (name.startsWith(DELETE_FROM)) {
      const list = name.slice(DELETE_FROM.length);
      const present = merged.get(list);
      if (Array.isArray(present)) merged.set(list, Array.isArray(value) ? present.filter((item) => !value.includes(item)) : value);
    } else if (value === null) merged.delete(name);
    else if (!merged.has(name) && context.schema.minor >= 26 && isObject(value) && value[DIRECTIVE] === 'delete') continue;
    else merged.set(name, mergeValue(merged.get(name), value, name, context));
  }
  return Object.fromEntries(merged);
}

/**
 * @param typeName of the object. @param patch decoded.
 * @returns a new object; neither is changed, and parts of both may be in it.
 * @throws BadPatch
 */
export function strategicMergePatch(schema: Schema, typeName: string, object: JsonObject, patch: JsonObject): JsonObject {
  return mergeObject(object, patch, { schema, type: schema.type(typeName) });
}
