// The pod as a server's own OpenAPI describes it: which fields there are, and which of them an object has.

export interface FieldSchema {
  readonly type?: string;
  readonly $ref?: string;
  /** How OpenAPI v3 writes a reference that has a default or a description beside it. */
  readonly allOf?: readonly { readonly $ref?: string }[];
  readonly items?: FieldSchema;
  readonly additionalProperties?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
}

/** Definitions by the last part of their names: `PodSpec`, `Container`, `LabelSelector`. */
export type Definitions = ReadonlyMap<string, FieldSchema>;

/** @param document OpenAPI v2 or v3, as the server gives it */
export function definitionsOf(document: unknown): Definitions {
  const { definitions, components } = document as { definitions?: Record<string, FieldSchema>; components?: { schemas?: Record<string, FieldSchema> } };
  const wanted = /^io\.k8s\.(api\.core\.v1|apimachinery\.pkg\.(apis\.meta\.v1|api\.resource|util\.intstr))\./;
  return new Map(Object.entries(definitions ?? components?.schemas ?? {}).flatMap(([name, schema]) => (wanted.test(name) ? [[lastPart(name), schema]] : [])));
}

/** The definition that a field holds (or its items, or its values), where that is an object with fields of its own. */
export function inside(definitions: Definitions, field: FieldSchema): { readonly name: string; readonly schema: FieldSchema } | undefined {
  const { $ref = field.allOf?.[0]?.$ref } = field;
  if ($ref === undefined) return field.items ? inside(definitions, field.items) : undefined;
  const name = lastPart($ref);
  const schema = definitions.get(name);
  return schema?.properties ? { name, schema } : undefined;
}

/** Every field below a definition, as `containers.env.valueFrom`: lists and their items are one. */
export function fieldsOf(definitions: Definitions, definition: string, under = ''): string[] {
  const properties = definitions.get(definition)?.properties ?? {};
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${under}${name}`;
    const next = inside(definitions, field);
    return [path, ...(next ? fieldsOf(definitions, next.name, `${path}.`) : [])];
  });
}

/** Adds the fields that an object has, in the same words. */
export function addFieldsOf(definitions: Definitions, definition: string, object: object, into: Set<string>, under = ''): void {
  const properties = definitions.get(definition)?.properties ?? {};
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    if (value === null) continue;
    const path = `${under}${name}`;
    into.add(path);
    const next = properties[name] && inside(definitions, properties[name]);
    if (!next) continue;
    for (const each of Array.isArray(value) ? value : [value]) addFieldsOf(definitions, next.name, each as object, into, `${path}.`);
  }
}

const lastPart = (name: string) => name.slice(name.lastIndexOf('.') + 1);
