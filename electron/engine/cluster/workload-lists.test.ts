import { expect, onTestFinished, test, vi } from 'vitest';
import { openConnection } from '../../clients/cluster/connection.ts';
import { json, kubeconfigFor, startApiServer, type Answer } from '../../clients/cluster/test-api-server.ts';
import { openWorkloads } from './workload-lists.ts';

/** A busy machine takes its time. */
const SOON = { timeout: 30_000 };
const event = { metadata: { name: 'e', uid: 'e' }, involvedObject: { kind: 'ReplicaSet', uid: 'web-1' }, reason: 'FailedCreate', message: 'no' };
const resource = (name: string, kind: string) => ({ name, kind, namespaced: true, verbs: ['list', 'watch'] });
const groups = { '/apis/apps/v1': [resource('deployments', 'Deployment'), resource('replicasets', 'ReplicaSet')], '/apis/batch/v1beta1': [resource('cronjobs', 'CronJob')] };
const list = (kind: string, items: object[]) => ({ kind: `${kind}List`, apiVersion: 'x/v1', metadata: { resourceVersion: '1' }, items });

/** The lists of a namespace; `discovered` lets the server say which kinds it has. */
async function scene() {
  const { promise: asked, resolve: discovered } = Promise.withResolvers<void>();
  const answer: Answer = async ({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (searchParams.has('watch')) return void response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    if (pathname === '/api') {
      await asked;
      return json(response, 200, { versions: ['v1'] });
    }
    if (pathname === '/apis') return json(response, 200, { groups: Object.keys(groups).map((path) => ({ versions: [{ groupVersion: path.slice('/apis/'.length) }] })) });
    if (pathname === '/api/v1') return json(response, 200, { groupVersion: 'v1', resources: [] });
    if (pathname in groups) return json(response, 200, { groupVersion: pathname.slice('/apis/'.length), resources: groups[pathname as keyof typeof groups] });
    if (pathname.endsWith('/events')) return json(response, 200, list('Event', [event]));
    if (pathname.endsWith('/deployments')) return json(response, 200, list('Deployment', [{ metadata: { name: 'web', uid: 'web' } }]));
    if (pathname.endsWith('/replicasets')) return json(response, 403, { kind: 'Status', code: 403, reason: 'Forbidden', message: 'not you' });
    return json(response, 200, list('CronJob', []));
  };
  const server = await startApiServer(answer);
  const connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test');
  const stop = new AbortController();
  const workloads = openWorkloads();
  workloads.connect(connection, stop.signal);
  const { lists, [Symbol.dispose]: release } = workloads.follow('n');
  onTestFinished(async () => {
    release();
    stop.abort();
    await connection[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  return { lists, discovered, server };
}

test('until the server has said which kinds it has, none of them is known to be empty', async () => {
  const { lists, discovered } = await scene();
  await vi.waitFor(() => expect(lists.value.events).not.toBe('unknown'), SOON);
  expect(lists.value).toMatchObject({ unread: expect.arrayContaining(['Deployment', 'CronJob']) as string[], objects: new Map() });
  discovered();
  await vi.waitFor(() => expect([lists.value.unread, [...lists.value.objects.values()].map(({ kind, metadata }) => `${kind} ${metadata.name}`)]).toEqual([['ReplicaSet'], ['Deployment web']]), SOON);
  expect(lists.value.events !== 'unknown' && [...lists.value.events.keys()]).toEqual(['web-1']);
});

test('of the versions that the server has, and of no kind that it does not have', async () => {
  const { lists, discovered, server } = await scene();
  discovered();
  await vi.waitFor(() => expect(lists.value.unread).toEqual(['ReplicaSet']), SOON);
  const paths = server.asked.map(({ url }) => new URL(url, 'http://x').pathname).filter((path) => path.includes('/namespaces/n/'));
  expect([...new Set(paths)].toSorted()).toEqual([
    '/api/v1/namespaces/n/events', '/apis/apps/v1/namespaces/n/deployments', '/apis/apps/v1/namespaces/n/replicasets', '/apis/batch/v1beta1/namespaces/n/cronjobs',
  ]);
});
