import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveApi, type TestApi } from './serve-for-test.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const map = (name: string, data: Record<string, string> = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

let api: TestApi;
beforeAll(async () => {
  api = await serveApi();
});
afterAll(() => api.close());

describe('who may come in', () => {
  it('refuses what has no token or a wrong one, as the API server does', async () => {
    for (const authorization of ['', 'Bearer wrong', 'Basic the-token', 'Bearer the-token-and-more']) {
      expect(await api.call('GET', '/version', undefined, { authorization })).toMatchObject({
        code: 401,
        body: { kind: 'Status', message: 'Unauthorized', reason: 'Unauthorized', code: 401 },
      });
    }
  });

  it('refuses a foreign Host, token or not', async () => {
    expect(await api.call('GET', '/version', undefined, { host: 'evil.example' })).toMatchObject({ code: 403 });
    expect(await api.call('GET', '/version', undefined, { host: `127.0.0.1.evil.example:${api.server.port}` })).toMatchObject({ code: 403 });
    for (const host of [`localhost:${api.server.port}`, '127.0.0.1:8001']) {
      expect(await api.call('GET', '/version', undefined, { host })).toMatchObject({ code: 200 });
    }
  });
});

describe('bodies', () => {
  it('does not take more than 3 MiB, with or without a length, and serves on', async () => {
    const big = 'a'.repeat(10 * 1024 * 1024);
    const message = 'Request entity too large: limit is 3145728';
    expect(await api.call('POST', MAPS, big)).toMatchObject({ code: 413, body: { message, reason: 'RequestEntityTooLarge' } });
    expect(await api.call('POST', MAPS, big, { 'transfer-encoding': 'chunked' })).toMatchObject({ code: 413, body: { message } });
    expect(await api.call('GET', MAPS)).toMatchObject({ code: 200 });
  });

  it('says what is wrong with one that is not JSON', async () => {
    expect(await api.call('POST', MAPS, '{"metadata":')).toMatchObject({
      code: 400,
      body: { reason: 'BadRequest', message: expect.stringContaining("couldn't get version/kind; json parse error: unexpected end of JSON input") },
    });
    expect(await api.call('POST', MAPS, '{}', { 'content-type': 'text/plain' })).toMatchObject({ code: 415, body: { reason: 'UnsupportedMediaType' } });
    expect(await api.call('PATCH', `${MAPS}/any`, '{}')).toMatchObject({ code: 415, body: { message: '415: Unsupported Media Type' } });
  });

  it('warns of unknown fields, refuses them under Strict and ignores them when asked', async () => {
    const wrong = { ...map('fields'), spec: { x: 1 } };
    expect(await api.call('POST', `${MAPS}?dryRun=All`, wrong)).toMatchObject({ code: 201, headers: { warning: '299 - "unknown field \\"spec\\""' } });
    expect(await api.call('POST', `${MAPS}?dryRun=All&fieldValidation=Strict`, wrong)).toMatchObject({
      code: 400,
      body: { message: expect.stringContaining('strict decoding error: unknown field "spec"') },
    });
    expect((await api.call('POST', `${MAPS}?dryRun=All&fieldValidation=Ignore`, wrong)).headers['warning']).toBeUndefined();
  });
});

describe('paths', () => {
  it('knows none but its own', async () => {
    const status = { code: 404, body: { message: 'the server could not find the requested resource', reason: 'NotFound' } };
    for (const path of ['/api/v1/foos', '/api/v2/pods', '/api/v1/pods/one', '/api/v1/namespaces/default/namespaces', `${MAPS}/a/status`, `${MAPS}/a/b/c`]) {
      expect(await api.call('GET', path), path).toMatchObject(status);
    }
    expect(await api.call('GET', '/apis/nope/v1')).toMatchObject({ code: 404, text: '404 page not found\n' });
  });

  it('does not take a method where it has no meaning', async () => {
    for (const [method, path] of [['POST', '/api/v1/pods'], ['PUT', MAPS], ['POST', `${MAPS}/a`], ['OPTIONS', `${MAPS}/a`], ['DELETE', '/api/v1/namespaces']] as const) {
      expect(await api.call(method, path), `${method} ${path}`).toMatchObject({ code: 405, body: { reason: 'MethodNotAllowed' } });
    }
  });

  it('tells its version and health', async () => {
    expect((await api.call('GET', '/version')).body).toMatchObject({ major: '1', minor: '34', gitVersion: 'v1.34.0', platform: 'linux/amd64' });
    expect(await api.call('GET', '/readyz')).toMatchObject({ code: 200, text: 'ok' });
  });
});

