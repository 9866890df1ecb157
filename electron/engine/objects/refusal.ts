// What a server's refusal of an apply means for the text: each reason with the field and its line, conflicts by the manager that owns the fields.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Conflict, ObjectName, Problem } from '../../../shared/contract/objects.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import { schemaProblemOf, unknownFieldOf } from '../../clients/cluster/unknown-field.ts';
import { OBJECT_KIB } from './documents.ts';
import { problemOf } from './problem.ts';

export interface Refusal {
  readonly problems: readonly Problem[];
  readonly conflicts: readonly Conflict[];
  /** The namespace is missing, and so nothing else was looked at. */
  readonly missingNamespace: boolean;
  /** A field that cannot be changed is to be changed. */
  readonly immutable: boolean;
}

/** Of validation: `Forbidden: pod updates may not change fields other than ...`, `Invalid value: ...: field is immutable`, `updates to statefulset spec for ... are forbidden`. */
const IMMUTABLE = /field is immutable|may not change fields|updates to \w+ spec for fields other than|may not change once set|cannot be changed/;

/**
 * @param lineOf of a field's path in the text
 * @throws what is no refusal of this text: a cluster that cannot be reached, a bug
 */
export function refusalOf(error: unknown, object: ObjectName, lineOf: (path: string) => number): Refusal {
  const one = (...problems: Problem[]): Refusal => ({ problems, conflicts: [], missingNamespace: false, immutable: false });
  if (error instanceof Failure && ['KIND_UNKNOWN', 'NOT_ALLOWED', 'OBJECT_GONE', 'OBJECT_EXISTS', 'OBJECT_REPLACED'].includes(error.code)) {
    return one({ ...error.toData(), line: lineOf(error.code === 'KIND_UNKNOWN' ? 'kind' : ''), path: '' });
  }
  if (!(error instanceof ApiError)) throw error;
  const unknown = unknownFieldOf(error);
  if (unknown !== undefined) return one(problemOf('MANIFEST_UNKNOWN_FIELD', { path: unknown, line: lineOf(unknown), suggestion: '' }, error));
  const ofSchema = schemaProblemOf(error);
  if (ofSchema) return one(problemOf('MANIFEST_REFUSED', { path: ofSchema.path, line: lineOf(ofSchema.path) }, error));
  const { status, message, body } = error;
  const causes = body?.details?.causes ?? [];
  if (status === 409) {
    const conflicts = conflictsOf(causes, lineOf);
    // Without managers it is the resource version: k8s.io/apiserver/pkg/registry/generic/registry, OptimisticLockErrorMsg.
    return conflicts.length > 0 ? { ...one(), conflicts } : one(problemOf('OBJECT_CHANGED', { kind: object.kind, name: object.name }, error, lineOf('')));
  }
  if (status === 404 && body?.details?.kind === 'namespaces') {
    const namespace = body.details.name ?? object.namespace ?? '';
    const line = lineOf('metadata.namespace');
    return { ...one(problemOf('NAMESPACE_MISSING', { namespace, line }, error)), missingNamespace: true };
  }
  if (status === 413 || /request is too large/i.test(message)) {
    return one(problemOf('MANIFEST_TOO_LARGE', { line: lineOf(''), what: 'document', size: OBJECT_KIB, limit: OBJECT_KIB }, error));
  }
  if (status === 422) {
    const fields = causes.length > 0 ? causes : [{ field: '', message }];
    const problems = fields.map(({ field = '', message: words = message }) => {
      const line = lineOf(field);
      return IMMUTABLE.test(words)
        ? problemOf('OBJECT_IMMUTABLE', { kind: object.kind, name: object.name, path: field, line }, words)
        : problemOf('MANIFEST_REFUSED', { path: field, line }, field === '' ? words : `${field}: ${words}`);
    });
    return { ...one(...problems), immutable: problems.some(({ code }) => code === 'OBJECT_IMMUTABLE') };
  }
  // 400: not decoded; 403: a quota, a policy, an admission webhook.
  if (status === 400 || status === 403) return one(problemOf('MANIFEST_REFUSED', { path: '', line: lineOf('') }, error));
  return one({ ...error.toFailure().toData(), line: lineOf(''), path: '' });
}

/** Of k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go: `conflict with "kubectl" using apps/v1 at 2020-12-01T...`. */
function conflictsOf(causes: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[], lineOf: (path: string) => number): Conflict[] {
  const byManager = new Map<string, Conflict['fields']>();
  for (const { reason, message = '', field = '' } of causes) {
    if (reason !== 'FieldManagerConflict') continue;
    const manager = /^conflict with "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
    const path = field.replace(/^\./, '');
    byManager.set(manager, [...(byManager.get(manager) ?? []), { path, line: lineOf(path) }]);
  }
  return [...byManager].map(([manager, fields]) => ({ manager, fields }));
}
