// The schema of one version of Kubernetes, from the tables beside this file.
import { coreTypes } from './core-types.ts';
import { groupTypes } from './group-types.ts';
import { metaTypes } from './meta-types.ts';
import { nodeTypes } from './node-types.ts';
import { parseTypes } from './notation.ts';
import { podTypes } from './pod-types.ts';
import type { Field, ObjectType, Schema } from './schema.ts';
import { volumeTypes } from './volume-types.ts';

const tables = [metaTypes, podTypes, volumeTypes, nodeTypes, coreTypes, groupTypes];

/** @param minor 20 to 34: fields and types that came later are absent. */
export function openSchema(minor: number): Schema {
  const parsed = new Map(tables.flatMap((table) => parseTypes(table, minor)).map((type) => [type.name, type]));
  const types = new Map([...parsed].map(([name, type]) => [name, withAtomicFields(type, parsed)]));
  return {
    minor,
    types,
    type(name) {
      const type = types.get(name);
      if (!type) throw new Error(`no type ${name} in the schema`);
      return type;
    },
  };
}

/** A field whose type is atomic is so itself. */
function withAtomicFields(type: ObjectType, types: ReadonlyMap<string, ObjectType>): ObjectType {
  const fields = [...type.fields.values()].map((field): Field => {
    const atomic = field.type.kind === 'object' && types.get(field.type.type)?.atomic === true;
    return atomic ? { ...field, structure: { kind: 'atomic' } } : field;
  });
  return { ...type, fields: new Map(fields.map((field) => [field.name, field])) };
}
