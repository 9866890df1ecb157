// The schema of a kind, out of the cluster's own OpenAPI, with only what it can reach and only what the screen needs of it.
import type { FieldSchema } from '../../../shared/contract/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { openapi } from '../../clients/cluster/discovery.ts';

export interface KindSchema {
  readonly root: string;
  readonly schemas: Readonly<Record<string, FieldSchema>>;
}

/** What is read of an OpenAPI schema object, v2 and v3. */
interface OpenApiSchema {
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly items?: OpenApiSchema;
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
}

/** Kinds whose schema was made for one document: the documents are kept for each connection, see discovery.ts. */
const made = new WeakMap<object, Map<string, KindSchema | undefined>>();

/** Undefined where the server does not describe the kind. Fails as `connection.request` does. */
export async function kindSchema(connection: ClusterConnection, { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Promise<KindSchema | undefined> {
  const { document } = await openapi(connection, apiVersion);
  const known = made.get(document as object) ?? new Map<string, KindSchema | undefined>();
  made.set(document as object, known);
  const key = `${apiVersion} ${kind}`;
  if (!known.has(key)) known.set(key, schemaIn(document, apiVersion, kind));
  return known.get(key);
}

/** @param document OpenAPI v2 (`definitions`) or v3 (`components.schemas`) */
export function schemaIn(document: unknown, apiVersion: string, kind: string): KindSchema | undefined {
  const { definitions, components } = document as { definitions?: Record<string, OpenApiSchema>; components?: { schemas?: Record<string, OpenApiSchema> } };
  const all = definitions ?? components?.schemas ?? {};
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const isIt = (each: { group: string; version: string; kind: string }) => each.group === group && each.version === version && each.kind === kind;
  const root = Object.keys(all).find((name) => all[name]?.['x-kubernetes-group-version-kind']?.some(isIt));
  if (root === undefined) return undefined;
  const schemas: Record<string, FieldSchema> = {};
  const wanted = [root];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const schema = all[name];
    if (schemas[name] || !schema) continue;
    schemas[name] = trimmed(schema, (other) => wanted.push(other));
  }
  // A person does not write the status, nor what the server says of its own bookkeeping.
  const { status: _, ...properties } = schemas[root]!.properties ?? {};
  if (schemas[root]!.properties) schemas[root] = { ...schemas[root], properties };
  return { root, schemas };
}

function trimmed(schema: OpenApiSchema, reach: (name: string) => void): FieldSchema {
  const reference = schema.$ref ?? schema.allOf?.find(({ $ref }) => $ref)?.$ref;
  const ref = reference?.slice(reference.lastIndexOf('/') + 1);
  if (ref !== undefined) reach(ref);
  const each = (other: OpenApiSchema) => trimmed(other, reach);
  const { description, type, properties, items, additionalProperties, required } = schema;
  const values = typeof additionalProperties === 'object' ? each(additionalProperties) : undefined;
  const known = schema.enum?.filter((value) => typeof value === 'string') ?? (type === 'string' ? valuesIn(description) : undefined);
  // An object of which nothing is said may hold anything (a CRD without a schema, `FieldsV1`).
  const isFree = additionalProperties === true || (!properties && !values && ref === undefined && type === 'object');
  const open = isFree || schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-embedded-resource'] === true;
  return {
    ...(description ? { description } : {}),
    ...(schema['x-kubernetes-int-or-string'] || schema.format === 'int-or-string' ? { type: 'integer or string' } : type ? { type } : {}),
    ...(ref === undefined ? {} : { ref }),
    ...(properties ? { properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, each(property)])) } : {}),
    ...(items ? { items: each(items) } : {}),
    ...(values ? { values } : {}),
    ...(required && required.length > 0 ? { required: [...required] } : {}),
    ...(known && known.length > 0 ? { enum: known } : {}),
    ...(open ? { open } : {}),
  };
}

/** Servers before 1.23 name the values in words only: `One of Always, Never, IfNotPresent.` */
function valuesIn(description = ''): string[] | undefined {
  const list = /\b[Oo]ne of ((?:"?[A-Z]\w+"?(?:, (?:or )?| or )?){2,})[.;]/.exec(description)?.[1];
  return list?.split(/, (?:or )?| or /).map((value) => value.replaceAll('"', '')).filter(Boolean);
}

/** What a schema is, once its `ref` is followed; undefined where nothing is said of it. */
export function resolved({ schemas }: KindSchema, schema: FieldSchema | undefined): FieldSchema | undefined {
  const seen = new Set<string>();
  let at = schema;
  while (at?.ref !== undefined && !seen.has(at.ref)) {
    seen.add(at.ref);
    at = schemas[at.ref];
  }
  return at;
}
