// ConfigMaps: kubernetes, pkg/apis/core/validation/validation.go (ValidateConfigMap).
import type { FieldError } from '../api/api-error.ts';
import type { KubeObject } from '../objects.ts';
import { ageColumn, ageOf, column, nameColumn, nameOf } from './columns.ts';
import { dataKeyErrors, MAX_DATA } from './data-keys.ts';
import { forbiddenField, invalidValue, tooLong } from './field-errors.ts';
import type { Kind } from './kind.ts';

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
  immutable?: boolean;
}

function validate(object: KubeObject): FieldError[] {
  const { data = {}, binaryData = {} } = object as ConfigMap;
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...dataKeyErrors(`data[${key}]`, key));
    if (key in binaryData) errors.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    size += Buffer.byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...dataKeyErrors(`binaryData[${key}]`, key));
    size += Buffer.byteLength(value, 'base64');
  }
  if (size > MAX_DATA) errors.push(tooLong('[]', `must have at most ${MAX_DATA} bytes`));
  return errors;
}

function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const now = object as ConfigMap;
  const before = old as ConfigMap;
  if (!before.immutable) return [];
  const errors: FieldError[] = [];
  if (!now.immutable) errors.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'));
  for (const part of ['data', 'binaryData'] as const) {
    if (JSON.stringify(now[part] ?? {}) !== JSON.stringify(before[part] ?? {})) {
      errors.push(forbiddenField(part, 'field is immutable when `immutable` is set'));
    }
  }
  return errors;
}

export const configMapKind: Kind = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  type: 'ConfigMap',
  validate,
  validateUpdate,
  columns: [nameColumn, column('Data', 'How many entries it has.'), ageColumn],
  cells(object, context) {
    const { data = {}, binaryData = {} } = object as ConfigMap;
    return [nameOf(object), Object.keys(data).length + Object.keys(binaryData).length, ageOf(object, context)];
  },
};
