// Secrets: kubernetes, pkg/apis/core/validation/validation.go (ValidateSecret).
import type { FieldError } from '../api/api-error.ts';
import type { KubeObject } from '../objects.ts';
import { ageColumn, ageOf, column, nameColumn, nameOf } from './columns.ts';
import { dataKeyErrors, MAX_DATA } from './data-keys.ts';
import { forbiddenField, invalidValue, required, tooLong } from './field-errors.ts';
import type { Kind } from './kind.ts';

interface Secret extends KubeObject {
  type?: string;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  immutable?: boolean;
}

const decoded = (text: string) => Buffer.from(text, 'base64').toString();

/** What Go's decoder says of text that is not an object in JSON. */
function jsonFault(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && !Array.isArray(value)) return undefined;
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`;
  } catch {
    const [first] = text.trim();
    return first === undefined || /[[{"\d]/.test(first) ? 'unexpected end of JSON input' : `invalid character '${first}' looking for beginning of value`;
  }
}

/** What the well-known types have to contain. */
function validateType({ type, data = {}, metadata }: Secret): FieldError[] {
  const missing = (...keys: string[]) => keys.filter((key) => !(key in data)).map((key) => required(`data[${key}]`));
  // The API server forgets to put the key into its format here.
  const unformatted = (...keys: string[]) => keys.map((key) => required(`data[%s][${key}]`));
  const json = (key: string) => {
    const fault = key in data ? jsonFault(decoded(data[key] ?? '')) : undefined;
    return fault === undefined ? missing(key) : [invalidValue(`data[${key}]`, '<secret contents redacted>', fault)];
  };
  switch (type ?? '') {
    case 'kubernetes.io/service-account-token':
      return metadata.annotations?.['kubernetes.io/service-account.name'] ? [] : [required('metadata.annotations[kubernetes.io/service-account.name]')];
    case 'kubernetes.io/dockercfg':
      return json('.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return json('.dockerconfigjson');
    case 'kubernetes.io/basic-auth':
      return 'username' in data || 'password' in data ? [] : unformatted('username', 'password');
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : unformatted('ssh-privatekey');
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key');
    default:
      return [];
  }
}

function validate(object: KubeObject): FieldError[] {
  const { data = {} } = object as Secret;
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...dataKeyErrors(`data[${key}]`, key));
    size += Buffer.byteLength(value, 'base64');
  }
  if (size > MAX_DATA) errors.push(tooLong('data', `must have at most ${MAX_DATA} bytes`));
  return [...errors, ...validateType(object)];
}

function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const now = object as Secret;
  const before = old as Secret;
  const errors: FieldError[] = [];
  if (now.type !== before.type) errors.push(invalidValue('type', now.type ?? '', 'field is immutable'));
  if (!before.immutable) return errors;
  if (!now.immutable) errors.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'));
  if (JSON.stringify(now.data ?? {}) !== JSON.stringify(before.data ?? {})) {
    errors.push(forbiddenField('data', 'field is immutable when `immutable` is set'));
  }
  return errors;
}

export const secretKind: Kind = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  singular: 'secret',
  shortNames: [],
  namespaced: true,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  type: 'Secret',
  setDefaults(object) {
    const secret = object as Secret;
    // stringData is only a way to write: it goes into data, over what is there.
    const written = Object.entries(secret.stringData ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')] as const);
    if (written.length > 0) secret.data = { ...secret.data, ...Object.fromEntries(written) };
    delete secret.stringData;
    secret.type ||= 'Opaque';
  },
  prepareForUpdate(object, old) {
    // Left out of an update, the type stays (strategy.PrepareForUpdate).
    const secret = object as Secret;
    if (!secret.type) secret.type = (old as Secret).type ?? 'Opaque';
  },
  validate,
  validateUpdate,
  columns: [nameColumn, column('Type', 'What the secret is for.'), column('Data', 'How many entries it has.'), ageColumn],
  cells(object, context) {
    const { type = '', data = {} } = object as Secret;
    return [nameOf(object), type, Object.keys(data).length, ageOf(object, context)];
  },
  fieldSelectors: { type: (object) => (object as Secret).type ?? '' },
};
