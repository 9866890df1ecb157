// Every field of an object that its kind's schema does not have. Servers name one at a time, and old ones drop them without a word.
import type { FieldSchema } from '../../../shared/contract/objects.ts';
import { editDistance } from '../../../shared/diagnosis/near-names.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { resolved, type KindSchema } from './schema.ts';

export interface UnknownField {
  /** `spec.containers[0].imagePullPolcy`. */
  readonly path: string;
  /** The known sibling that was most likely meant. */
  readonly suggestion: string | undefined;
}

/** At most this many letters differ: more is another word. */
const NEAR = 3;

/** @returns the unknown fields, in their order, and the object without them */
export function unknownFields(kind: KindSchema, object: KubeObject): { unknown: UnknownField[]; known: KubeObject } {
  const unknown: UnknownField[] = [];
  const walk = (value: unknown, given: FieldSchema | undefined, path: string): unknown => {
    const schema = resolved(kind, given);
    if (!schema || value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, schema.items, `${path}[${index}]`));
    const { properties, values, open } = schema;
    // What should be no map is the server's to tell.
    if (!properties && !values) return value;
    return Object.fromEntries(Object.entries(value).flatMap(([name, each]) => {
      const at = /^[\w$-]+$/.test(name) ? (path === '' ? name : `${path}.${name}`) : `${path}[${name}]`;
      const field = properties?.[name] ?? values;
      if (field) return [[name, walk(each, field, at)]];
      // The server's part of every object; the schema has it no more.
      if (open || (path === '' && name === 'status')) return [[name, each]];
      unknown.push({ path: at, suggestion: nearest(Object.keys(properties ?? {}), name) });
      return [];
    }));
  };
  const known = walk(object, kind.schemas[kind.root], '') as KubeObject;
  return { unknown, known };
}

function nearest(names: readonly string[], wrong: string): string | undefined {
  // In a short name every letter counts: `arg` is near to `args`, and `cmd` to nothing.
  const limit = Math.min(NEAR, Math.ceil(wrong.length / 3));
  return names
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), wrong.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)[0]?.name;
}