describe('forms of an answer', () => {
  beforeAll(() => api.call('POST', MAPS, map('form', { a: 'b' })));
  const table = (version: string) => `application/json;as=Table;g=meta.k8s.io;v=${version}`;

  it('makes a table with the metadata of each row, or what is asked for', async () => {
    const { body } = await api.call('GET', `${MAPS}/form`, undefined, { accept: `${table('v1')},application/json` });
    expect(body).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      columnDefinitions: [{ name: 'Name', type: 'string', format: 'name', priority: 0 }],
      rows: [{ cells: ['form'], object: { kind: 'PartialObjectMetadata', metadata: { name: 'form' } } }],
    });
    expect(body.rows[0].object.data).toBeUndefined();
    const whole = await api.call('GET', `${MAPS}/form?includeObject=Object`, undefined, { accept: table('v1beta1') });
    expect(whole.body).toMatchObject({ apiVersion: 'meta.k8s.io/v1beta1', rows: [{ object: { kind: 'ConfigMap', data: { a: 'b' } } }] });
    expect(await api.call('GET', `${MAPS}/form?includeObject=Foo`, undefined, { accept: table('v1') })).toMatchObject({ code: 400 });
  });

  it('gives metadata alone', async () => {
    const { body } = await api.call('GET', `${MAPS}?fieldSelector=metadata.name=form`, undefined, {
      accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    });
    expect(body.kind).toBe('PartialObjectMetadataList');
    expect(Object.keys(body.items[0])).toEqual(['kind', 'apiVersion', 'metadata']);
  });

  it('speaks no protobuf, which is no matter to who also takes JSON', async () => {
    const protobuf = 'application/vnd.kubernetes.protobuf';
    expect(await api.call('GET', MAPS, undefined, { accept: protobuf })).toMatchObject({ code: 406, body: { reason: 'NotAcceptable' } });
    expect(await api.call('GET', MAPS, undefined, { accept: `${protobuf},application/json` })).toMatchObject({ code: 200, body: { kind: 'ConfigMapList' } });
    expect(await api.call('GET', MAPS, undefined, { accept: 'text/html' })).toMatchObject({ code: 406, body: { message: '406: Not Acceptable' } });
  });
});

describe('discovery', () => {
  it('lists the resources of a version with their subresources', async () => {
    const { body } = await api.call('GET', '/api/v1');
    expect(body).toMatchObject({ kind: 'APIResourceList', groupVersion: 'v1' });
    expect(body.resources.map(({ name }: { name: string }) => name)).toEqual([
      'configmaps',
      'namespaces',
      'namespaces/status',
      'pods',
      'pods/eviction',
      'pods/exec',
      'pods/log',
      'pods/status',
    ]);
    expect(body.resources[3]).toEqual({
      name: 'pods',
      singularName: 'pod',
      namespaced: true,
      kind: 'Pod',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['po'],
      categories: ['all'],
    });
    expect(body.resources[4]).toMatchObject({ group: 'policy', version: 'v1', kind: 'Eviction' });
  });

  it('gives all groups in one answer to who asks so', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';
    const { body, headers } = await api.call('GET', '/api', undefined, { accept });
    expect(headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    expect(body.items[0].versions[0].resources[2]).toMatchObject({ resource: 'pods', responseKind: { kind: 'Pod' }, scope: 'Namespaced' });
    expect((await api.call('GET', '/apis', undefined, { accept })).body.items).toMatchObject([{ metadata: { name: 'authorization.k8s.io' } }]);
  });

  it('says that the token may do everything', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { verb: 'delete', resource: 'pods' } } };
    expect(await api.call('POST', path, review)).toMatchObject({ code: 201, body: { status: { allowed: true } } });
    expect(await api.call('POST', path, { ...review, spec: {} })).toMatchObject({ code: 422 });
    expect(await api.call('GET', path)).toMatchObject({ code: 405 });
  });
});

it('as 1.20 it has no field validation, no aggregated discovery and no singular names', async () => {
  const old = await serveApi(20);
  try {
    expect((await old.call('GET', '/version')).body).toMatchObject({ minor: '20', gitVersion: 'v1.20.2' });
    const made = await old.call('POST', `${MAPS}?fieldValidation=Strict`, { ...map('old'), bar: 1 });
    expect(made).toMatchObject({ code: 201 });
    expect(made.headers['warning']).toBeUndefined();
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    expect((await old.call('GET', '/api', undefined, { accept })).body.kind).toBe('APIVersions');
    expect((await old.call('GET', '/api/v1')).body.resources[0].singularName).toBe('');
  } finally {
    await old.close();
  }
});
