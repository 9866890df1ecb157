// Who may ask, and what the server says of itself.
import { describe, expect, test } from 'vitest';
import { failure, type Bench } from '../bench.ts';
import { Api, type Json } from '../http.ts';

export function access(bench: () => Bench): void {
  describe.concurrent('access', () => {
    test('with a token that is none nobody is let in', async () => {
      const { server, ca } = bench().target.connection;
      const api = new Api({ server, ca, token: 'none' });
      const answer = await api.get('/api/v1/pods');
      api.close();
      expect(failure(answer)).toMatchObject({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
    });

    test('without any, nobody reads pods', async () => {
      const { server, ca } = bench().target.connection;
      const api = new Api({ server, ca });
      const answer = await api.get('/api/v1/pods');
      api.close();
      expect([401, 403]).toContain(answer.status);
    });

    test('one may ask what one may do', async () => {
      const ask = (resourceAttributes: Json) =>
        bench().api.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes },
        });
      const { status, body } = await ask({ namespace: 'default', verb: 'delete', resource: 'pods' });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        spec: { resourceAttributes: { namespace: 'default', verb: 'delete', resource: 'pods' } },
        status: { allowed: true },
      });
      expect(failure(await bench().api.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: {} }))).toMatchObject({
        code: 422,
        reason: 'Invalid',
      });
    });

    test('version, health, and what is served', async () => {
      const { body: version } = await bench().api.get('/version');
      expect(version).toMatchObject({
        major: '1',
        minor: String(bench().target.minor),
        gitVersion: expect.stringMatching(new RegExp(`^v1\\.${bench().target.minor}\\.`)),
        platform: expect.stringMatching(/^\w+\/\w+$/),
      });
      for (const path of ['/healthz', '/readyz', '/livez']) expect(await bench().api.get(path)).toMatchObject({ status: 200, text: 'ok' });
      expect((await bench().api.get('/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
      const { body: resources } = await bench().api.get('/api/v1');
      expect(resources).toMatchObject({ kind: 'APIResourceList', groupVersion: 'v1' });
      const pods = resources.resources.find(({ name }: Json) => name === 'pods');
      expect(pods).toMatchObject({
        kind: 'Pod',
        namespaced: true,
        shortNames: ['po'],
        categories: ['all'],
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      });
      const names = resources.resources.map(({ name }: Json) => name);
      for (const name of [
        'pods/log',
        'pods/exec',
        'pods/attach',
        'pods/portforward',
        'pods/status',
        'pods/proxy',
        'namespaces',
        'nodes',
        'events',
        'services',
        'endpoints',
        'configmaps',
        'secrets',
        'serviceaccounts',
      ])
        expect(names).toContain(name);
    });

    test('OpenAPI tells the kinds, with what makes patches and applies of them', async () => {
      const { status, body } = await bench().api.get('/openapi/v2');
      expect(status).toBe(200);
      expect(body.swagger).toBe('2.0');
      const spec = body.definitions['io.k8s.api.core.v1.PodSpec'];
      expect(spec.required).toContain('containers');
      expect(spec.properties.containers).toMatchObject({
        type: 'array',
        items: { $ref: '#/definitions/io.k8s.api.core.v1.Container' },
        'x-kubernetes-patch-merge-key': 'name',
        'x-kubernetes-patch-strategy': 'merge',
      });
      expect(body.definitions['io.k8s.api.core.v1.Pod']['x-kubernetes-group-version-kind']).toEqual([{ group: '', kind: 'Pod', version: 'v1' }]);
    });

    test('the node tells its images', async () => {
      const { body } = await bench().api.get(`/api/v1/nodes/${bench().target.node}`);
      expect(body.status.nodeInfo.containerRuntimeVersion).toMatch(new RegExp(`^${bench().target.runtime}://`));
      expect(body.status.images.length).toBeGreaterThan(0);
      const sizes = body.status.images.map(({ sizeBytes }: Json) => sizeBytes);
      expect(sizes).toEqual(sizes.toSorted((a: number, b: number) => b - a));
      expect(body.status.conditions.find(({ type }: Json) => type === 'Ready')).toMatchObject({
        status: 'True',
        reason: 'KubeletReady',
        message: expect.stringContaining('kubelet is posting ready status'),
      });
    });
  });
}
