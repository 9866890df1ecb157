import { expect, test } from 'vitest';
import type { ChangePart, Finding, Message } from '../../../shared/contract/findings.ts';
import type { World } from '../../../shared/diagnosis/world.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { changeOffers, rootName } from './change-offers.ts';

const spec = { containers: [{ name: 'app', image: 'web:1', ports: [{ containerPort: 80 }] }] };
const bare: Pod = { metadata: { name: 'web', namespace: 'n', uid: 'u' }, spec };
const owned: Pod = { ...bare, metadata: { ...bare.metadata, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd', controller: true }] } };
const deployment = (more: object = {}, podSpec: object = spec): KubeObject =>
  ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'n', ...more }, spec: { template: { spec: podSpec } } });

const label: Message = { key: 'fix.F20.more', params: {} };
const describe: Message = { key: 'fix.F20.more.describe', params: {} };
const edit = { path: ['spec', 'containers', { name: 'app' }, 'workingDir'], value: '/' };
const onPod: ChangePart = { on: 'pod', edits: [edit] };
const world = (pod: Pod, owners: World['owners'], more: Partial<World> = {}) => ({ pod, owners, nodes: 'unknown', ...more }) as World;
const offers = (it: World, parts: ChangePart[], mayNot: (verbs: readonly string[]) => Message | undefined = () => undefined) => changeOffers({ context: 'kind-kind', world: it, mayNot }, [
  { id: 'CRA-01', container: 'app', fixes: [{ action: 'recreate', recommended: false, danger: 'y' }, { action: 'change', key: 'F20.more', label, describe, parts, recommended: true, danger: 'y' }] },
] as unknown as Finding[]);

test('an offer is the fix of its finding, with its words and lines', () => {
  const [offer, ...rest] = offers(world(bare, []), [onPod]);
  expect(rest).toEqual([]);
  expect(offer).toMatchObject({ action: 'change', danger: 'y', container: 'app', describe, fix: { finding: 'CRA-01', key: 'F20.more', label } });
  expect(offer?.commands.join('\n')).toMatch(/patch pod web .*\/workingDir.*\n.*replace --force/);
  expect(offers(world(owned, [deployment()]), [onPod])[0]?.commands.join('\n')).toMatch(/patch deployment web --type=json .*\/spec\/template\/spec\/containers\/0\/workingDir.*\n.*rollout status/);
});

test('an object is patched as the diagnosis knows it; a Secret is never known', () => {
  const related = Object.fromEntries(['ConfigMap', 'Secret'].map((kind) => [`${kind}/c`, { apiVersion: 'v1', kind, metadata: { name: 'c', namespace: 'n' }, data: { a: '' } }]));
  const line = (kind: string) => offers(world(bare, [], { related }), [{ on: 'object', object: { apiVersion: 'v1', kind, name: 'c' }, edits: [{ path: ['data', 'a'], value: 'x' }] }])[0]?.commands;
  expect([line('ConfigMap')?.[0], line('Secret')?.[0]]).toEqual([expect.stringContaining('"op":"test"'), expect.stringContaining('--type=merge')]);
});

const refusedVerbs = (...no: string[]) => (verbs: readonly string[]): Message | undefined => {
  const verb = verbs.find((each) => no.includes(each));
  return verb === undefined ? undefined : { key: 'access.refused', params: { verb } };
};
const inPlace: ChangePart = { on: 'pod', edits: [{ path: ['metadata', 'labels', 'a'], value: 'b' }] };
const elsewhere: ChangePart = { on: 'object', object: { apiVersion: 'v1', kind: 'Service', name: 's' }, edits: [{ path: ['spec', 'a'], value: 1 }] };
const byIndex: ChangePart = { on: 'pod', edits: [{ path: ['spec', 'containers', 0, 'ports', 0], value: { containerPort: 81 } }] };
test.each<[string, World, ChangePart[], ReturnType<typeof refusedVerbs> | undefined, string | undefined]>([
  ['a pod that may not be deleted', world(bare, []), [onPod], refusedVerbs('delete'), 'access.refused'],
  ['its labels can be changed all the same', world(bare, []), [inPlace], refusedVerbs('delete'), undefined],
  ['another object is left to the server', world(bare, []), [elsewhere], refusedVerbs('delete', 'patch', 'create'), undefined],
  ['of an owned pod too', world(owned, [deployment()]), [onPod], refusedVerbs('delete', 'patch', 'create'), undefined],
  ['a pod that is ending', world({ ...bare, metadata: { ...bare.metadata, deletionTimestamp: '2026-11-25T10:00:00Z' } }, []), [elsewhere], undefined, 'offer.refused.ending'],
  ['an owner that is not read', world(owned, 'unknown'), [onPod], undefined, 'offer.refused.owner-unread'],
  ['an owner that is being deleted', world(owned, [deployment({ deletionTimestamp: '2026-11-25T10:00:00Z' })]), [onPod], undefined, 'offer.refused.owner-ending'],
  ['a container that is not there', world(bare, []), [{ on: 'pod', edits: [{ ...edit, path: ['spec', 'containers', { name: 'gone' }, 'workingDir'] }] }], undefined, 'offer.refused.place'],
  ['an index where the template has something else', world(owned, [deployment({}, { containers: [{ name: 'side' }, ...spec.containers] })]), [byIndex], undefined, 'offer.refused.place'],
  ['one where it has the same', world(owned, [deployment()]), [byIndex], undefined, undefined],
])('refused or not: %s', (_, it, parts, mayNot, key) => {
  const [offer] = offers(it, parts, mayNot);
  expect(offer?.refused?.key).toBe(key);
  expect(offer?.commands.length === 0).toBe(key !== undefined);
});

test('what a tool from elsewhere writes is said; the root owner is named', () => {
  const owner = deployment({ annotations: { 'meta.helm.sh/release-name': 'web' } });
  expect(offers(world(owned, [owner]), [onPod])[0]?.notes).toMatchObject([{ key: 'offer.note.source', params: { source: 'Helm' } }]);
  expect([rootName(owned, [owner]), rootName(bare, []), rootName(owned, 'unknown')]).toEqual([{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'n', name: 'web' }, undefined, undefined]);
});
