// Random pods out of the server's own description of one: every field of every object may be there or not. A field whose values the server checks
// takes them from field-values.ts; one that is in neither place is an error, so that no field is passed over without a word.
import * as fc from 'fast-check';
import { alternatives, leftOut, limits, needed, valueOf } from './field-values.ts';
import { inside, type Definitions, type FieldSchema } from './pod-schema.ts';
import { kept, type PodShape } from './pod-rules.ts';

/** @throws Error at once for a field of the description whose valid values nobody has written down */
export function randomPod(definitions: Definitions): fc.Arbitrary<PodShape> {
  const metadata = fc.record({
    labels: valueOf('ObjectMeta', 'labels')!, annotations: valueOf('ObjectMeta', 'annotations')!, finalizers: valueOf('ObjectMeta', 'finalizers')!,
  }, { requiredKeys: [] });
  return fc.record({ metadata, spec: objectOf(definitions, 'PodSpec') }).map((pod) => kept(pod as PodShape));
}

function objectOf(definitions: Definitions, name: string): fc.Arbitrary<object> {
  const { properties = {}, required = [] } = definitions.get(name) ?? {};
  const fields = Object.entries(properties).filter(([field]) => !leftOut(name, field)).map(([field, schema]) => [field, fieldOf(definitions, name, field, schema)] as const);
  const either = alternatives[name]?.filter((field) => field in properties) ?? [];
  const free = Object.fromEntries(fields.filter(([field]) => !either.includes(field)));
  const rest = fc.record(free, { requiredKeys: Object.keys(free).filter((field) => required.includes(field) || needed.includes(`${name}.${field}`)) });
  if (either.length === 0) return rest;
  const one = fc.oneof(...fields.filter(([field]) => either.includes(field)).map(([field, value]) => fc.record({ [field]: value })));
  return fc.tuple(rest, one).map(([some, chosen]) => ({ ...some, ...chosen }));
}

function fieldOf(definitions: Definitions, owner: string, field: string, schema: FieldSchema): fc.Arbitrary<unknown> {
  const known = valueOf(owner, field);
  if (known) return known;
  const next = inside(definitions, schema);
  if (next && schema.type === 'array') return fc.array(objectOf(definitions, next.name), { minLength: 1, ...(limits[`${owner}.${field}`] ?? { maxLength: 2 }), size: 'max' });
  if (next) return objectOf(definitions, next.name);
  if (schema.type === 'boolean') return fc.boolean();
  throw new Error(`no valid values are known for ${owner}.${field} (${JSON.stringify(schema)})`);
}
