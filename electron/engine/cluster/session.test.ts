import { afterAll, expect, test, vi } from 'vitest';
import type { Kubeconfig } from '../../clients/cluster/kubeconfig.ts';
import { type Answer, json, kubeconfigFor, startApiServer } from '../../clients/cluster/test-api-server.ts';
import { openDocker } from '../docker.ts';
import { waitFor } from '../topic.ts';
import { openPermissions } from './permissions.ts';
import { type ClusterSession, openSession } from './session.ts';

vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
const docker = openDocker();
afterAll(() => docker[Symbol.asyncDispose]());

const soon = () => AbortSignal.timeout(15_000);
const listOf = (kind: string, items: unknown[] = []) => ({ kind: `${kind}List`, apiVersion: 'v1', metadata: { resourceVersion: '1' }, items });
const named = (name: string, namespace?: string) => ({ metadata: { name, uid: `uid-${name}`, ...(namespace && { namespace }) } });
const refused = (what: string) => ({ kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403, message: `${what} is forbidden: User "eve" cannot list resource "${what}" in API group "" at the cluster scope` });

/** A cluster of one node, and of one pod in `dev`; `mode` is who asks and how it is. */
function cluster(pod: string, mode: { now: 'down' | 'dev-only' | 'all' | 'silent' } = { now: 'all' }): Answer {
  return ({ url }, response) => {
    if (mode.now === 'silent') return;
    if (mode.now === 'down') return json(response, 503, {});
    if (url.includes('watch=true')) return void response.writeHead(200).write('\n');
    const [path] = url.split('?');
    const wide = !path!.includes('/namespaces/');
    if (mode.now === 'dev-only' && wide) return json(response, 403, refused(path!.split('/').at(-1)!));
    if (path!.endsWith('/pods')) return json(response, 200, listOf('Pod', [named(pod, 'dev')]));
    if (path!.endsWith('/nodes')) return json(response, 200, listOf('Node', [named(`node-of-${pod}`)]));
    return json(response, 200, listOf('Thing'));
  };
}
const urlOf = ({ port }: { port: number }) => `http://127.0.0.1:${port}`;
const far = (server: string, more: { namespace?: string; proxyUrl?: string; token?: string } = {}): Kubeconfig => {
  const { namespace = 'default', token, ...entry } = more;
  const made = kubeconfigFor(server, token === undefined ? {} : { token }, entry);
  return { ...made, contexts: made.contexts.map((context) => ({ ...context, namespace, isLocal: false })) };
};
const open = (kubeconfig: Kubeconfig, permissions = openPermissions()) => {
  const session = openSession('test', kubeconfig, docker, permissions);
  return { session, [Symbol.asyncDispose]: () => session.close() };
};
const locked = (session: ClusterSession) => {
  try {
    session.requireChanges();
    return 'open';
  } catch (error) {
    return (error as { code?: string }).code;
  }
};
const podNames = ({ items }: { items: ReadonlyMap<string, { metadata: { name?: string } }> | 'unknown' }) => (items === 'unknown' ? items : [...items.values()].map(({ metadata }) => metadata.name));

test('what was allowed holds for the same context with the same server, in every later session, and for no other', async () => {
  const permissions = openPermissions();
  {
    await using it = open(far('http://127.0.0.1:1'), permissions);
    expect(locked(it.session)).toBe('CHANGES_LOCKED');
    it.session.changesAllowed.set(true);
    expect(locked(it.session)).toBe('open');
  }
  await using it = open(far('http://127.0.0.1:1'), permissions);
  const seen = [locked(it.session)];
  for (const next of [far('http://127.0.0.1:2'), far('http://127.0.0.1:1', { proxyUrl: 'http://127.0.0.1:3' }), { ...far(''), contexts: [] }, far('http://127.0.0.1:1')]) {
    it.session.take(next);
    seen.push(locked(it.session));
  }
  it.session.changesAllowed.set(false);
  it.session.take(far('http://127.0.0.1:2'));
  it.session.take(far('http://127.0.0.1:1'));
  expect([...seen, locked(it.session)]).toEqual(['open', 'CHANGES_LOCKED', 'CHANGES_LOCKED', 'CHANGES_LOCKED', 'open', 'CHANGES_LOCKED']);
});

