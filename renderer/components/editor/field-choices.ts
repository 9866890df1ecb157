// What may stand at a place, out of the schema of its kind.
import type { FieldSchema } from '../../../shared/contract/objects.ts';
import type { FieldPath, YamlPlace } from './yaml-place.ts';

export interface KindFields {
  readonly root: string;
  readonly schemas: Readonly<Record<string, FieldSchema>>;
}
export interface Choice {
  readonly label: string;
  /** Written in the place of what was typed. */
  readonly insert: string;
  /** `string`, `list of Container`; '' where the schema does not say. */
  readonly type: string;
  readonly description: string;
  readonly required: boolean;
}

/** Follows `ref`s; undefined where nothing is said, or where they go in a circle. */
function resolved({ schemas }: KindFields, schema: FieldSchema | undefined): FieldSchema | undefined {
  let at = schema;
  for (let hops = 0; at?.ref !== undefined && hops < 20; hops++) {
    // What is said beside the reference is about this field, what is said there about the type.
    const target: FieldSchema | undefined = schemas[at.ref];
    const description = at.description ?? target?.description;
    at = target && { ...target, ...(description === undefined ? {} : { description }) };
  }
  return at?.ref === undefined ? at : undefined;
}

/** The schema of what a path leads to; undefined where the schema does not know it. */
export function schemaOf(fields: KindFields, path: FieldPath): FieldSchema | undefined {
  let at = resolved(fields, { ref: fields.root });
  for (const step of path) {
    const properties = at?.properties;
    const next = typeof step === 'number' ? at?.items : properties && Object.hasOwn(properties, step) ? properties[step] : at?.values;
    at = resolved(fields, next);
  }
  return at;
}

const shortName = (ref: string) => ref.slice(ref.lastIndexOf('.') + 1);

/** In a word or two what a field takes. */
export function typeName(fields: KindFields, schema: FieldSchema): string {
  if (schema.items) return `list of ${typeName(fields, schema.items) || 'anything'}`;
  const known = resolved(fields, schema);
  if (schema.ref !== undefined) return known?.properties ? shortName(schema.ref) : (known?.type ?? shortName(schema.ref));
  if (schema.values) return `map of ${typeName(fields, schema.values) || 'anything'}`;
  return schema.type ?? '';
}

/** What follows the name: a list begins with its dash, an object on the next line. */
function insertOf(fields: KindFields, name: string, schema: FieldSchema, column: number): string {
  const known = resolved(fields, schema);
  const inner = `\n${' '.repeat(column + 2)}`;
  if (known?.items) return `${name}:${inner}- `;
  if (known?.properties || known?.values) return `${name}:${inner}`;
  return `${name}: `;
}

const valuesOf = (schema: FieldSchema | undefined): readonly string[] => schema?.enum ?? (schema?.type === 'boolean' ? ['true', 'false'] : []);

/** What may be written at a place, needed ones first; none where the schema says nothing. */
export function choicesAt(fields: KindFields, { path, key, column, siblings }: YamlPlace): Choice[] {
  const holder = schemaOf(fields, path);
  const given = key === undefined ? holder : schemaOf(fields, [...path, key]);
  const values = valuesOf(given).map((value) => ({ label: value, insert: value, type: '', description: '', required: false }));
  if (key !== undefined || values.length > 0) return values;
  const required = new Set(holder?.required);
  return Object.entries(holder?.properties ?? {})
    .filter(([name]) => !siblings.includes(name))
    .map(([name, schema]) => ({
      label: name,
      insert: insertOf(fields, name, schema, column),
      type: typeName(fields, schema),
      description: resolved(fields, schema)?.description ?? schema.description ?? '',
      required: required.has(name),
    }))
    .toSorted((a, b) => Number(b.required) - Number(a.required) || a.label.localeCompare(b.label, 'en'));
}
