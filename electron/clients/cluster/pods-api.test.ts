import { expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError } from './api-error.ts';
import { type ClusterConnection, openConnection } from './connection.ts';
import { applyPod, createPod, deletePod, getPod, podsTable } from './pods-api.ts';
import { json, kubeconfigFor, startApiServer } from './test-api-server.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', resourceVersion: '7', managedFields: [] }, spec: { odd: 1 } };
const status = (code: number, reason: string, message: string, kind = 'pods') => ({ kind: 'Status', code, reason, message, details: { kind } });
const conflict = status(409, 'Conflict', 'Operation cannot be fulfilled on pods "web": the object has been modified; please apply your changes to the latest version and try again');
const outcome = (promise: Promise<unknown>) => promise.then((value) => value, (error: unknown) => (error instanceof Failure ? error.toData() : error instanceof ApiError ? { status: error.status, reason: error.reason } : error));

/** One call against a server with these answers, in order; and what was asked. */
async function call(answers: readonly (readonly [number, unknown])[], make: (connection: ClusterConnection) => Promise<unknown>) {
  const left = [...answers];
  await using server = await startApiServer((_, response) => { const [code, body] = left.shift()!; json(response, code, body); });
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test');
  const result = await outcome(make(connection));
  return { result, asked: server.asked.map(({ method, url, headers, body }) => ({ method, url, type: headers['content-type'], body: body === '' ? undefined : (JSON.parse(body) as unknown) })) };
}

test('apply sends the object with every field, and without those that it must not have', async () => {
  expect(await call([[201, pod]], (c) => applyPod(c, 'dev', pod, { dryRun: true, force: true, fieldValidation: 'Strict' }))).toEqual({
    result: { pod, created: true, warnings: [] },
    asked: [{
      method: 'PATCH', url: '/api/v1/namespaces/dev/pods/web?fieldManager=podlab&fieldValidation=Strict&dryRun=All&force=true', type: 'application/apply-patch+yaml',
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', resourceVersion: '7' }, spec: { odd: 1 } },
    }],
  });
});

test('only create: a version that no object has; the conflict is a pod that is there, or else what the server says', async () => {
  const create = (c: ClusterConnection) => applyPod(c, 'dev', pod, { createOnly: true });
  const sent = { method: 'PATCH', url: '/api/v1/namespaces/dev/pods/web?fieldManager=podlab', type: 'application/apply-patch+yaml', body: { ...pod, metadata: { name: 'web', resourceVersion: '1' } } };
  expect((await call([[201, pod]], create)).asked).toEqual([sent]);
  expect((await call([[409, conflict], [200, pod]], create)).result).toEqual({ code: 'POD_EXISTS', params: { pod: 'web', namespace: 'dev' }, cause: conflict.message });
  expect((await call([[409, conflict], [404, status(404, 'NotFound', 'pods "web" not found')]], create)).result).toEqual({ status: 409, reason: 'Conflict' });
});

test('only create: what apply cannot tell apart is created by a POST, but where unknown fields must be refused', async () => {
  const twice = status(500, '', 'failed to create typed patch object: .spec.containers[name="c"].env: duplicate entries for key [name="A"]');
  const create = (fieldValidation?: 'Strict') => (c: ClusterConnection) => applyPod(c, 'dev', pod, { createOnly: true, dryRun: true, ...(fieldValidation && { fieldValidation }) });
  const { result, asked } = await call([[500, twice], [201, pod]], create());
  expect(result).toEqual({ pod, created: true, warnings: [] });
  expect(asked[1]).toEqual({ method: 'POST', url: '/api/v1/namespaces/dev/pods?fieldManager=podlab&dryRun=All', type: 'application/json', body: { ...pod, metadata: { name: 'web' } } });
  expect((await call([[500, twice], [409, status(409, 'AlreadyExists', 'pods "web" already exists')]], create())).result).toMatchObject({ code: 'POD_EXISTS' });
  expect((await call([[500, twice]], create('Strict'))).result).toEqual({ status: 500, reason: '' });
});

test.each<[string, readonly [number, unknown], (connection: ClusterConnection) => Promise<unknown>, unknown]>([
  ['gone', [404, status(404, 'NotFound', 'pods "web" not found')], (c) => getPod(c, 'dev', 'web'), { code: 'POD_GONE', params: { pod: 'web' }, cause: 'pods "web" not found' }],
  ['no such namespace', [404, status(404, 'NotFound', 'namespaces "dev" not found', 'namespaces')], (c) => getPod(c, 'dev', 'web'), { status: 404, reason: 'NotFound' }],
  ['there already', [409, status(409, 'AlreadyExists', 'pods "web" already exists')], (c) => createPod(c, 'dev', pod), { code: 'POD_EXISTS', params: { pod: 'web', namespace: 'dev' }, cause: 'pods "web" already exists' }],
  ['replaced', [409, status(409, 'Conflict', 'the UID in the precondition (a) does not match the UID in record (b)')], (c) => deletePod(c, 'dev', 'web', { uid: 'a' }),
    { code: 'POD_REPLACED', params: { pod: 'web' }, cause: 'the UID in the precondition (a) does not match the UID in record (b)' }],
  ['terminating', [200, pod], (c) => deletePod(c, 'dev', 'web', { uid: 'a' }), pod],
  ['gone at once', [200, { kind: 'Status', status: 'Success' }], (c) => deletePod(c, 'dev', 'web', { gracePeriodSeconds: 0 }), undefined],
  ['a table without rows', [200, { kind: 'Table', columnDefinitions: [{ name: 'Name' }], rows: null }], (c) => podsTable(c, undefined), { columns: ['Name'], rows: [] }],
])('%s', async (_, answer, make, expected) => {
  expect((await call([answer], make)).result).toEqual(expected);
});
