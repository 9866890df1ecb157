import { describe, expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { contexts, kubectl, newNamespace } from '../../../test/fixtures/command-line.ts';
import { ApiError } from './api-error.ts';
import { openConnection } from './connection.ts';
import { discover, openapi } from './discovery.ts';
import { type Kubeconfig, loadKubeconfig, type UserEntry } from './kubeconfig.ts';
import { applyPod, createPod, deletePod, getPod, listEvents, listNamespaces, podsTable, selfSubjectAccessReview, serverVersion } from './pods-api.ts';
import { schemaProblemOf, unknownFieldOf } from './unknown-field.ts';

const kubeconfig = await loadKubeconfig();
const outcome = (promise: Promise<unknown>) => promise.then((value) => ({ value }), (error: unknown) => (error instanceof Failure ? error.toData() : error instanceof ApiError ? { status: error.status, reason: error.reason, message: error.message } : error));
const pod = (name: string, container: object = {}, metadata: object = {}): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: { terminationGracePeriodSeconds: 0, nodeSelector: { no: 'where' }, containers: [{ name: 'c', image: 'nowhere:1', ...container }] },
});

/** The context with another user. */
function withUser(context: string, user: (was: UserEntry) => UserEntry): Kubeconfig {
  const { user: name } = kubeconfig.contexts.find((one) => one.name === context)!;
  return { ...kubeconfig, users: new Map([[name, user(kubeconfig.users.get(name)!)]]) };
}

