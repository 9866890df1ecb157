// The ways to change an object: replace, JSON patch, merge patch, strategic merge patch; dry runs; versions that do not match.
import { describe, expect, test } from 'vitest';
import { conditionOf, failure, shell, type Bench, type Namespace } from '../bench.ts';
import type { Api, Json } from '../http.ts';
import { ofMinor, type ByMinor } from './life-table.ts';

export function patches(bench: () => Bench): void {
  describe.concurrent('change', () => {
    async function pod(): Promise<Namespace & AsyncDisposable> {
      const namespace = await bench().namespace('patch');
      await namespace.create('pods', {
        metadata: { name: 'p', labels: { a: '1', b: '2' }, annotations: { note: 'x' }, finalizers: ['x.io/keep'] },
        spec: {
          nodeSelector: { nowhere: 'true' },
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              ...shell('conformance-patch:1'),
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
            },
            { ...shell('conformance-patch:2'), name: 'd' },
          ],
          tolerations: [{ key: 'own', operator: 'Exists' }],
        },
      });
      // The scheduler changes it once; then nobody does.
      await namespace.podUntil('p', (made) => conditionOf(made, 'PodScheduled'));
      return Object.assign(namespace, {
        async [Symbol.asyncDispose]() {
          await namespace.api.patch(namespace.pod('p'), 'merge', { metadata: { finalizers: null } });
          await namespace.api.delete(`/api/v1/namespaces/${namespace.name}`);
        },
      });
    }

    test('merge patch: null takes away, lists are replaced', async () => {
      await using namespace = await pod();
      const { status, body } = await namespace.api.patch(namespace.pod('p'), 'merge', {
        metadata: { labels: { a: null, c: '3' }, finalizers: ['x.io/other'] },
      });
      expect(status).toBe(200);
      expect(body.metadata).toMatchObject({ labels: { b: '2', c: '3' }, finalizers: ['x.io/other'] });
      expect(body.metadata.labels).not.toHaveProperty('a');
    });

    test('merge patch of a list of containers replaces them all, which a pod does not allow', async () => {
      await using namespace = await pod();
      const answer = await namespace.api.patch(namespace.pod('p'), 'merge', { spec: { containers: [shell('conformance-patch:3')] } });
      expect(failure(answer)).toMatchObject({
        code: 422,
        reason: 'Invalid',
        message: expect.stringMatching(/^Pod "p" is invalid: .*spec\.containers: Forbidden: pod updates may not add or remove containers/),
      });
    });

    test('strategic merge patch: lists are merged by their key', async () => {
      await using namespace = await pod();
      const { status, body } = await namespace.api.patch(namespace.pod('p'), 'strategic-merge', {
        metadata: { finalizers: ['x.io/other'] },
        spec: { containers: [{ name: 'd', image: 'conformance-patch:9' }] },
      });
      expect(status).toBe(200);
      expect(body.spec.containers.map(({ name, image }: { name: string; image: string }) => `${name} ${image}`).toSorted()).toEqual([
        'c conformance-patch:1',
        'd conformance-patch:9',
      ]);
      expect(body.metadata.finalizers.toSorted()).toEqual(['x.io/keep', 'x.io/other']);
    });

    test('strategic merge patch: $patch and $deleteFromPrimitiveList', async () => {
      await using namespace = await pod();
      const first = await namespace.api.patch(namespace.pod('p'), 'strategic-merge', {
        metadata: { labels: { $patch: 'replace', only: '1' }, '$deleteFromPrimitiveList/finalizers': ['x.io/keep'], finalizers: ['x.io/b'] },
      });
      expect(first.status).toBe(200);
      expect(first.body.metadata.labels).toEqual({ only: '1' });
      expect(first.body.metadata.finalizers).toEqual(['x.io/b']);
    });

    test('JSON patch: add, replace, remove, test, move, copy', async () => {
      await using namespace = await pod();
      const { status, body } = await namespace.api.patch(namespace.pod('p'), 'json', [
        { op: 'test', path: '/metadata/labels/a', value: '1' },
        { op: 'add', path: '/metadata/labels/x~1y', value: 'z' },
        { op: 'replace', path: '/spec/containers/0/image', value: 'conformance-patch:7' },
        { op: 'remove', path: '/metadata/labels/b' },
        { op: 'copy', from: '/metadata/labels/a', path: '/metadata/labels/copy' },
        { op: 'move', from: '/metadata/annotations/note', path: '/metadata/annotations/moved' },
      ]);
      expect(status).toBe(200);
      expect(body.metadata).toMatchObject({ labels: { a: '1', 'x/y': 'z', copy: '1' }, annotations: { moved: 'x' } });
      expect(body.spec.containers[0].image).toBe('conformance-patch:7');
    });

    test.each([
      [
        'a test that fails',
        [{ op: 'test', path: '/metadata/labels/a', value: '2' }],
        422,
        'Invalid',
        /^the server rejected our request due to an error in our request$/,
      ],
      [
        'a path that is not there',
        [{ op: 'remove', path: '/metadata/labels/none' }],
        422,
        'Invalid',
        /^the server rejected our request due to an error in our request$/,
      ],
    ])('JSON patch: %s', async (_, patch, code, reason, message) => {
      await using namespace = await pod();
      expect(failure(await namespace.api.patch(namespace.pod('p'), 'json', patch))).toMatchObject({ code, reason, message: expect.stringMatching(message) });
    });

    const malformed = {
      20: { code: 500, message: 'Invalid JSON Patch' },
      25: { code: 400, reason: 'BadRequest', message: 'error decoding patch: unexpected end of JSON input' },
    };
    test.each([
      ['json', { not: 'a list' }, { 20: { code: 400, reason: 'BadRequest', message: 'json: cannot unmarshal object into Go value of type jsonpatch.Patch' } }],
      ['merge', '{"metadata":', malformed],
      [
        'strategic-merge',
        '[]',
        { 20: { code: 400, reason: 'BadRequest', message: 'json: cannot unmarshal array into Go value of type map[string]interface {}' } },
      ],
    ] as [Parameters<Api['patch']>[1], unknown, ByMinor<Json>][])('what is no %s patch', async (kind, body, expected) => {
      await using namespace = await pod();
      expect(failure(await namespace.api.patch(namespace.pod('p'), kind, body))).toEqual(ofMinor(expected, bench().target.minor));
    });

    test('a patch of no known type', async () => {
      await using namespace = await pod();
      const answer = await namespace.api.request('PATCH', namespace.pod('p'), { type: 'text/plain', body: '{}' });
      expect(failure(answer)).toMatchObject({
        code: 415,
        reason: 'UnsupportedMediaType',
        message: expect.stringMatching(
          /^(415: Unsupported Media Type|the body of the request was in an unknown format - accepted media types include: application\/json-patch\+json, application\/merge-patch\+json, application\/)/,
        ),
      });
    });

    test('a patch that changes nothing changes no version', async () => {
      await using namespace = await pod();
      const { body: before } = await namespace.api.get(namespace.pod('p'));
      const { status, body: after } = await namespace.api.patch(namespace.pod('p'), 'merge', { metadata: { labels: { a: '1' } } });
      expect(status).toBe(200);
      expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    });

    test('a version in a patch has to be the present one', async () => {
      await using namespace = await pod();
      const { body } = await namespace.api.get(namespace.pod('p'));
      const stale = await namespace.api.patch(namespace.pod('p'), 'merge', { metadata: { resourceVersion: '1', labels: { a: '5' } } });
      expect(failure(stale)).toEqual({
        code: 409,
        reason: 'Conflict',
        message: 'Operation cannot be fulfilled on pods "p": the object has been modified; please apply your changes to the latest version and try again',
        details: { name: 'p', kind: 'pods' },
      });
      expect(
        (await namespace.api.patch(namespace.pod('p'), 'merge', { metadata: { resourceVersion: body.metadata.resourceVersion, labels: { a: '5' } } })).status,
      ).toBe(200);
    });

    test('replace: with the present version, with a stale one, with none', async () => {
      await using namespace = await pod();
      const { body: object } = await namespace.api.get(namespace.pod('p'));
      const changed = { ...object, metadata: { ...object.metadata, labels: { a: '2' } } };
      const first = await namespace.api.put(namespace.pod('p'), changed);
      expect(first.status).toBe(200);
      expect(first.body.metadata.labels).toEqual({ a: '2' });
      expect((await namespace.api.put(namespace.pod('p'), changed)).status).toBe(409);
      const { resourceVersion: _, ...metadata } = changed.metadata;
      expect((await namespace.api.put(namespace.pod('p'), { ...changed, metadata: { ...metadata, labels: { a: '3' } } })).status).toBe(200);
    });

    test('replace: another name, another uid, what is not there', async () => {
      await using namespace = await pod();
      const { body: object } = await namespace.api.get(namespace.pod('p'));
      expect(failure(await namespace.api.put(namespace.pod('q'), object))).toMatchObject({
        code: 400,
        message: 'the name of the object (p) does not match the name on the URL (q)',
      });
      const other = await namespace.api.put(namespace.pod('p'), { ...object, metadata: { ...object.metadata, uid: '00000000-0000-0000-0000-000000000000' } });
      expect(other.status).toBe(409);
      const { body: map } = await namespace.api.post(`${namespace.path}/configmaps`, { metadata: { name: 'gone' } });
      await namespace.api.delete(`${namespace.path}/configmaps/gone`);
      expect((await namespace.api.put(`${namespace.path}/configmaps/gone`, map)).status).toBe(409);
    });

    test('what a pod does not let be changed', async () => {
      await using namespace = await pod();
      const answer = await namespace.api.patch(namespace.pod('p'), 'merge', { spec: { nodeSelector: { other: 'true' } } });
      const words = ofMinor(
        {
          20: 'Forbidden: pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)',
          25: 'Forbidden: pod updates may not change fields other than',
        },
        bench().target.minor,
      );
      expect(failure(answer)).toMatchObject({
        code: 422,
        reason: 'Invalid',
        message: expect.stringContaining(`spec: ${words}`),
        details: { name: 'p', kind: 'Pod', causes: [{ reason: 'FieldValueForbidden', field: 'spec' }] },
      });
    });

    test('status by the main resource, and the rest by status, stay as they are', async () => {
      await using namespace = await pod();
      const main = await namespace.api.patch(namespace.pod('p'), 'merge', { status: { message: 'changed' } });
      expect(main.status).toBe(200);
      expect(main.body.status.message).toBeUndefined();
      const sub = await namespace.api.patch(`${namespace.pod('p')}/status`, 'merge', { status: { message: 'changed' }, spec: { containers: null } });
      expect(sub.status).toBe(200);
      expect(sub.body.status.message).toBe('changed');
      expect(sub.body.spec.containers).toHaveLength(2);
    });

    test('dry runs answer as if, and change nothing', async () => {
      await using namespace = await pod();
      const dry = { query: { dryRun: 'All' } };
      const { body: before } = await namespace.api.get(namespace.pod('p'));
      const patched = await namespace.api.patch(namespace.pod('p'), 'merge', { metadata: { labels: { a: 'dry' } } }, dry);
      expect(patched.body.metadata.labels.a).toBe('dry');
      expect((await namespace.api.post(`${namespace.path}/configmaps`, { metadata: { name: 'dry' } }, dry)).status).toBe(201);
      expect((await namespace.api.get(`${namespace.path}/configmaps/dry`)).status).toBe(404);
      expect((await namespace.api.delete(namespace.pod('p'), undefined, dry)).status).toBe(200);
      const { body: after } = await namespace.api.get(namespace.pod('p'));
      expect(after).toEqual(before);
      expect(failure(await namespace.api.post(`${namespace.path}/configmaps`, { metadata: { name: 'dry' } }, { query: { dryRun: 'Some' } }))).toMatchObject({
        code: 422,
        reason: 'Invalid',
      });
    });

    test('generation counts changes of the spec alone, where the kind has one', async () => {
      await using namespace = await pod();
      const { body: before } = await namespace.api.get(namespace.pod('p'));
      const { body: after } = await namespace.api.patch(namespace.pod('p'), 'strategic-merge', {
        spec: { containers: [{ name: 'c', image: 'conformance-patch:8' }] },
      });
      const generations = [before, after].map((object) => object.metadata.generation);
      expect(generations).toEqual(ofMinor<(number | undefined)[]>({ 20: [undefined, undefined], 33: [1, 2] }, bench().target.minor));
    });
  });
}
