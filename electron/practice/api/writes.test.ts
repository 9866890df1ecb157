// Writes and streams over HTTPS.
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notFound } from './api-error.ts';
import { serveApi, TOKEN, type TestApi } from './serve-for-test.ts';
import type { SubresourceTarget } from './subresources.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';
const map = (name: string, data: Record<string, string> = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});
const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'i' }] } });
const target = ({ namespace, name, rest, query }: SubresourceTarget) => ({ namespace, name, rest, query: query.toString() });

let api: TestApi;
beforeAll(async () => {
  api = await serveApi(34, {
    'pods/log': async (_request, answer, of) => {
      if (of.name === 'none') throw notFound({ group: '', name: 'pods' }, 'none');
      if (answer.kind === 'response') answer.response.end(JSON.stringify(target(of)));
    },
    'pods/exec': async (_request, answer, of) => {
      if (of.name === 'broken') throw new Error('a fault of the handler');
      if (answer.kind === 'upgrade') answer.socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${of.name}`);
    },
  });
});
afterAll(() => api.close());

describe('create, replace and delete', () => {
  it('says Created, names its manager after the program, and answers a deletion with a Status', async () => {
    const made = await api.call('POST', MAPS, map('a', { x: '1' }));
    expect(made).toMatchObject({ code: 201, body: { metadata: { managedFields: [{ manager: 'tester', operation: 'Update' }] } } });
    expect(await api.call('POST', MAPS, map('a'))).toMatchObject({ code: 409, body: { reason: 'AlreadyExists' } });
    expect(await api.call('PUT', `${MAPS}/a`, map('b'))).toMatchObject({
      code: 400,
      body: { message: 'the name of the object (b) does not match the name on the URL (a)' },
    });
    expect(await api.call('PUT', `${MAPS}/a`, map('a', { x: '2' }))).toMatchObject({ code: 200, body: { data: { x: '2' } } });
    expect(await api.call('PUT', `${MAPS}/a`, map('a', {}, { resourceVersion: '1' }))).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
    expect((await api.call('DELETE', `${MAPS}/a`)).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid: made.body.metadata.uid },
    });
    expect(await api.call('DELETE', `${MAPS}/a`)).toMatchObject({ code: 404 });
  });

  it('takes YAML', async () => {
    const made = await api.call('POST', MAPS, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: yaml }\n', { 'content-type': 'application/yaml' });
    expect(made).toMatchObject({ code: 201, body: { metadata: { name: 'yaml' } } });
  });

  it('reads a deletion of body or query', async () => {
    const assigned = { ...pod('graceful'), spec: { ...pod('graceful').spec, nodeName: 'node' } };
    await api.call('POST', PODS, assigned);
    expect((await api.call('DELETE', `${PODS}/graceful?gracePeriodSeconds=20`)).body.metadata.deletionGracePeriodSeconds).toBe(20);
    expect((await api.call('DELETE', `${PODS}/graceful`, { gracePeriodSeconds: 10 })).body.metadata.deletionGracePeriodSeconds).toBe(10);
    expect(await api.call('DELETE', `${PODS}/graceful`, { propagationPolicy: 'Some' })).toMatchObject({ code: 422 });
    expect(await api.call('DELETE', `${PODS}/graceful`, '{"grace')).toMatchObject({ code: 400 });
    expect(await api.call('DELETE', `${PODS}/graceful`, { preconditions: { uid: 'other' } })).toMatchObject({ code: 409 });
    expect(await api.call('DELETE', `${PODS}/graceful`, { gracePeriodSeconds: 0 })).toMatchObject({ code: 200, body: { kind: 'Pod' } });
    expect(await api.call('GET', `${PODS}/graceful`)).toMatchObject({ code: 404 });
  });

  it('writes the status apart', async () => {
    await api.call('POST', PODS, pod('status'));
    const { body } = await api.call('PUT', `${PODS}/status/status`, { ...pod('status'), spec: { containers: [] }, status: { phase: 'Running' } });
    expect(body).toMatchObject({ spec: { containers: [{ name: 'c' }] }, status: { phase: 'Running' } });
  });

  it('evicts by deleting', async () => {
    await api.call('POST', PODS, pod('evicted'));
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'evicted' } };
    expect(await api.call('POST', `${PODS}/evicted/eviction`, eviction)).toMatchObject({ code: 201, body: { status: 'Success' } });
    expect(await api.call('GET', `${PODS}/evicted`)).toMatchObject({ code: 404 });
  });
});

describe('patch', () => {
  const patch = (path: string, kind: string, body: unknown) => api.call('PATCH', path, body, { 'content-type': `application/${kind}` });
  beforeAll(() => api.call('POST', MAPS, map('patched', { x: '1' })));

  it('knows four kinds', async () => {
    const path = `${MAPS}/patched`;
    expect((await patch(path, 'json-patch+json', [{ op: 'add', path: '/data/y', value: '2' }])).body.data).toEqual({ x: '1', y: '2' });
    expect((await patch(path, 'merge-patch+json', { data: { y: null } })).body.data).toEqual({ x: '1' });
    await api.call('POST', PODS, pod('patched'));
    const strategic = await patch(`${PODS}/patched`, 'strategic-merge-patch+json', { spec: { containers: [{ name: 'c', image: 'new' }] } });
    expect(strategic.body.spec.containers).toMatchObject([{ name: 'c', image: 'new' }]);
    const apply = (name: string, x: string, query: string) => patch(`${MAPS}/${name}?${query}`, 'apply-patch+yaml', map(name, { x }));
    expect(await apply('applied', '1', 'fieldManager=me')).toMatchObject({ code: 201 });
    expect(await apply('applied', '2', 'fieldManager=other')).toMatchObject({ code: 409, body: { details: { causes: [{ reason: 'FieldManagerConflict' }] } } });
    expect(await apply('applied', '2', 'fieldManager=other&force=true')).toMatchObject({ code: 200, body: { data: { x: '2' } } });
    expect(await apply('applied', '2', '')).toMatchObject({ code: 422, body: { message: expect.stringContaining('is required for apply patch') } });
  });

  it('does not make of an object what it cannot be', async () => {
    const path = `${MAPS}/patched`;
    expect(await patch(path, 'json-patch+json', [{ op: 'test', path: '/data/x', value: 'other' }])).toMatchObject({ code: 422 });
    expect(await patch(path, 'merge-patch+json', { data: { x: 1 } })).toMatchObject({ code: 422, body: { message: expect.stringContaining(' "" is invalid: patch:') } });
    expect(await patch(path, 'merge-patch+json', { metadata: { name: 'other' } })).toMatchObject({ code: 400 });
    expect(await patch(path, 'merge-patch+json', { metadata: { resourceVersion: '1' } })).toMatchObject({ code: 409 });
    expect(await patch(`${MAPS}/none`, 'merge-patch+json', {})).toMatchObject({ code: 404 });
    expect(await patch(`${path}?fieldValidation=Strict`, 'merge-patch+json', { spec: 1 })).toMatchObject({ code: 422 });
    expect((await patch(`${path}?dryRun=All`, 'merge-patch+json', { spec: 1 })).headers['warning']).toBe('299 - "unknown field \\"spec\\""');
  });
});

describe('streaming subresources', () => {
  it('are answered by their handlers', async () => {
    const { text } = await api.call('GET', `${PODS}/one/log?follow=true&tailLines=5`);
    expect(JSON.parse(text)).toEqual({ namespace: 'default', name: 'one', rest: '', query: 'follow=true&tailLines=5' });
    expect(await api.call('GET', `${PODS}/none/log`)).toMatchObject({ code: 404, body: { message: 'pods "none" not found' } });
  });

  /** What comes back on the bare connection of an upgrade. */
  function upgrade(path: string, token = TOKEN, host = '127.0.0.1'): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: api.server.port, host: '127.0.0.1', servername: 'localhost', ca: api.certificate.cert });
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.once('end', () => resolve(text)).once('error', reject);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    });
  }

  it('get the connection of an upgrade, when it may come in', async () => {
    expect(await upgrade(`${PODS}/one/exec?command=ls`)).toMatch(/^HTTP\/1.1 101 [^]*\r\n\r\none$/);
    expect(await upgrade(`${PODS}/one/exec`, 'wrong')).toMatch(/^HTTP\/1.1 401 [^]*"message":"Unauthorized"/);
    expect(await upgrade(`${PODS}/one/exec`, TOKEN, 'evil.example')).toMatch(/^HTTP\/1.1 403 /);
    expect(await upgrade(`${PODS}/one`)).toMatch(/^HTTP\/1.1 404 /);
    expect(await upgrade(`${PODS}/broken/exec`)).toMatch(/^HTTP\/1.1 500 [^]*Internal error occurred: a fault of the handler/);
  });
});
