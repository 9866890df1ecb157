import { expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError, type Status } from '../../clients/cluster/api-error.ts';
import { refusalOf } from './refusal.ts';

const name = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const lineOf = (path: string) => path.length;
const refusal = (status: number, reason: string, message: string, details?: Status['details']) =>
  refusalOf(new ApiError(status, reason, message, { kind: 'Status', message, ...(details ? { details } : {}) }), name, lineOf);

test('a conflict is told by its managers, with the line of each field', () => {
  const cause = (manager: string, field: string) => ({ reason: 'FieldManagerConflict', message: `conflict with "${manager}" using apps/v1 at 2026-11-25T15:00:00Z`, field });
  const { conflicts, problems } = refusal(409, 'Conflict', 'Apply failed with 3 conflicts', {
    causes: [cause('kubectl', '.spec.replicas'), cause('helm', '.spec.template.spec.containers[name="c"].image'), cause('kubectl', '.spec.paused')],
  });
  expect({ conflicts, problems }).toEqual({
    problems: [],
    conflicts: [
      { manager: 'kubectl', fields: [{ path: 'spec.replicas', line: 13 }, { path: 'spec.paused', line: 11 }] },
      { manager: 'helm', fields: [{ path: 'spec.template.spec.containers[name="c"].image', line: 45 }] },
    ],
  });
});

test('a conflict without managers is a change since', () => {
  expect(refusal(409, 'Conflict', 'Operation cannot be fulfilled on deployments.apps "web": the object has been modified').problems).toMatchObject([{ code: 'OBJECT_CHANGED' }]);
});

test('every reason of a validation has its field', () => {
  const { problems, immutable } = refusal(422, 'Invalid', 'is invalid', { causes: [
    { reason: 'FieldValueInvalid', message: 'Invalid value: 0: must be between 1 and 65535', field: 'spec.a' },
    { reason: 'FieldValueInvalid', message: 'Invalid value: {...}: field is immutable', field: 'spec.selector' },
  ] });
  expect(problems.map(({ code, path, line, cause }) => [code, path, line, cause])).toEqual([
    ['MANIFEST_REFUSED', 'spec.a', 6, 'spec.a: Invalid value: 0: must be between 1 and 65535'],
    ['OBJECT_IMMUTABLE', 'spec.selector', 13, 'Invalid value: {...}: field is immutable'],
  ]);
  expect(immutable).toBe(true);
});

test.each([
  ['the fields of a pod', 'Forbidden: pod updates may not change fields other than `spec.containers[*].image`'],
  ['those of a StatefulSet', "Forbidden: updates to statefulset spec for fields other than 'replicas', 'template' are forbidden"],
])('%s cannot be changed', (_, message) => {
  expect(refusal(422, 'Invalid', 'is invalid', { causes: [{ reason: 'FieldValueForbidden', message, field: 'spec' }] }).immutable).toBe(true);
});

test.each([
  ['a namespace that is not there', refusal(404, 'NotFound', 'namespaces "shop" not found', { name: 'shop', kind: 'namespaces' }), 'NAMESPACE_MISSING'],
  ['a request that is too large', refusal(413, 'RequestEntityTooLarge', 'limit is 3145728'), 'MANIFEST_TOO_LARGE'],
  ['etcd refusing the size', refusal(500, '', 'etcdserver: request is too large'), 'MANIFEST_TOO_LARGE'],
  ['a quota', refusal(403, 'Forbidden', 'exceeded quota'), 'MANIFEST_REFUSED'],
  ['a server that is out of order', refusal(500, 'InternalError', 'boom'), 'API_ERROR'],
  ['a wrong type', refusal(500, '', 'failed to create typed patch object: .spec.replicas: expected numeric'), 'MANIFEST_REFUSED'],
])('%s', (_, { problems }, code) => expect(problems.map((problem) => problem.code)).toEqual([code]));

test('a cluster that cannot be reached is about no text', () => {
  const error = new Failure('CLUSTER_UNREACHABLE', { context: 'c', server: 's' }, 'ECONNREFUSED');
  expect(() => refusalOf(error, name, lineOf)).toThrow(error);
});