describe.each(contexts)('%s', (context) => {
  test('100 calls and two watches take at most ten connections', async () => {
    await using connection = await openConnection(kubeconfig, context);
    await using _pods = await connection.stream({ path: '/api/v1/pods', query: { watch: true } });
    await using _events = await connection.stream({ path: '/api/v1/events', query: { watch: true } });
    for (let round = 0; round < 5; round += 1) await Promise.all(Array.from({ length: 20 }, () => connection.request({ path: '/api/v1/pods', query: { limit: 5 } })));
    expect(connection.socketsOpened).toBeLessThanOrEqual(10);
    expect(connection.socketsOpened).toBeGreaterThanOrEqual(3); // the counter counts
  });

  test('what the server says of itself', async () => {
    await using connection = await openConnection(kubeconfig, context);
    const [version, namespaces, discovery, schema] = await Promise.all([serverVersion(connection), listNamespaces(connection), discover(connection), openapi(connection)]);
    expect(version.gitVersion).toBe((JSON.parse(await kubectl(context, 'version', '-o', 'json')) as { serverVersion: { gitVersion: string } }).serverVersion.gitVersion);
    expect(namespaces).toEqual(expect.arrayContaining(['default', 'kube-system']));
    expect([discovery.has('v1', 'pods/exec'), discovery.has('apps/v1', 'deployments'), discovery.has('v1', 'nonsense'), discovery.failed]).toEqual([true, true, false, []]);
    expect(JSON.stringify(schema.document)).toContain('imagePullPolicy');
    expect(await discover(connection)).toBe(discovery);
  });

  test('apply: creates once, tells what was set, and never touches a pod that is there', async () => {
    await using connection = await openConnection(kubeconfig, context);
    await using namespace = await newNamespace(context, 'apply');
    const create = (object: Pod, options: object = {}) => applyPod(connection, namespace.name, object, { createOnly: true, ...options });
    expect((await create(pod('web'), { dryRun: true })).created).toBe(true);
    expect(await outcome(getPod(connection, namespace.name, 'web'))).toMatchObject({ code: 'POD_GONE' });

    // Many at the same moment: one creates, the others are told.
    const racers = await Promise.all(Array.from({ length: 6 }, (_, number) => outcome(create(pod('web', {}, { labels: { racer: String(number) } }), { force: true }))));
    const lost = racers.filter((racer) => 'code' in (racer as object));
    expect(lost.map((racer) => (racer as { code: string }).code)).toEqual(Array.from({ length: 5 }, () => 'POD_EXISTS'));
    const made = await getPod(connection, namespace.name, 'web');
    const winner = racers.find((racer) => 'value' in (racer as object)) as { value: { pod: Pod } };
    expect([made.metadata.uid, made.metadata.labels]).toEqual([winner.value.pod.metadata.uid, winner.value.pod.metadata.labels]);
    expect(await outcome(create(pod('web'), { dryRun: true }))).toMatchObject({ code: 'POD_EXISTS', params: { pod: 'web', namespace: namespace.name } });
    const set = made.metadata.managedFields?.find((entry) => entry.manager === 'podlab');
    expect([set?.operation, JSON.stringify(set?.fieldsV1).includes('f:image"'), JSON.stringify(set?.fieldsV1).includes('imagePullPolicy')]).toEqual(['Apply', true, false]);

    expect(await outcome(createPod(connection, namespace.name, pod('web')))).toMatchObject({ code: 'POD_EXISTS' });
    expect(await outcome(create(pod('lost')).then(() => applyPod(connection, 'no-such-namespace', pod('lost'), { createOnly: true })))).toEqual({ status: 404, reason: 'NotFound', message: 'namespaces "no-such-namespace" not found' });
  });

  test('apply names a field that the server does not know; a plain POST does not', async () => {
    await using connection = await openConnection(kubeconfig, context);
    const error = (container: object) => applyPod(connection, 'default', pod('typo', container), { dryRun: true }).catch((thrown: unknown) => thrown);
    expect(unknownFieldOf(await error({ imagePullPolcy: 'Never' }))).toBe('spec.containers[name="c"].imagePullPolcy');
    expect(schemaProblemOf(await error({ command: 'sh' }))).toEqual({ path: 'spec.containers[name="c"].command', message: 'expected list, got &{sh}' });
    expect(await error({ imagePullPolicy: 'Sometimes' })).toMatchObject({ status: 422, reason: 'Invalid' });
    await createPod(connection, 'default', pod('typo', { imagePullPolcy: 'Never' }), { dryRun: true }); // accepted without a word on 1.20
  });

  test('delete: that pod and no other', async () => {
    await using connection = await openConnection(kubeconfig, context);
    await using namespace = await newNamespace(context, 'delete');
    const { pod: made } = await applyPod(connection, namespace.name, pod('web'), { createOnly: true });
    expect(await outcome(deletePod(connection, namespace.name, 'web', { uid: '11111111-1111-1111-1111-111111111111' }))).toMatchObject({ code: 'POD_REPLACED', params: { pod: 'web' } });
    expect(await deletePod(connection, namespace.name, 'web', { uid: made.metadata.uid!, dryRun: true })).toMatchObject({ metadata: { uid: made.metadata.uid } });
    expect(await listEvents(connection, namespace.name, made.metadata.uid!)).toEqual(expect.any(Array));
    expect((await podsTable(connection, namespace.name)).rows.map(({ name, namespace: place, cells }) => [name, place, cells[2]])).toEqual([['web', namespace.name, 'Pending']]);
    await deletePod(connection, namespace.name, 'web', { uid: made.metadata.uid!, gracePeriodSeconds: 0 });
    expect(await outcome(deletePod(connection, namespace.name, 'web'))).toMatchObject({ code: 'POD_GONE', params: { pod: 'web' } });
  });

  test('who is not known, who is not allowed, who is not trusted', async () => {
    await using stranger = await openConnection(withUser(context, ({ name, file }) => ({ name, file, token: 'expired' })), context);
    expect(await outcome(stranger.request({ path: '/api/v1/pods' }))).toEqual({ code: 'CREDENTIALS_REFUSED', params: { context }, cause: 'Unauthorized' });

    await using eve = await openConnection(withUser(context, (user) => ({ ...user, impersonate: { user: 'eve', groups: [], extra: {} } })), context);
    expect(await outcome(eve.request({ path: '/api/v1/namespaces/default/pods' }))).toEqual({
      code: 'NOT_ALLOWED', params: { verb: 'list', resource: 'pods', namespace: 'default' },
      cause: 'pods is forbidden: User "eve" cannot list resource "pods" in API group "" in the namespace "default"',
    });
    expect(await selfSubjectAccessReview(eve, { verb: 'list', resource: 'pods', namespace: 'default' })).toMatchObject({ allowed: false });

    const { cluster } = kubeconfig.contexts.find((one) => one.name === context)!;
    const { caData: _, ...entry } = kubeconfig.clusters.get(cluster)!;
    await using untrusting = await openConnection({ ...kubeconfig, clusters: new Map([[cluster, entry]]) }, context);
    expect(await outcome(untrusting.request({ path: '/version' }))).toMatchObject({ code: 'CLUSTER_NOT_TRUSTED', params: { context, server: entry.server } });
  });
});
