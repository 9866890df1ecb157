// What a pod names is read over HTTP from a server of the test: keys and hosts leave the reader, values never do.
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { openConnection } from '../../clients/cluster/connection.ts';
import { base64, json, kubeconfigFor, startApiServer } from '../../clients/cluster/test-api-server.ts';
import { openAnswers } from './answers.ts';
import { relatedOf } from './related.ts';

const PASSWORD = 'hunter2-do-not-tell';
const login = base64(JSON.stringify({ auths: { 'registry.example:5000': { username: 'me', password: PASSWORD, auth: base64(`me:${PASSWORD}`) } } }));
const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data: { password: base64(PASSWORD) } }), mine: 'yes' };
const objects: Readonly<Record<string, object>> = {
  'secrets/db': { metadata: { name: 'db', namespace: 'shop', annotations: lastApplied }, type: 'Opaque', data: { password: base64(PASSWORD), user: base64('me') } },
  'secrets/pull': { metadata: { name: 'pull', namespace: 'shop' }, type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': login } },
  'configmaps/settings': { metadata: { name: 'settings', namespace: 'shop' }, data: { color: 'blue' } },
};
const kinds = [['secrets', 'Secret'], ['configmaps', 'ConfigMap'], ['serviceaccounts', 'ServiceAccount']].map(([name, kind]) => ({ name, kind, namespaced: true, verbs: ['get'] }));
const env = (kind: 'secretRef' | 'configMapRef', name: string) => ({ [kind]: { name } });
const pod: Pod = {
  metadata: { name: 'p', namespace: 'shop', uid: 'u' },
  spec: {
    serviceAccountName: 'default', imagePullSecrets: [{ name: 'pull' }],
    containers: [{ name: 'c', image: 'x', envFrom: [env('secretRef', 'db'), env('secretRef', 'forbidden'), env('configMapRef', 'settings'), env('configMapRef', 'nowhere')] }],
  },
};

async function scene() {
  const server = await startApiServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://test');
    if (pathname === '/api') return json(response, 200, { kind: 'APIVersions', versions: ['v1'] });
    if (pathname === '/apis') return json(response, 200, { kind: 'APIGroupList', groups: [] });
    if (pathname === '/api/v1') return json(response, 200, { kind: 'APIResourceList', groupVersion: 'v1', resources: kinds });
    if (pathname === '/api/v1/configmaps') return json(response, 200, { items: [{ metadata: { name: searchParams.get('fieldSelector')?.split('=')[1], namespace: 'other' } }] });
    const [, plural = '', name = ''] = /\/namespaces\/shop\/([a-z]+)\/(.+)$/.exec(pathname) ?? [];
    const object = objects[`${plural}/${name}`];
    if (object) return json(response, 200, object);
    const isForbidden = name === 'forbidden';
    return json(response, isForbidden ? 403 : 404, { kind: 'Status', reason: isForbidden ? 'Forbidden' : 'NotFound', message: `${plural} "${name}"`, details: { name, kind: plural } });
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test');
  onTestFinished(() => connection[Symbol.asyncDispose]());
  let now = 0;
  const answers = openAnswers(() => now);
  answers.connect(connection, new AbortController().signal);
  const look = () => relatedOf({ answers, pod, urgent: true }, undefined);
  const gets = () => server.asked.filter(({ url }) => url.includes('/namespaces/') || url.includes('fieldSelector')).length;
  return { look, gets, pass: (milliseconds: number) => void (now += milliseconds) };
}

test('keys and the registries of a login, and no value of a secret; missing is said, forbidden is not known', async () => {
  const { look } = await scene();
  expect(look()).toEqual({ related: {}, elsewhere: {}, pullSecrets: {} });
  const seen = await vi.waitFor(() => {
    const now = look();
    expect(Object.keys(now.related)).toHaveLength(5);
    expect(now.elsewhere).toEqual({ 'ConfigMap/nowhere': ['other'] });
    return now;
  });
  expect(seen.related).toMatchObject({
    'Secret/db': { type: 'Opaque', data: { password: '', user: '' }, metadata: { annotations: { mine: 'yes' } } },
    'ConfigMap/settings': { data: { color: 'blue' } }, 'ConfigMap/nowhere': 'missing', 'ServiceAccount/default': 'missing',
  });
  expect(seen.related).not.toHaveProperty('Secret/forbidden');
  expect(seen.pullSecrets).toEqual({ pull: { type: 'kubernetes.io/dockerconfigjson', hosts: ['registry.example:5000'] } });
  const text = JSON.stringify(seen);
  for (const value of [PASSWORD, base64(PASSWORD), base64(`me:${PASSWORD}`), login]) expect(text).not.toContain(value);
});

test('what is known is not asked again before it is old', async () => {
  const { look, gets, pass } = await scene();
  look();
  await vi.waitFor(() => expect(Object.keys(look().related)).toHaveLength(5));
  await vi.waitFor(() => expect(look().elsewhere).toHaveProperty('ConfigMap/nowhere'));
  const asked = gets();
  for (let time = 0; time < 50; time++) look();
  expect(gets()).toBe(asked);
  pass(11_000);
  look();
  await vi.waitFor(() => expect(gets()).toBeGreaterThan(asked));
});
