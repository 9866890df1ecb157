// How server-side apply looks at a value, by its type: as one thing, as fields, or as a list whose items are known by key or value.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy ; structured-merge-diff, schema/elements.go
import type { Field, Schema, TypeRef } from '../schema/schema.ts';
import { keyElement, valueElement } from './field-set.ts';

export interface Shape {
  readonly schema: Schema;
  readonly type: TypeRef;
  readonly structure: Field['structure'];
}

export type Json = Record<string, unknown>;

export type Structure =
  /** A scalar, or what is owned as a whole. */
  | { readonly kind: 'whole' }
  /** @param shapeOf undefined for a field that the type does not have. `declared`: of a type's fields, not a map's keys. */
  | { readonly kind: 'fields'; readonly declared: boolean; shapeOf(name: string): Shape | undefined }
  /** @param elementOf throws UnkeyedItem */
  | { readonly kind: 'items'; readonly shape: Shape; elementOf(item: unknown, index: number): string };

/** An item of a keyed list without its key. */
export class UnkeyedItem extends Error {}

const GRANULAR = { kind: 'granular' } as const;
const WHOLE: Structure = { kind: 'whole' };
export const isFields = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

export const shapeOfType = (schema: Schema, type: string): Shape => ({ schema, type: { kind: 'object', type }, structure: GRANULAR });

/**
 * @param value a value of it: what has no type is looked at as what it is.
 * @param depth `all of it` also tells the fields of an object that is owned as a whole.
 */
export function structureOf({ schema, type, structure }: Shape, value: unknown, depth: 'owned' | 'all of it' = 'owned'): Structure {
  if (structure.kind === 'atomic') return WHOLE;
  switch (type.kind) {
    case 'object': {
      const { fields, atomic } = schema.type(type.type);
      if (atomic && depth === 'owned') return WHOLE;
      return {
        kind: 'fields',
        declared: true,
        shapeOf(name) {
          const field = fields.get(name);
          return field && { schema, type: field.type, structure: field.structure };
        },
      };
    }
    case 'map': {
      const shape: Shape = { schema, type: type.of, structure: GRANULAR };
      return { kind: 'fields', declared: false, shapeOf: () => shape };
    }
    case 'any':
      return isFields(value) ? { kind: 'fields', declared: false, shapeOf: () => ({ schema, type, structure: GRANULAR }) } : WHOLE;
    case 'list': {
      const shape: Shape = { schema, type: type.of, structure: GRANULAR };
      if (structure.kind === 'set') return { kind: 'items', shape, elementOf: (item) => valueElement(item) };
      if (structure.kind === 'map') return { kind: 'items', shape, elementOf: (item, index) => elementByKeys(shape, structure.keys, item, index) };
      return WHOLE; // A list that says nothing is atomic.
    }
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'quantity':
    case 'int-or-string':
    case 'time':
    case 'micro-time':
    case 'bytes':
      return WHOLE;
  }
}

function elementByKeys({ schema, type }: Shape, keys: readonly string[], item: unknown, index: number): string {
  const fields = type.kind === 'object' ? schema.type(type.type).fields : undefined;
  const found = keys.map((key) => {
    const field = fields?.get(key);
    // A string that must be there has the default "" in the API's OpenAPI: the item is known by "".
    const value = (isFields(item) ? item[key] : undefined) ?? field?.default ?? (field?.required && field.type.kind === 'string' ? '' : undefined);
    if (value === undefined)
      throw new UnkeyedItem(
        `element ${index}: associative list with keys has an element that omits key field ${JSON.stringify(key)} (and doesn't have default value)`,
      );
    return [key, value] as const;
  });
  return keyElement(Object.fromEntries(found));
}
