// What a user may not do is disabled with the reason: a service account whose role has no `delete`, asked on a real cluster with RBAC.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import { kubectl, kubectlInput, newNamespace } from './fixtures/command-line.ts';

const cluster = 'docker-desktop';
const context = 'apprentice';
let namespace: Awaited<ReturnType<typeof newNamespace>>;
let folder: string;
let engine: Engine;

const items = (name: string) => `
apiVersion: v1
kind: ServiceAccount
metadata: {name: apprentice}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: apprentice}
rules:
- {apiGroups: [""], resources: [pods, events], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [pods], verbs: [create, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: apprentice}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: apprentice}
subjects: [{kind: ServiceAccount, name: apprentice, namespace: ${name}}]
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {schedulerName: nobody, containers: [{name: c, image: "access-test:1"}]}
`;

interface Config {
  clusters: { name: string; cluster: object }[];
  contexts: { name: string; context: { cluster: string } }[];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-access-'));
  namespace = await newNamespace(cluster, 'access');
  await kubectlInput(cluster, items(namespace.name), '-n', namespace.name, 'apply', '-f', '-');
  const config = JSON.parse(await kubectl(cluster, 'config', 'view', '--raw', '--minify', '--flatten', '-o', 'json')) as Config;
  const kubeconfig = {
    ...config, 'current-context': context,
    contexts: [{ name: context, context: { cluster: config.clusters[0]?.name, user: context, namespace: namespace.name } }],
    users: [{ name: context, user: { token: await tokenOf() } }],
  };
  await writeFile(join(folder, 'config'), JSON.stringify(kubeconfig));
  engine = await openEngine({ kubeconfig: join(folder, 'config'), stateDirectory: folder });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await namespace[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Of the secret that the controller makes for the account, a moment later. */
async function tokenOf(): Promise<string> {
  const at = ['-n', namespace.name];
  const secret = await vi.waitFor(async () => {
    const name = await kubectl(cluster, ...at, 'get', 'serviceaccount', 'apprentice', '-o', 'jsonpath={.secrets[0].name}');
    if (name === '') throw new Error('the service account has no token');
    return name;
  }, { timeout: 240_000, interval: 200 });
  const token = await kubectl(cluster, ...at, 'get', 'secret', secret, '-o', 'jsonpath={.data.token}');
  return Buffer.from(token, 'base64').toString();
}

test('Delete and Recreate are offered with the reason why not; what is allowed, and loading, stays', async () => {
  const stop = new AbortController();
  const seen = engine.calls.pods.watchDetail({ context, namespace: namespace.name, name: 'web' }, AbortSignal.any([stop.signal, AbortSignal.timeout(240_000)]));
  let refused: unknown[] = [];
  let isLoadOpen: boolean | undefined;
  for await (const event of seen) {
    if (event.type !== 'pod') continue;
    const { offers } = event.detail;
    refused = offers.flatMap(({ action, policy, refused: why }) => (why?.key === 'access.refused' ? [[action, policy, why.params]] : []));
    isLoadOpen = offers.find(({ action }) => action === 'load')?.refused?.key !== 'access.refused';
    if (refused.length > 0) break;
  }
  const params = { verb: 'delete', namespace: namespace.name };
  expect([refused, isLoadOpen]).toEqual([
    [...['IfNotPresent', 'Never', 'Always', undefined].map((policy) => ['recreate', policy, params]), ['delete', undefined, params]],
    true,
  ]);
});

test('the screen hears it of a namespace, and of one in which everything is refused', async () => {
  const refusedIn = async (name: string, isAll: (refused: object) => boolean) => {
    for await (const refused of engine.calls.environment.watchAccess({ context, namespace: name }, AbortSignal.timeout(240_000))) if (isAll(refused)) return refused;
    throw new Error('the stream ended');
  };
  expect(await refusedIn(namespace.name, (refused) => Object.keys(refused).length === 2)).toEqual({
    delete: { key: 'access.refused', params: { verb: 'delete', namespace: namespace.name } },
    recreate: { key: 'access.refused', params: { verb: 'delete', namespace: namespace.name } },
  });
  expect(await refusedIn('default', (refused) => Object.keys(refused).length === 3)).toMatchObject({ create: { params: { verb: 'patch', namespace: 'default' } } });
});

test('the server itself refuses, and the pod stays', async () => {
  const uid = await kubectl(cluster, '-n', namespace.name, 'get', 'pod', 'web', '-o', 'jsonpath={.metadata.uid}');
  const deleting = async () => {
    for await (const event of engine.calls.pods.delete({ context, namespace: namespace.name, name: 'web', uid }, new AbortController().signal)) void event;
  };
  await expect(deleting()).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  expect(await kubectl(cluster, '-n', namespace.name, 'get', 'pod', 'web', '-o', 'jsonpath={.metadata.uid}')).toBe(uid);
});
