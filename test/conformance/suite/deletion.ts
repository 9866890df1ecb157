// Deletions: the grace of a pod, preconditions, finalizers, many at once, namespaces, owners.
import { describe, expect, test } from 'vitest';
import { failure, readWatch, soon, type Bench, type Namespace } from '../bench.ts';
import type { Json } from '../http.ts';

export function deletion(bench: () => Bench): void {
  describe.concurrent('deletion', () => {
    const gone = (namespace: Namespace, name: string) =>
      soon(async () => ((await namespace.api.get(namespace.pod(name))).status === 404 ? true : undefined), 120);
    const versionOf = async (namespace: Namespace): Promise<string> => (await namespace.api.get(`${namespace.path}/pods`)).body.metadata.resourceVersion;

    test('a pod that runs is given its grace: Terminating, then gone', async () => {
      await using namespace = await bench().namespace('delete');
      await namespace.run('p', 'sleep 3600', { spec: { terminationGracePeriodSeconds: 3 } });
      await namespace.ready('p');
      const before = await versionOf(namespace);
      const { status, body } = await namespace.api.delete(namespace.pod('p'));
      expect(status).toBe(200);
      expect(body).toMatchObject({ kind: 'Pod', metadata: { name: 'p', deletionGracePeriodSeconds: 3, deletionTimestamp: expect.stringMatching(/Z$/) } });
      expect(await namespace.columns('p')).toMatchObject({ status: 'Terminating' });
      await gone(namespace, 'p');
      const events = await readWatch(namespace, 'pods', 50, { resourceVersion: before, timeoutSeconds: 2 });
      expect(events[0]).toMatchObject({ type: 'MODIFIED', object: { metadata: { deletionTimestamp: body.metadata.deletionTimestamp } } });
      expect(events.at(-1)).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'p', deletionGracePeriodSeconds: 0 } } });
      expect(events.map(({ type }) => type).filter((type) => type === 'DELETED')).toHaveLength(1);
      // A shell that is the first process does not hear SIGTERM: it was killed when its time was over.
      expect(events.at(-1)?.object.status.containerStatuses?.[0].state.terminated?.exitCode ?? 137).toBe(137);
      expect((await namespace.events('p')).map(({ reason, message }) => `${reason}: ${message}`)).toContain('Killing: Stopping container c');
    }, 180_000);

    test('a grace that is asked for counts; a second one can only make it shorter', async () => {
      await using namespace = await bench().namespace('delete');
      await namespace.run('p', 'sleep 3600', { spec: { terminationGracePeriodSeconds: 30 } });
      await namespace.ready('p');
      const first = await namespace.api.delete(namespace.pod('p'), { gracePeriodSeconds: 10 });
      expect(first.body.metadata.deletionGracePeriodSeconds).toBe(10);
      const longer = await namespace.api.delete(namespace.pod('p'), { gracePeriodSeconds: 15 });
      expect(longer.body.metadata.deletionGracePeriodSeconds).toBe(10);
      const shorter = await namespace.api.delete(namespace.pod('p'), undefined, { query: { gracePeriodSeconds: 1 } });
      expect(shorter.body.metadata.deletionGracePeriodSeconds).toBe(1);
      await gone(namespace, 'p');
    }, 180_000);

    test('by force it is gone at once', async () => {
      await using namespace = await bench().namespace('delete');
      await namespace.run('p', 'sleep 3600', { spec: { terminationGracePeriodSeconds: 30 } });
      await namespace.ready('p');
      const { status, body } = await namespace.api.delete(namespace.pod('p'), { gracePeriodSeconds: 0 });
      expect([status, body.kind]).toEqual([200, 'Pod']);
      expect((await namespace.api.get(namespace.pod('p'))).status).toBe(404);
      // The name is free.
      await namespace.run('p', 'sleep 3600');
    });

    test('a pod that runs nowhere is gone at once', async () => {
      await using namespace = await bench().namespace('delete');
      await namespace.run('p', 'sleep 3600', { spec: { nodeSelector: { nowhere: 'true' } } });
      await namespace.api.delete(namespace.pod('p'));
      expect((await namespace.api.get(namespace.pod('p'))).status).toBe(404);
    });

    test('what is deleted answers with a Status, but for what goes on its way', async () => {
      await using namespace = await bench().namespace('delete');
      const made = await namespace.create('configmaps', { metadata: { name: 'a' } });
      const { status, body } = await namespace.api.delete(`${namespace.path}/configmaps/a`);
      expect(status).toBe(200);
      expect(body).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'a', kind: 'configmaps', uid: made.metadata.uid },
      });
      expect(failure(await namespace.api.delete(`${namespace.path}/configmaps/a`))).toEqual({
        code: 404,
        reason: 'NotFound',
        message: 'configmaps "a" not found',
        details: { name: 'a', kind: 'configmaps' },
      });
    });

    test('preconditions', async () => {
      await using namespace = await bench().namespace('delete');
      const { metadata } = await namespace.create('configmaps', { metadata: { name: 'a' } });
      const path = `${namespace.path}/configmaps/a`;
      const other = '00000000-0000-0000-0000-000000000000';
      expect(failure(await namespace.api.delete(path, { preconditions: { uid: other } }))).toMatchObject({
        code: 409,
        reason: 'Conflict',
        message: `Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (${other}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
      });
      expect(failure(await namespace.api.delete(path, { preconditions: { resourceVersion: '1' } }))).toMatchObject({
        code: 409,
        reason: 'Conflict',
        message: `Operation cannot be fulfilled on ConfigMap "a": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
      });
      expect((await namespace.api.delete(path, { preconditions: { uid: metadata.uid, resourceVersion: metadata.resourceVersion } })).status).toBe(200);
    });

    test('a finalizer keeps it until it is taken away', async () => {
      await using namespace = await bench().namespace('delete');
      await namespace.create('configmaps', { metadata: { name: 'a', finalizers: ['x.io/keep'] } });
      const path = `${namespace.path}/configmaps/a`;
      const { body } = await namespace.api.delete(path);
      expect(body).toMatchObject({ kind: 'ConfigMap', metadata: { deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 0 } });
      expect((await namespace.api.get(path)).status).toBe(200);
      // While it is on its way, nobody can add another one.
      expect(failure(await namespace.api.patch(path, 'merge', { metadata: { finalizers: ['x.io/keep', 'x.io/more'] } }))).toMatchObject({
        code: 422,
        message: expect.stringContaining('no new finalizers can be added if the object is being deleted'),
      });
      expect((await namespace.api.patch(path, 'merge', { metadata: { finalizers: null } })).status).toBe(200);
      expect((await namespace.api.get(path)).status).toBe(404);
    });

    test('all that a selector names', async () => {
      await using namespace = await bench().namespace('delete');
      for (const name of ['a', 'b', 'c']) await namespace.create('configmaps', { metadata: { name, labels: { side: name === 'c' ? 'right' : 'left' } } });
      const { status, body } = await namespace.api.request('DELETE', `${namespace.path}/configmaps`, { query: { labelSelector: 'side=left' } });
      expect(status).toBe(200);
      expect(body.kind).toBe('ConfigMapList');
      const left = (await namespace.api.get(`${namespace.path}/configmaps`, { query: { labelSelector: 'side' } })).body.items;
      expect(left.map((item: Json) => item.metadata.name)).toEqual(['c']);
    });

    test('a namespace takes all that is in it with it', async () => {
      await using namespace = await bench().namespace('delete');
      await namespace.create('configmaps', { metadata: { name: 'a' } });
      await namespace.run('p', 'sleep 3600');
      await namespace.ready('p');
      const { status, body } = await namespace.api.delete(`/api/v1/namespaces/${namespace.name}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' }, metadata: { deletionTimestamp: expect.any(String) } });
      const refused = await namespace.api.post(`${namespace.path}/configmaps`, { metadata: { name: 'b' } });
      expect(failure(refused)).toMatchObject({
        code: 403,
        reason: 'Forbidden',
        message: `configmaps "b" is forbidden: unable to create new content in namespace ${namespace.name} because it is being terminated`,
        details: { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
      });
      // Its controller waits twice as long after each try that finds a pod still there.
      await soon(async () => ((await namespace.api.get(`/api/v1/namespaces/${namespace.name}`)).status === 404 ? true : undefined), 240);
      expect((await namespace.api.get(`${namespace.path}/configmaps/a`)).status).toBe(404);
    }, 300_000);

    test('what it owns goes with an object', async () => {
      await using namespace = await bench().namespace('delete');
      const owner = await namespace.create('configmaps', { metadata: { name: 'owner' } });
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid }];
      await namespace.create('configmaps', { metadata: { name: 'owned', ownerReferences } });
      await namespace.api.delete(`${namespace.path}/configmaps/owner`, { propagationPolicy: 'Background' });
      expect(await soon(async () => ((await namespace.api.get(`${namespace.path}/configmaps/owned`)).status === 404 ? true : undefined), 60)).toBe(true);
    }, 180_000);

    test('orphaned, it stays', async () => {
      await using namespace = await bench().namespace('delete');
      const owner = await namespace.create('configmaps', { metadata: { name: 'owner' } });
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid }];
      await namespace.create('configmaps', { metadata: { name: 'owned', ownerReferences } });
      await namespace.api.delete(`${namespace.path}/configmaps/owner`, { propagationPolicy: 'Orphan' });
      await soon(async () => ((await namespace.api.get(`${namespace.path}/configmaps/owner`)).status === 404 ? true : undefined), 60);
      const owned = await soon(async () => {
        const { body } = await namespace.api.get(`${namespace.path}/configmaps/owned`);
        return body.metadata.ownerReferences ? undefined : body;
      }, 60);
      expect(owned.metadata).not.toHaveProperty('ownerReferences');
    }, 180_000);

    test('options that cannot be', async () => {
      await using namespace = await bench().namespace('delete');
      await namespace.create('configmaps', { metadata: { name: 'a' } });
      const path = `${namespace.path}/configmaps/a`;
      expect(failure(await namespace.api.delete(path, { propagationPolicy: 'Some' }))).toMatchObject({
        code: 422,
        reason: 'Invalid',
        message: expect.stringContaining('propagationPolicy: Unsupported value: "Some"'),
      });
      expect(failure(await namespace.api.delete(path, { propagationPolicy: 'Orphan', orphanDependents: true }))).toMatchObject({ code: 422 });
    });
  });
}