test('a context\'s own namespace is taken without a new connection; another user is one', async () => {
  await using server = await startApiServer(cluster('web'));
  await using it = open(far(urlOf(server)));
  const first = await it.session.client(soon());
  it.session.take(far(urlOf(server), { namespace: 'team' }));
  expect({ same: (await it.session.client(soon())) === first, closed: first.closed.aborted, namespaces: it.session.state.value.namespaces.names }).toEqual({ same: true, closed: false, namespaces: ['team'] });
  it.session.take(far(urlOf(server), { namespace: 'team', token: 'other' }));
  expect({ same: (await it.session.client(soon())) === first, closed: first.closed.aborted }).toEqual({ same: false, closed: true });
});

test('nothing of the cluster that was there before is shown as the new one\'s', async () => {
  await using before = await startApiServer(cluster('old'));
  const mode: { now: 'silent' | 'all' } = { now: 'silent' };
  await using after = await startApiServer(cluster('new', mode));
  await using it = open(far(urlOf(before)));
  const { pods } = await it.session.scope('dev', soon());
  await waitFor(pods, ({ items }) => items !== 'unknown', soon());
  await waitFor(it.session.nodeStores.stores, (stores) => stores !== 'unknown', soon());
  const look = () => ({
    server: it.session.server, pods: podNames(pods.value), nodes: podNames(it.session.nodes.value), stores: it.session.nodeStores.stores.value,
    images: it.session.nodeStores.images.value.read, state: it.session.state.value.connection.state,
  });
  expect(look()).toMatchObject({ server: urlOf(before), pods: ['old'], nodes: ['node-of-old'], stores: [{ node: 'node-of-old' }] });
  it.session.take(far(urlOf(after)));
  expect(look()).toEqual({ server: urlOf(after), pods: 'unknown', nodes: 'unknown', stores: 'unknown', images: [], state: 'connecting' });
});

test('new credentials for the same cluster leave what is known', async () => {
  await using server = await startApiServer(cluster('web'));
  await using it = open(far(urlOf(server)));
  const { pods } = await it.session.scope('', soon());
  await waitFor(pods, ({ items }) => items !== 'unknown', soon());
  it.session.take(far(urlOf(server), { token: 'renewed' }));
  expect(podNames(pods.value)).toEqual(['web']);
});

test('who may read one namespace gets it, though the server answered only later; and all, once that is allowed', async () => {
  const mode: { now: 'down' | 'dev-only' | 'all' } = { now: 'down' };
  await using server = await startApiServer(cluster('web', mode));
  await using it = open(far(urlOf(server)));
  const scope = await it.session.scope('dev', soon());
  expect({ state: scope.pods.value.connection.state, items: scope.pods.value.items }).toEqual({ state: 'disconnected', items: 'unknown' });
  mode.now = 'dev-only';
  const own = await waitFor(scope.pods, ({ connection }) => connection.state === 'live', soon());
  const all = await it.session.scope('', soon());
  expect({ pods: podNames(own), all: all.pods.value.connection.state, same: (await it.session.scope('dev', soon())) === scope }).toEqual({ pods: ['web'], all: 'forbidden', same: true });
  await waitFor(scope.events, (events) => events !== 'unknown', soon());

  mode.now = 'all';
  it.session.take(far(urlOf(server), { token: 'of the admin' }));
  await waitFor(all.pods, ({ connection }) => connection.state === 'live', soon());
  expect(scope.pods.value).toBe(all.pods.value);
});

test('a reason for which there is no connection is an answer too', async () => {
  await using it = open(far('ftp://127.0.0.1:1'));
  const scope = await it.session.scope('dev', soon());
  expect({ pods: scope.pods.value.items, state: it.session.state.value.connection }).toMatchObject({ pods: 'unknown', state: { state: 'disconnected', cause: { code: 'KUBECONFIG_INVALID' } } });
});
