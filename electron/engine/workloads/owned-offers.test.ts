import { expect, test } from 'vitest';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { ownedOffer, ownerRefusal, restartOffer } from './owned-offers.ts';

const pod: Pod = { metadata: { name: 'web-1', namespace: 'n', ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'r', controller: true }] } };
const object = (kind: string, more: { spec?: object; metadata?: object; apiVersion?: string } = {}): KubeObject => ({
  apiVersion: more.apiVersion ?? 'apps/v1', kind, metadata: { name: 'web', namespace: 'n', ...more.metadata },
  spec: { template: { spec: { containers: [{ name: 'c', image: 'web', imagePullPolicy: 'Always' }, { name: 'd', image: 'web', imagePullPolicy: 'Always' }] } }, ...more.spec },
});
const about = (...chain: KubeObject[]) => ({ context: 'kind-kind', pod, chain });

test.each<[string, KubeObject[] | 'unknown', string | undefined]>([
  ['known', [object('ReplicaSet'), object('Deployment')], undefined],
  ['not read', 'unknown', 'offer.refused.owner-unread'],
  ['of a kind that nobody knows', [object('ReplicaSet'), object('Rollout', { apiVersion: 'argoproj.io/v1alpha1' })], 'offer.refused.owner'],
  ['being deleted', [object('ReplicaSet', { metadata: { deletionTimestamp: '2026-11-25T10:00:00Z' } })], 'offer.refused.owner-ending'],
  ['paused', [object('ReplicaSet'), object('Deployment', { spec: { paused: true } })], 'offer.refused.owner-paused'],
])('an owner that is %s', (_, chain, key) => {
  const it = { context: 'kind-kind', pod, chain };
  expect(ownerRefusal(it)?.key).toBe(key);
  expect(ownedOffer(it, 'recreate', { policy: 'Never' })).toMatchObject(key === undefined ? { describe: { key: 'offer.describe.template' } } : { refused: { key }, commands: [] });
});

test('what is said: the owner, what changes, the load, and who will overwrite it', () => {
  const owner = object('Deployment', { metadata: { annotations: { 'meta.helm.sh/release-name': 'web' } } });
  const offer = ownedOffer(about(object('ReplicaSet'), owner), 'load-and-recreate', { policy: 'IfNotPresent' }, ['kind load docker-image web']);
  expect(offer).toMatchObject({
    danger: 'y', describe: { key: 'offer.describe.template', params: { kind: 'Deployment', owner: 'web', policy: 'IfNotPresent', what: 'policy', load: 'yes' } },
    notes: [{ key: 'offer.note.source', params: { source: 'Helm' } }],
  });
  expect(offer.commands[0]).toBe('kind load docker-image web');
  const plain = ownedOffer(about(object('ReplicaSet'), owner), 'recreate', {});
  expect([plain.describe?.key, plain.notes]).toEqual(['offer.describe.pod-of-owner', []]);
  expect(ownedOffer(about(owner), 'recreate', { image: 'web:2' }).refused?.key).toBe('offer.refused.which-container');
});

test('a restart is offered where there are more pods than this one and the kind can', () => {
  const offered = (kind: string, spec: object, status?: object) => restartOffer(about({ ...object(kind, { spec }), ...(status ? { status } : {}) })) !== undefined;
  expect([offered('Deployment', { replicas: 2 }), offered('Deployment', { replicas: 1 }), offered('Deployment', {}), offered('ReplicaSet', { replicas: 2 }), offered('DaemonSet', {}, { desiredNumberScheduled: 2 })])
    .toEqual([true, false, false, false, true]);
});
