// The fields of objects by their structure: which ones an object has, in which two objects differ, two objects merged, fields taken away.
// As structured-merge-diff does it (typed/{tofieldset,merge,remove}.go).
import { isDeepStrictEqual } from 'node:util';
import { below, EMPTY, fieldElement, isEmpty, type FieldSet } from './field-set.ts';
import { isFields, structureOf, type Json, type Shape, type Structure } from './structure.ts';

/** A list has two items of the same key: `.spec.ports: duplicate entries for key ...`. */
export class DuplicateItem extends Error {
  readonly element: string;
  constructor(element: string) {
    super(`duplicate entries for key ${element}`);
    this.element = element;
  }
}

/** Fields that Go writes though nobody set them, since they are no pointers: they are never new, only what is in them. */
const ALWAYS_THERE: Readonly<Record<string, readonly string[]>> = {
  PodSpec: ['containers'],
  Container: ['resources'],
  EphemeralContainer: ['resources'],
  Event: ['involvedObject', 'source'],
  ServiceStatus: ['loadBalancer'],
  NodeStatus: ['daemonEndpoints', 'nodeInfo'],
  NodeDaemonEndpoints: ['kubeletEndpoint'],
  PodTemplateSpec: ['metadata', 'spec'],
};
const AT_THE_TOP = ['metadata', 'spec', 'status'];

const isTime = ({ type }: Shape) => type.kind === 'time' || type.kind === 'micro-time';
const nothingIn = (value: unknown) =>
  value === undefined || value === null || (Array.isArray(value) ? value.length === 0 : isFields(value) && Object.keys(value).length === 0);

/** The fields of one value as the type's Go struct would have them: null is absent, but for times, which are written as null. */
function fieldsOf(value: unknown, shape: Shape): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  if (!isFields(value)) return fields;
  for (const [name, field] of Object.entries(value)) if (field !== undefined) fields.set(name, field);
  if (shape.type.kind !== 'object') return fields;
  const type = shape.schema.type(shape.type.type);
  const always = [...(ALWAYS_THERE[type.name] ?? []), ...(type.fields.has('apiVersion') && type.fields.has('metadata') ? AT_THE_TOP : [])];
  for (const name of always) {
    const field = type.fields.get(name);
    if (field && (fields.get(name) ?? null) === null) fields.set(name, field.type.kind === 'list' ? [] : {});
  }
  return fields;
}

/** List items by element, in their order. @throws DuplicateItem before 1.30, which takes the last one. */
function itemsOf(value: unknown, structure: Structure & { kind: 'items' }): Map<string, unknown> {
  const items = new Map<string, unknown>();
  for (const [index, item] of (Array.isArray(value) ? value : []).entries()) {
    const element = structure.elementOf(item, index);
    if (items.has(element) && structure.shape.schema.minor < 30) throw new DuplicateItem(element);
    items.set(element, item);
  }
  return items;
}

/** The parts of a value by element, with their shapes; undefined for what is owned as a whole. */
function partsOf(value: unknown, shape: Shape, structure: Structure): Map<string, { value: unknown; shape: Shape }> {
  const parts = new Map<string, { value: unknown; shape: Shape }>();
  if (structure.kind === 'items') for (const [element, item] of itemsOf(value, structure)) parts.set(element, { value: item, shape: structure.shape });
  if (structure.kind === 'fields')
    for (const [name, field] of fieldsOf(value, shape)) {
      const of = structure.shapeOf(name);
      if (of && (field !== null || isTime(of))) parts.set(fieldElement(name), { value: field, shape: of });
    }
  return parts;
}

/**
 * The paths of everything that an object says, as a configuration that is applied owns it.
 * @throws DuplicateItem, UnkeyedItem
 */
export function fieldsSaid(value: unknown, shape: Shape): FieldSet {
  const structure = structureOf(shape, value);
  if (structure.kind === 'whole') return { member: true, children: new Map() };
  const children = new Map<string, FieldSet>();
  const put = (element: string, item: unknown, of: Shape, own: boolean) => {
    const child = fieldsSaid(item, of);
    const set = own ? { ...child, member: true } : child;
    if (!isEmpty(set)) children.set(element, set);
  };
  if (structure.kind === 'items') for (const [element, item] of itemsOf(value, structure)) put(element, item, structure.shape, true);
  else if (isFields(value))
    for (const [name, field] of Object.entries(value)) {
      const of = structure.shapeOf(name);
      // Since 1.21 `data: {}` is something said; before, it says nothing.
      if (of) put(fieldElement(name), field, of, !structure.declared || (shape.schema.minor >= 21 && !Array.isArray(field) && nothingIn(field)));
    }
  return { member: false, children };
}

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const NO_CHANGE: Comparison = { added: EMPTY, modified: EMPTY, removed: EMPTY };
const MEMBER: FieldSet = { member: true, children: new Map() };

