// Sets of field paths, and how managedFields writes them (FieldsV1): `f:name` a field or key, `k:{"name":"c"}` an item of a list by its keys,
// `v:"x"` an item of a set by its value, `.` the thing itself beside what is in it.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management ; structured-merge-diff, fieldpath/serialize.go

export interface FieldSet {
  /** The path that ends here is in the set. */
  readonly member: boolean;
  /** By element: `f:spec`. None of them is empty. */
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const EMPTY: FieldSet = { member: false, children: new Map() };
const MEMBER: FieldSet = { member: true, children: new Map() };

export const isEmpty = ({ member, children }: FieldSet): boolean => !member && children.size === 0;

export const fieldElement = (name: string): string => `f:${name}`;
export const valueElement = (value: unknown): string => `v:${JSON.stringify(value)}`;

/** @param keys of one list item; they are written in the order of their names. */
export const keyElement = (keys: Readonly<Record<string, unknown>>): string =>
  `k:${JSON.stringify(Object.fromEntries(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1))))}`;

/** The set with the one path. */
export function singlePath(path: readonly string[]): FieldSet {
  return path.reduceRight<FieldSet>((below, element) => ({ member: false, children: new Map([[element, below]]) }), MEMBER);
}

/** What is in the set below a path. */
export function below(set: FieldSet, path: readonly string[]): FieldSet {
  let at: FieldSet | undefined = set;
  for (const element of path) at = at?.children.get(element);
  return at ?? EMPTY;
}

/** A set that says by itself whether each path is in it, from those of two others. */
function combine(a: FieldSet, b: FieldSet, keep: (a: boolean, b: boolean) => boolean): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const element of new Set([...a.children.keys(), ...b.children.keys()])) {
    const child = combine(a.children.get(element) ?? EMPTY, b.children.get(element) ?? EMPTY, keep);
    if (!isEmpty(child)) children.set(element, child);
  }
  return { member: keep(a.member, b.member), children };
}

export const union = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (inA, inB) => inA || inB);
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (inA, inB) => inA && inB);
/** What is in a and not in b; what is below a path of b stays. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (inA, inB) => inA && !inB);

/** What is in a and neither in b nor below a path of b. */
export function minus(a: FieldSet, b: FieldSet): FieldSet {
  if (b.member) return EMPTY;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const without = b.children.get(element);
    const rest = without ? minus(child, without) : child;
    if (!isEmpty(rest)) children.set(element, rest);
  }
  return { member: a.member, children };
}

export const equal = (a: FieldSet, b: FieldSet): boolean =>
  a.member === b.member &&
  a.children.size === b.children.size &&
  [...a.children].every(([element, child]) => {
    const other = b.children.get(element);
    return other !== undefined && equal(child, other);
  });

/** Go orders fields before keys, those before values; each by their text. */
const byElement = ([a]: readonly [string, FieldSet], [b]: readonly [string, FieldSet]) => (a < b ? -1 : 1);

/** As FieldsV1. */
export function printFields(set: FieldSet): Record<string, unknown> {
  const below = [...set.children].sort(byElement).map(([element, child]) => [element, printFields(child)] as const);
  return Object.fromEntries(set.member && below.length > 0 ? [['.', {}], ...below] : below);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads FieldsV1 as anybody may have written it.
 * @returns undefined for what is none, as an object that is not made of objects, or an element of no known form.
 */
export function parseFields(json: unknown): FieldSet | undefined {
  if (!isObject(json)) return undefined;
  const children = new Map<string, FieldSet>();
  let member = false;
  for (const [element, value] of Object.entries(json)) {
    if (element === '.') {
      member = true;
      continue;
    }
    const normal = normalElement(element);
    const child = parseFields(value);
    if (normal === undefined || !child) return undefined;
    // `{}` is a path that ends here.
    children.set(normal, isEmpty(child) ? MEMBER : child);
  }
  return { member, children };
}

/** Keys in their order and JSON in its shortest form, so that the same element is the same text. */
function normalElement(element: string): string | undefined {
  const text = element.slice(2);
  try {
    if (element.startsWith('f:') || element.startsWith('i:')) return element;
    if (element.startsWith('v:')) return valueElement(JSON.parse(text));
    const keys: unknown = element.startsWith('k:') ? JSON.parse(text) : undefined;
    return isObject(keys) ? keyElement(keys) : undefined;
  } catch {
    return undefined;
  }
}

/** One element as messages write it: `.name`, `[name="c"]`, `[="x"]`. */
export function printElement(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('v:')) return `[=${text}]`;
  if (element.startsWith('i:')) return `[${text}]`;
  const keys = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}

export const printPath = (path: readonly string[]): string => path.map(printElement).join('');

/** Every path of the set, in order. */
export function paths(set: FieldSet, prefix: readonly string[] = []): (readonly string[])[] {
  const own = set.member ? [prefix] : [];
  return [...own, ...[...set.children].sort(byElement).flatMap(([element, child]) => paths(child, [...prefix, element]))];
}
