import { expect, test } from 'vitest';
import type { KubeEvent, KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { createFamilies } from './families.ts';
import { relationsOf, type EventTarget } from './relations.ts';
import { rowsOf } from './rows.ts';

const at = (minute: number) => `2026-03-01T12:${String(minute).padStart(2, '0')}:00Z`;
const owned = (kind: string, name: string, by?: { kind: string; name: string }, uid = `uid-${name}`): KubeObject => ({
  kind,
  metadata: {
    name, uid, namespace: 'n', creationTimestamp: at(10),
    ...(by && { ownerReferences: [{ apiVersion: 'x/v1', ...by, uid: `uid-${by.name}`, controller: true }] }),
  },
});
const web = owned('Deployment', 'web');
const set = owned('ReplicaSet', 'web-5f7c9', { kind: 'Deployment', name: 'web' });
const pod = { ...owned('Pod', 'web-5f7c9-x2x7q', { kind: 'ReplicaSet', name: 'web-5f7c9' }), spec: { nodeName: 'n1' } } as unknown as Pod;
const event = (kind: string, name: string, uid: string | undefined = `uid-${name}`, { minute = 11, namespace = 'n' } = {}): KubeEvent => ({
  metadata: { name: `${name}.${uid}.${minute}`, namespace: kind === 'Node' ? 'default' : namespace, uid: `e-${name}-${uid}-${minute}` },
  involvedObject: { kind, name, ...(uid === undefined ? {} : { uid }), ...(kind === 'Node' ? {} : { namespace }) }, lastTimestamp: at(minute), reason: 'R', message: 'm', type: 'Normal',
});
const podTarget: EventTarget = { namespace: 'n', kind: 'Pod', name: 'web-5f7c9-x2x7q' };
const webTarget: EventTarget = { namespace: 'n', kind: 'Deployment', name: 'web' };

/** With what was seen of these objects; `isThere`: the target is one of them still. */
function relation(target: EventTarget, one: KubeEvent, objects: readonly (KubeObject | Pod)[], isThere = true, kept: readonly KubeEvent[] = [one]): string | undefined {
  const families = createFamilies();
  families.see(objects);
  const present = isThere ? [...families.all()].find(({ kind, name }) => kind === target.kind && name === target.name) : undefined;
  return relationsOf(target, present, families, kept.map((each) => ({ event: each, isForgotten: false })))(one);
}

test.each<[string, KubeEvent, string | undefined]>([
  ['its own', event('Pod', pod.metadata.name!), 'self'],
  ['its own, by hand and without a uid', event('Pod', pod.metadata.name!, ''), 'self'],
  ['an earlier pod of its name', event('Pod', pod.metadata.name!, 'old'), 'earlier'],
  ['a pod of its name elsewhere', event('Pod', pod.metadata.name!, 'else', { namespace: 'm' }), undefined],
  ['its ReplicaSet', event('ReplicaSet', 'web-5f7c9'), 'owner'],
  ['its Deployment', event('Deployment', 'web'), 'owner'],
  ['another pod of its ReplicaSet', event('Pod', 'web-5f7c9-bbbbb'), undefined],
  ['its node, as the kubelet names it', event('Node', 'n1', 'n1'), 'node'],
  ['its node, by its uid', event('Node', 'n1', 'uid-of-node'), 'node'],
  ['its node, just before it came', event('Node', 'n1', 'n1', { minute: 6 }), 'node'],
  ['its node, long before', event('Node', 'n1', 'n1', { minute: 4 }), undefined],
  ['another node', event('Node', 'n2', 'n2'), undefined],
])('of a pod: %s', (_, one, expected) => {
  expect(relation(podTarget, one, [web, set, pod])).toBe(expected);
  // The same when it is gone and was seen before, since nothing is known of another one.
  expect(relation(podTarget, one, [web, set, pod], false)).toBe(expected);
});

test.each<[string, KubeEvent, string | undefined]>([
  ['its own', event('Deployment', 'web'), 'self'],
  ['an earlier one', event('Deployment', 'web', 'old'), 'earlier'],
  ['its ReplicaSet', event('ReplicaSet', 'web-5f7c9'), 'owned'],
  ['its pod', event('Pod', pod.metadata.name!), 'pod'],
  ['a pod that was gone before anybody saw it', event('Pod', 'web-bbbbb-ccccc'), 'pod'],
  ['a ReplicaSet of old that is gone', event('ReplicaSet', 'web-bbbbb'), 'owned'],
  ['a ReplicaSet of such a name that another one makes', event('ReplicaSet', 'web-ddddd'), undefined],
  ['a pod that somebody made by hand', event('Pod', 'web-admin'), undefined],
  ['the pod of another namespace', event('Pod', 'web-bbbbb-ccccc', 'x', { namespace: 'm' }), undefined],
  ['the node', event('Node', 'n1', 'n1'), undefined],
])('of a Deployment: %s', (_, one, expected) => {
  expect(relation(webTarget, one, [web, set, pod, owned('ReplicaSet', 'web-ddddd', { kind: 'Deployment', name: 'other' })])).toBe(expected);
});

test('of a CronJob: its Jobs and their pods', () => {
  const objects = [owned('CronJob', 'tick'), owned('Job', 'tick-1', { kind: 'CronJob', name: 'tick' }), owned('Pod', 'tick-1-bbbbb', { kind: 'Job', name: 'tick-1' })];
  const target = { namespace: 'n', kind: 'CronJob', name: 'tick' };
  expect([event('Job', 'tick-1'), event('Pod', 'tick-1-bbbbb'), event('CronJob', 'tick')].map((one) => relation(target, one, objects))).toEqual(['owned', 'pod', 'self']);
});

test('of a pod that is gone and was never seen, the last one of its name is it', () => {
  const [old, last] = [event('Pod', 'p', 'a', { minute: 1 }), event('Pod', 'p', 'b', { minute: 2 })];
  const target = { namespace: 'n', kind: 'Pod', name: 'p' };
  expect([old, last].map((one) => relation(target, one, [], false, [old, last]))).toEqual(['earlier', 'self']);
});

test('a reference that leads back to itself ends', () => {
  const loop = owned('ReplicaSet', 'a', { kind: 'ReplicaSet', name: 'a' });
  expect(relation({ namespace: 'n', kind: 'Pod', name: 'p' }, event('ReplicaSet', 'a'), [loop, owned('Pod', 'p', { kind: 'ReplicaSet', name: 'a' })])).toBe('owner');
});

test('a row says what its events are about, and is forgotten when all of them are', () => {
  const one = { ...event('Pod', 'p', 'u', { minute: 1 }), involvedObject: { kind: 'Pod', namespace: 'n', name: 'p', uid: 'u', fieldPath: 'spec.containers{c}' }, count: 3 };
  const other = { ...one, metadata: { ...one.metadata, name: 'again' }, lastTimestamp: at(5), count: 4 };
  const rows = (...forgotten: boolean[]) => rowsOf([one, other].map((each, index) => ({ event: each, isForgotten: forgotten[index] ?? false })), () => 'self').events;
  expect(rows(true, false)).toEqual([{
    id: 'n/p.u.1', about: { kind: 'Pod', namespace: 'n', name: 'p', relation: 'self', container: 'c' }, type: 'Normal', reason: 'R', message: 'm', count: 7,
    firstAt: '2026-03-01T12:01:00.000Z', at: '2026-03-01T12:05:00.000Z', source: '', isForgotten: false,
  }]);
  expect(rows(true, true)[0]?.isForgotten).toBe(true);
});

test('the newest thousand rows, and how many are left out', () => {
  const many = Array.from({ length: 1200 }, (_, index) => ({ event: { ...event('Pod', 'p', 'u', { minute: 0 }), metadata: { name: `e${index}`, namespace: 'n', resourceVersion: String(index) }, message: `m${index}` }, isForgotten: false }));
  const { events, notShown } = rowsOf(many, () => 'self');
  expect([events.length, events[0]?.message, notShown]).toEqual([1000, 'm1199', 200]);
});
