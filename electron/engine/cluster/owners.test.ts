import { expect, test } from 'vitest';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { openConnection } from '../../clients/cluster/connection.ts';
import { json, kubeconfigFor, startApiServer } from '../../clients/cluster/test-api-server.ts';
import { waitFor } from '../topic.ts';
import { openOwners } from './owners.ts';

const owned = (kind: string, name: string, owner?: { kind: string; name: string }): KubeObject => ({
  apiVersion: 'apps/v1', kind,
  metadata: {
    name, namespace: 'dev', uid: `uid-${name}`,
    ...(owner && { ownerReferences: [{ apiVersion: 'apps/v1', kind: owner.kind, name: owner.name, uid: `uid-${owner.name}`, controller: true }] }),
  },
});
const kinds = [{ name: 'replicasets', kind: 'ReplicaSet', namespaced: true, verbs: ['get'] }, { name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['get'] }];

test.each<[what: string, there: KubeObject[], chain: string[]]>([
  ['a ReplicaSet of a Deployment', [owned('ReplicaSet', 'rs', { kind: 'Deployment', name: 'd' }), owned('Deployment', 'd')], ['rs', 'd']],
  ['an owner that owns itself', [owned('ReplicaSet', 'rs', { kind: 'ReplicaSet', name: 'rs' })], ['rs']],
  ['two that own each other', [owned('ReplicaSet', 'rs', { kind: 'Deployment', name: 'd' }), owned('Deployment', 'd', { kind: 'ReplicaSet', name: 'rs' })], ['rs', 'd']],
])('%s: a chain with an end', async (_, there, chain) => {
  await using server = await startApiServer(({ url }, response) => {
    const object = there.find(({ metadata }) => url.endsWith(`/${metadata.name}`));
    if (object) return json(response, 200, object);
    if (url === '/apis/apps/v1') return json(response, 200, { kind: 'APIResourceList', groupVersion: 'apps/v1', resources: kinds });
    if (url === '/apis') return json(response, 200, { kind: 'APIGroupList', groups: [{ name: 'apps', versions: [{ groupVersion: 'apps/v1', version: 'v1' }], preferredVersion: { groupVersion: 'apps/v1', version: 'v1' } }] });
    if (url === '/api') return json(response, 200, { kind: 'APIVersions', versions: ['v1'] });
    json(response, 200, { kind: 'APIResourceList', groupVersion: 'v1', resources: [] });
  });
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test');
  const owners = openOwners();
  owners.connect(connection);
  const pod = owned('Pod', 'p', { kind: 'ReplicaSet', name: 'rs' });
  owners.of(pod);
  await waitFor(owners.changed, () => owners.of(pod) !== 'unknown', AbortSignal.timeout(10_000));
  const found = owners.of(pod);
  expect(found === 'unknown' ? found : found.map(({ metadata }) => metadata.name)).toEqual(chain);
});
