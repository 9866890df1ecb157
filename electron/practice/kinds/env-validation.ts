// What is wrong with environment variables: kubernetes, pkg/apis/core/validation/validation.go (ValidateEnv, validateEnvFrom).
import type { FieldError } from '../api/api-error.ts';
import type { Container, EnvVar } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';
import { dataKeyErrors } from './data-keys.ts';
import { each, invalidValue, nameErrors, notSupported, required, when } from './field-errors.ts';

type Source = NonNullable<EnvVar['valueFrom']>;

const NAME = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const NAME_WORDS =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit " +
  `(e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '${NAME}')`;
const RELAXED_WORDS = "a valid environment variable name must consist only of printable ASCII characters other than '='";

const RESOURCES = ['cpu', 'ephemeral-storage', 'memory'];
const KNOWN_PATHS = [
  /^metadata\.(?:name|namespace|uid|labels|annotations)(?:\['.*'\])?$/,
  /^spec\.(?:nodeName|restartPolicy|serviceAccountName|schedulerName)$/,
  /^status\.(?:phase|hostIPs?|podIPs?)$/,
];

const fieldPaths = (minor: number) => [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  // PodHostIPs is on since 1.29.
  ...(minor >= 29 ? ['status.hostIPs'] : []),
  'status.podIP',
  'status.podIPs',
];

/** Since 1.32 nearly every name is allowed (RelaxedEnvironmentVariableValidation). */
function variableNameErrors(field: string, name: string, minor: number): FieldError[] {
  const fine = minor >= 32 ? /^[ -<>-~]+$/.test(name) : new RegExp(`^${NAME}$`).test(name);
  const words = fine ? [] : [minor >= 32 ? RELAXED_WORDS : NAME_WORDS];
  if (minor < 32) {
    if (name === '.') words.push("must not be '.'");
    else if (name === '..') words.push("must not be '..'");
    else if (name.startsWith('..')) words.push("must not start with '..'");
  }
  return words.map((fault) => invalidValue(field, name, fault));
}

export const envErrors = (env: readonly Partial<EnvVar>[] | undefined, field: string, minor: number): FieldError[] =>
  each(env, ({ name = '', value, valueFrom }, index) => [
    ...(name === '' ? [required(`${field}[${index}].name`)] : variableNameErrors(`${field}[${index}].name`, name, minor)),
    ...(valueFrom ? sourceErrors(valueFrom, value ?? '', `${field}[${index}].valueFrom`, minor) : []),
  ]);

function sourceErrors(from: Source, value: string, field: string, minor: number): FieldError[] {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = from;
  const errors: FieldError[] = [];
  if (fieldRef) errors.push(...fieldRefErrors(fieldRef, `${field}.fieldRef`, fieldPaths(minor)));
  if (resourceFieldRef) errors.push(...resourceFieldErrors(resourceFieldRef, `${field}.resourceFieldRef`));
  if (configMapKeyRef) errors.push(...keyRefErrors(configMapKeyRef, `${field}.configMapKeyRef`));
  if (secretKeyRef) errors.push(...keyRefErrors(secretKeyRef, `${field}.secretKeyRef`));
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef].filter(Boolean).length;
  if (count === 0) errors.push(invalidValue(field, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'));
  else if (value !== '') errors.push(invalidValue(field, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) errors.push(invalidValue(field, '', 'may not have more than one field specified at a time'));
  return errors;
}

/** @param paths those that are allowed in this place. */
export function fieldRefErrors(
  { apiVersion = '', fieldPath = '' }: Partial<NonNullable<Source['fieldRef']>>,
  field: string,
  paths: readonly string[],
): FieldError[] {
  if (apiVersion === '') return [required(`${field}.apiVersion`)];
  if (fieldPath === '') return [required(`${field}.fieldPath`)];
  if (!KNOWN_PATHS.some((pattern) => pattern.test(fieldPath))) {
    return [invalidValue(`${field}.fieldPath`, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)];
  }
  if (/^metadata\.(?:labels|annotations)\[/.test(fieldPath)) return [];
  return when(!paths.includes(fieldPath), () => notSupported(`${field}.fieldPath`, fieldPath, paths));
}

const DIVISORS: Readonly<Record<string, readonly [allowed: readonly string[], words: string]>> = {
  cpu: [['1m', '1'], "only divisor's values 1m and 1 are supported with the cpu resource"],
  memory: [
    ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'],
    "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the memory resource",
  ],
};

export function resourceFieldErrors({ resource = '', divisor }: Partial<NonNullable<Source['resourceFieldRef']>>, field: string): FieldError[] {
  if (resource === '') return [required(`${field}.resource`)];
  const supported = ['limits', 'requests'].flatMap((list) => RESOURCES.map((name) => `${list}.${name}`));
  if (!supported.includes(resource)) return [notSupported(`${field}.resource`, resource, supported)];
  const [allowed, words] = DIVISORS[resource.split('.')[1] ?? ''] ?? [[], ''];
  const value = parseQuantity(divisor ?? '0') ?? 0;
  const fine = value === 0 || allowed.length === 0 || allowed.some((unit) => parseQuantity(unit) === value);
  return when(!fine, () => invalidValue(`${field}.divisor`, resource, words));
}

function keyRefErrors({ name = '', key = '' }: { name?: string; key?: string }, field: string): FieldError[] {
  return [...nameErrors(`${field}.name`, name, 'subdomain'), ...(key === '' ? [required(`${field}.key`)] : dataKeyErrors(`${field}.key`, key))];
}

export const envFromErrors = (from: Container['envFrom'], field: string, minor: number): FieldError[] =>
  each(from, ({ prefix = '', configMapRef, secretRef }, index) => {
    const at = `${field}[${index}]`;
    const nameFaults = (name: string | undefined, path: string) => (name ? nameErrors(path, name, 'subdomain') : [required(path)]);
    return [
      ...(prefix === '' ? [] : variableNameErrors(`${at}.prefix`, prefix, minor)),
      ...(configMapRef ? nameFaults(configMapRef.name, `${at}.configMapRef.name`) : []),
      ...(secretRef ? nameFaults(secretRef.name, `${at}.secretRef.name`) : []),
      ...when(!configMapRef && !secretRef, () => invalidValue(field, '', 'must specify one of: `configMapRef` or `secretRef`')),
      ...when(Boolean(configMapRef && secretRef), () => invalidValue(field, '', 'may not have more than one field specified at a time')),
    ];
  });
