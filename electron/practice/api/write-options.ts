// The query of a write: apimachinery, pkg/apis/meta/v1/validation. https://kubernetes.io/docs/reference/using-api/api-concepts/
import type { FieldValidation } from '../schema/read-object.ts';
import { invalid, type FieldError } from './api-error.ts';
import type { DeleteOptions, WriteOptions } from './objects-api.ts';

export interface WriteRequest extends WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
}

const VALIDATIONS: readonly string[] = ['', 'Ignore', 'Strict', 'Warn'];

const notSupported = (field: string, value: string, supported: readonly string[]): FieldError => ({
  field,
  reason: 'FieldValueNotSupported',
  detail: `Unsupported value: ${value}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
});

function dryRunErrors(values: readonly string[]): FieldError[] {
  if (values.every((value) => value === 'All')) return [];
  return [notSupported('dryRun', `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`, ['All'])];
}

/**
 * @param optionsKind the kind that errors name: `CreateOptions`, `UpdateOptions`, `PatchOptions`. @param applies of a patch.
 * @throws ApiError Invalid
 */
export function parseWriteOptions(
  query: URLSearchParams,
  optionsKind: string,
  { userAgent, minor, applies }: { userAgent: string | undefined; minor: number; applies?: boolean },
): WriteRequest {
  const manager = query.get('fieldManager') ?? '';
  // Field validation is there since 1.25; before that the parameter is one that nobody knows.
  const validation = minor >= 25 ? (query.get('fieldValidation') ?? '') : 'Ignore';
  const errors: FieldError[] = [];
  if (optionsKind === 'PatchOptions') {
    if (applies && manager === '') errors.push({ field: 'fieldManager', reason: 'FieldValueRequired', detail: 'Required value: is required for apply patch' });
    if (!applies && query.has('force')) {
      errors.push({ field: 'force', reason: 'FieldValueForbidden', detail: 'Forbidden: may not be specified for non-apply patch' });
    }
  }
  if (manager.length > 128) errors.push({ field: 'fieldManager', reason: 'FieldValueTooLong', detail: 'Too long: must have at most 128 bytes' });
  errors.push(...dryRunErrors(query.getAll('dryRun')));
  if (!VALIDATIONS.includes(validation)) errors.push(notSupported('fieldValidation', JSON.stringify(validation), VALIDATIONS));
  if (errors.length > 0) throw invalid(`${optionsKind}.meta.k8s.io`, '', errors);
  return {
    manager: manager || managerOf(userAgent),
    dryRun: query.has('dryRun'),
    fieldValidation: (validation || 'Warn') as FieldValidation,
  };
}

/** The name of the program, as its User-Agent begins (handlers/create.go, prefixFromUserAgent). */
function managerOf(userAgent: string | undefined): string {
  if (!userAgent) return 'unknown';
  return (userAgent.split('/')[0] ?? '').replaceAll(/[^\u0020-\u007e]/g, '').slice(0, 128);
}

/** @param body decoded; without one, the query says it. @throws ApiError Invalid */
export function parseDeleteOptions(body: unknown, query: URLSearchParams): DeleteOptions & { dryRun: boolean } {
  const given = (body && typeof body === 'object' && !Array.isArray(body) ? body : {}) as Record<string, unknown>;
  const fromQuery = body === undefined;
  const text = (name: string) => (fromQuery ? query.get(name) : given[name]) ?? undefined;
  const grace = text('gracePeriodSeconds');
  const policy = text('propagationPolicy') as string | undefined;
  const orphan = text('orphanDependents');
  const dryRun = fromQuery ? query.getAll('dryRun') : Array.isArray(given['dryRun']) ? given['dryRun'].map(String) : query.getAll('dryRun');
  const errors: FieldError[] = [];
  if (policy !== undefined && orphan !== undefined) {
    const detail = `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set`;
    errors.push({ field: 'propagationPolicy', reason: 'FieldValueInvalid', detail });
  }
  if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(policy)) {
    errors.push(notSupported('propagationPolicy', JSON.stringify(policy), ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  const seconds = grace === undefined ? undefined : Number(grace);
  if (seconds !== undefined && !Number.isSafeInteger(seconds)) {
    errors.push({ field: 'gracePeriodSeconds', reason: 'FieldValueInvalid', detail: `Invalid value: ${JSON.stringify(grace)}: must be an integer` });
  }
  errors.push(...dryRunErrors(dryRun));
  if (errors.length > 0) throw invalid('DeleteOptions.meta.k8s.io', '', errors);
  const asked = policy ?? (orphan === undefined ? undefined : orphan === true || orphan === 'true' ? 'Orphan' : 'Background');
  const preconditions = given['preconditions'] as { uid?: string; resourceVersion?: string } | undefined;
  return {
    // A negative period counts as one second for pods and as none elsewhere.
    ...(seconds === undefined ? {} : { gracePeriodSeconds: seconds < 0 ? 1 : seconds }),
    ...(preconditions && typeof preconditions === 'object' ? { preconditions } : {}),
    ...(asked === undefined ? {} : { propagationPolicy: asked }),
    dryRun: dryRun.length > 0,
  };
}
