// The types of the schema as OpenAPI schemas, for v2 (Swagger 2.0) and v3, which differ in a few places.
import type { Kind } from '../kinds/kind.ts';
import type { Field, ObjectType, Schema, TypeRef } from './schema.ts';

export type Json = Record<string, unknown>;
export type OpenApiVersion = 2 | 3;

const machinery = 'io.k8s.apimachinery.pkg';
/** Types of one value that have a name in OpenAPI. */
const named: Readonly<Record<'quantity' | 'int-or-string' | 'time' | 'micro-time' | 'any', readonly [name: string, v2: Json, v3?: Json]>> = {
  quantity: [`${machinery}.api.resource.Quantity`, { type: 'string' }, { oneOf: [{ type: 'string' }, { type: 'number' }] }],
  'int-or-string': [
    `${machinery}.util.intstr.IntOrString`,
    { type: 'string', format: 'int-or-string' },
    { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  ],
  time: [`${machinery}.apis.meta.v1.Time`, { type: 'string', format: 'date-time' }],
  'micro-time': [`${machinery}.apis.meta.v1.MicroTime`, { type: 'string', format: 'date-time' }],
  any: [`${machinery}.apis.meta.v1.FieldsV1`, { type: 'object' }],
};
const patch: readonly [string, Json] = [`${machinery}.apis.meta.v1.Patch`, { type: 'object' }];

const prefix = { 2: '#/definitions/', 3: '#/components/schemas/' } as const;

/** @param type a name of the schema, or `Patch`. */
export const refTo = (schema: Schema, type: string, version: OpenApiVersion): Json => ({
  $ref: `${prefix[version]}${type === 'Patch' ? patch[0] : schema.type(type).openApiName}`,
});

function schemaOf(schema: Schema, type: TypeRef, version: OpenApiVersion): Json {
  switch (type.kind) {
    case 'string':
      return { type: 'string' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', format: `int${type.bits}` };
    case 'number':
      return { type: 'number', format: 'double' };
    case 'list':
      return { type: 'array', items: schemaOf(schema, type.of, version) };
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(schema, type.of, version) };
    case 'object':
      return refTo(schema, type.type, version);
    case 'quantity':
    case 'int-or-string':
    case 'time':
    case 'micro-time':
    case 'any':
      return { $ref: `${prefix[version]}${named[type.kind][0]}` };
  }
}

function extensionsOf({ type, structure, patch: rule }: Field): Json {
  const list = type.kind === 'list';
  return {
    ...(list ? { 'x-kubernetes-list-type': structure.kind } : {}),
    ...(structure.kind === 'map' ? { 'x-kubernetes-list-map-keys': structure.keys } : {}),
    ...(type.kind === 'map' && structure.kind === 'atomic' ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(rule?.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': rule.mergeKey }),
    ...(rule ? { 'x-kubernetes-patch-strategy': rule.strategy.join(',') } : {}),
  };
}

function property(schema: Schema, field: Field, version: OpenApiVersion): Json {
  const value = schemaOf(schema, field.type, version);
  // OpenAPI 3.0 ignores what stands beside a $ref.
  const own = version === 3 && '$ref' in value ? { allOf: [value] } : value;
  return { ...own, ...(field.default === undefined || version === 2 ? {} : { default: field.default }), ...extensionsOf(field) };
}

function objectSchema(schema: Schema, type: ObjectType, kinds: readonly Json[], version: OpenApiVersion): Json {
  const fields = [...type.fields.values()];
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  return {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(fields.map((field) => [field.name, property(schema, field, version)])),
    ...(type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(kinds.length > 0 ? { 'x-kubernetes-group-version-kind': kinds } : {}),
  };
}

function typesIn(type: TypeRef): string[] {
  if (type.kind === 'list' || type.kind === 'map') return typesIn(type.of);
  return type.kind === 'object' ? [type.type] : [];
}

/** These types and all that their fields reach. */
function reachable(schema: Schema, from: readonly string[]): Set<string> {
  const found = new Set<string>();
  const waiting = [...from];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    waiting.push(...[...schema.type(name).fields.values()].flatMap((field) => typesIn(field.type)));
  }
  return found;
}

/** Types that every group's API uses, in that group's name, too. */
const everywhere = ['DeleteOptions', 'Status'];

/** By type, the kinds whose names it goes by. */
function kindsOf(schema: Schema, kinds: readonly Kind[]): Map<string, Json[]> {
  const found = new Map<string, Json[]>(everywhere.map((type) => [type, []]));
  const add = (type: string, about: Json) => {
    const before = found.get(type) ?? [];
    const same = (other: Json) => ['group', 'version', 'kind'].every((part) => other[part] === about[part]);
    if (schema.types.has(type) && !before.some(same)) found.set(type, [...before, about]);
  };
  for (const { group, version, kind, type, subresources } of kinds) {
    add(type, { group, kind, version });
    add(`${type}List`, { group, kind: `${kind}List`, version });
    for (const sub of subresources) {
      if (sub.kind === 'Eviction') add('Eviction', { group: 'policy', kind: 'Eviction', version: schema.minor < 22 ? 'v1beta1' : 'v1' });
      else if (sub.kind !== kind) add(sub.kind, { group, kind: sub.kind, version });
    }
    add('DeleteOptions', { group, kind: 'DeleteOptions', version });
  }
  // The status of an answer is of the core group whatever it answers.
  add('Status', { group: '', kind: 'Status', version: 'v1' });
  return found;
}

/** All types of the kinds, by their OpenAPI names in alphabetical order. */
export function definitions(schema: Schema, kinds: readonly Kind[], version: OpenApiVersion): Json {
  const known = kindsOf(schema, kinds);
  const objects = [...reachable(schema, [...known.keys()])].map((name): [string, Json] => {
    const type = schema.type(name);
    return [type.openApiName, objectSchema(schema, type, known.get(name) ?? [], version)];
  });
  const values = Object.values(named).map(([name, v2, v3 = v2]): [string, Json] => [name, version === 2 ? v2 : v3]);
  return Object.fromEntries([...objects, ...values, patch].sort(([a], [b]) => (a < b ? -1 : 1)));
}
