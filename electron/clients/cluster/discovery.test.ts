import { expect, test } from 'vitest';
import { openConnection } from './connection.ts';
import { discover, openapi } from './discovery.ts';
import { json, kubeconfigFor, startApiServer } from './test-api-server.ts';

const resource = (name: string, kind: string) => ({ name, kind, namespaced: true, verbs: ['get', 'list'] });
const notFound = { kind: 'Status', code: 404, reason: 'NotFound', message: 'the server could not find the requested resource' };

/** A server with these documents; everything else is not found. */
async function serve(documents: Record<string, unknown>) {
  const server = await startApiServer(({ url }, response) => (url in documents ? json(response, 200, documents[url]) : json(response, url.startsWith('/apis/down') ? 503 : 404, notFound)));
  const connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test');
  return {
    server, connection,
    async [Symbol.asyncDispose]() { await connection[Symbol.asyncDispose](); await server[Symbol.asyncDispose](); },
  };
}

test('every group version is asked once; one that is down is told', async () => {
  await using it = await serve({
    '/api': { versions: ['v1'] },
    '/apis': { groups: [
      { preferredVersion: { groupVersion: 'apps/v1' }, versions: [{ groupVersion: 'apps/v1beta1' }, { groupVersion: 'apps/v1' }] },
      { versions: [{ groupVersion: 'down.example.com/v1' }] },
    ] },
    '/api/v1': { groupVersion: 'v1', resources: [resource('pods', 'Pod'), resource('pods/ephemeralcontainers', 'Pod')] },
    '/apis/apps/v1': { groupVersion: 'apps/v1', resources: [resource('deployments', 'Deployment')] },
    '/apis/apps/v1beta1': { groupVersion: 'apps/v1beta1', resources: [] },
  });
  const found = await discover(it.connection);
  expect({ groupVersions: found.groupVersions, names: found.resources.map(({ groupVersion, name }) => `${groupVersion} ${name}`), failed: found.failed }).toEqual({
    groupVersions: ['v1', 'apps/v1', 'apps/v1beta1', 'down.example.com/v1'],
    names: ['v1 pods', 'v1 pods/ephemeralcontainers', 'apps/v1 deployments'],
    failed: ['down.example.com/v1'],
  });
  expect([found.has('v1', 'pods/ephemeralcontainers'), found.has('v1', 'deployments')]).toEqual([true, false]);
  const asked = it.server.asked.length;
  expect([await discover(it.connection), it.server.asked.length]).toEqual([found, asked]);
});

test('OpenAPI v3 where there is one, else v2; a failure is not kept', async () => {
  const index = { paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=AB' } } };
  await using newer = await serve({ '/openapi/v3': index, '/openapi/v3/api/v1?hash=AB': { openapi: '3.0.0' } });
  expect(await openapi(newer.connection)).toEqual({ version: 'v3', index, document: { openapi: '3.0.0' } });
  const documents: Record<string, unknown> = {};
  await using older = await serve(documents);
  await expect(openapi(older.connection)).rejects.toMatchObject({ status: 404 });
  documents['/openapi/v2'] = { swagger: '2.0' };
  expect(await openapi(older.connection)).toEqual({ version: 'v2', document: { swagger: '2.0' } });
});
