import { expect, test } from 'vitest';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { podsOfImage } from './pods-of-image.ts';

function pod(name: string, image: string, more: { policy?: string; node?: string; owner?: string; namespace?: string; deleted?: boolean; second?: string } = {}): Pod {
  const container = (of: string, index: number) => ({ name: `c${index}`, image: of, imagePullPolicy: more.policy ?? 'IfNotPresent' });
  return {
    metadata: {
      name,
      namespace: more.namespace ?? 'default',
      ...(more.owner ? { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: more.owner, uid: 'u', controller: true }] } : {}),
      ...(more.deleted ? { deletionTimestamp: '2026-11-24T10:00:00Z' } : {}),
    },
    spec: { nodeName: more.node ?? 'here', containers: [image, ...(more.second ? [more.second] : [])].map(container) },
  };
}

const onHere = (node: string) => node === 'here';
const named = ({ using, left }: ReturnType<typeof podsOfImage>) => ({
  using: using.map(({ pod: { metadata }, askAlways }) => `${metadata.namespace}/${metadata.name} ${askAlways.join(',')}`.trim()),
  left: left.map(({ namespace, name, why }) => `${namespace}/${name} ${why}`),
});

test('every way of writing the name is the same image; others are not touched', () => {
  const pods = [pod('a', 'web'), pod('b', 'web:latest'), pod('c', 'docker.io/library/web:latest'), pod('d', 'web:1'), pod('e', 'shop/web'), pod('f', `web@sha256:${'0'.repeat(64)}`)];
  expect(named(podsOfImage(pods, 'web', onHere))).toEqual({ using: ['default/a', 'default/b', 'default/c'], left: [] });
});

test('Always is changed where the image is used, and for no other container', () => {
  const pods = [pod('a', 'web', { policy: 'Always' }), pod('b', 'web', { policy: 'Always', second: 'proxy' }), pod('c', 'web', { policy: 'Never' })];
  expect(named(podsOfImage(pods, 'web', onHere)).using).toEqual(['default/a c0', 'default/b c0', 'default/c']);
});

test('who is being deleted or sits on a node out of reach is left, and why is said; who has an owner is not', () => {
  const pods = [
    pod('owned', 'web', { owner: 'web-1' }), pod('ending', 'web', { deleted: true, owner: 'web-1' }), pod('far', 'web', { node: 'there' }),
    pod('waiting', 'web', { node: '' }), pod('z', 'web', { namespace: 'a' }),
  ];
  expect(named(podsOfImage(pods, 'web', onHere))).toEqual({ using: ['a/z', 'default/owned', 'default/waiting'], left: ['default/ending ending', 'default/far node'] });
});