/**
 * The paths in which two values differ; what came or went as a whole is in it with everything that it has.
 * @param before undefined: not there
 * @throws DuplicateItem, UnkeyedItem
 */
export function compare(before: unknown, after: unknown, shape: Shape): Comparison {
  const structure = structureOf(shape, after ?? before);
  if (structure.kind === 'whole' || (nothingIn(before) && nothingIn(after))) {
    if (before === undefined) return after === undefined ? NO_CHANGE : { ...NO_CHANGE, added: MEMBER };
    if (after === undefined) return { ...NO_CHANGE, removed: MEMBER };
    return isDeepStrictEqual(before, after) || (nothingIn(before) && nothingIn(after)) ? NO_CHANGE : { ...NO_CHANGE, modified: MEMBER };
  }
  const then = partsOf(before, shape, structure);
  const now = partsOf(after, shape, structure);
  const found = { added: new Map<string, FieldSet>(), modified: new Map<string, FieldSet>(), removed: new Map<string, FieldSet>() };
  for (const element of new Set([...then.keys(), ...now.keys()])) {
    const part = now.get(element) ?? then.get(element);
    if (!part) continue;
    const was = then.get(element)?.value;
    const is = now.get(element)?.value;
    // A time that is not there and one that is null are the same in Go.
    if (before !== undefined && after !== undefined && isTime(part.shape) && nothingIn(was) && nothingIn(is)) continue;
    const changes = compare(was, is, part.shape);
    for (const kind of ['added', 'modified', 'removed'] as const) if (!isEmpty(changes[kind])) found[kind].set(element, changes[kind]);
  }
  return {
    added: { member: before === undefined, children: found.added },
    modified: { member: false, children: found.modified },
    removed: { member: after === undefined, children: found.removed },
  };
}

/** The order of the merged list: before 1.29 what is there first; then as it is applied, with what is only there kept in between. */
function mergedOrder(live: readonly string[], applied: readonly string[], minor: number): string[] {
  const asked = new Set(applied);
  if (minor < 29) return [...live, ...applied.filter((element) => !live.includes(element))];
  const here = new Set(live);
  const shared = applied.filter((element) => here.has(element));
  const order: string[] = [];
  let l = 0;
  let next = 0;
  for (const element of applied) {
    // Up to the next item that both have, in the order that is applied, go those that only the live list has.
    while (l < live.length && live[l] !== shared[next]) {
      const own = live[l++];
      if (own !== undefined && !asked.has(own)) order.push(own);
    }
    order.push(element);
    if (element === shared[next]) {
      next++;
      l++;
    }
  }
  return [...order, ...live.slice(l).filter((element) => !asked.has(element))];
}

/** What is applied, laid over what is there: one value for each path, the applied one where both have it. */
export function merge(live: unknown, applied: unknown, shape: Shape): unknown {
  if (applied === undefined) return live;
  const structure = structureOf(shape, applied ?? live);
  if (structure.kind === 'whole' || (nothingIn(live) && nothingIn(applied))) return applied;
  if (applied === null) return live;
  if (structure.kind === 'items') {
    const there = itemsOf(live, structure);
    const asked = itemsOf(applied, structure);
    return mergedOrder([...there.keys()], [...asked.keys()], shape.schema.minor).map((element) =>
      merge(there.get(element), asked.get(element), structure.shape),
    );
  }
  const from: Json = isFields(live) ? live : {};
  const to: Json = isFields(applied) ? applied : {};
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const of = structure.shapeOf(name);
      const merged = of ? merge(from[name], to[name], of) : from[name];
      return merged === undefined || merged === null ? [] : [[name, merged]];
    }),
  );
}

/** The value without the paths of the set; undefined when nothing is left of it. */
export function removeFields(value: unknown, set: FieldSet, shape: Shape): unknown {
  const structure = structureOf(shape, value);
  if (structure.kind === 'whole') return value;
  const left = (element: string, part: unknown, of: Shape | undefined): unknown => {
    const under = below(set, [element]);
    if (under.member) return undefined;
    return of && !isEmpty(under) ? removeFields(part, under, of) : part;
  };
  if (structure.kind === 'items') {
    const items = Array.isArray(value) ? value : [];
    const kept = items.map((item, index) => left(structure.elementOf(item, index), item, structure.shape)).filter((item) => item !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  if (!isFields(value)) return undefined;
  const kept = Object.entries(value)
    .map(([name, field]) => [name, left(fieldElement(name), field, structure.shapeOf(name))] as const)
    .filter(([, field]) => field !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
