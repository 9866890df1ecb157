import { expect, test } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { Compacted, createStore, type Change } from './store.ts';

const pod = (name: string, value = ''): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'a' }, value });
const told = (changes: readonly Change[]) => changes.map(({ type, object }) => `${type} ${object.metadata.name} ${String(object.value)}`);

test('every change has the next revision, also across resources', () => {
  const store = createStore();
  const first = store.create('pods', pod('x'));
  const other = store.create('services', pod('y'));
  const second = store.update('pods', { ...first, value: 'new' });
  const gone = store.remove('pods', 'a', 'x');
  const revisions = [first, other, second, gone].map((object) => Number(object?.metadata.resourceVersion));
  expect(revisions).toEqual([revisions[0], revisions[0]! + 1, revisions[0]! + 2, revisions[0]! + 3]);
  expect(store.revision).toBe(revisions.at(-1));
  expect(store.get('pods', 'a', 'x')).toBeUndefined();
});

test('an update that changes nothing but the revision is none', () => {
  const store = createStore();
  const first = store.create('pods', pod('x', 'same'));
  const changes: Change[] = [];
  store.watch('pods', store.revision, (change) => changes.push(change));
  expect(store.update('pods', { ...first, metadata: { ...first.metadata, resourceVersion: '0' } })).toBe(first);
  expect(changes).toEqual([]);
});

test('a watch from an earlier revision tells what came since, once, and then what comes', () => {
  const store = createStore();
  const first = store.create('pods', pod('x', '1'));
  const from = store.revision;
  store.update('pods', { ...first, value: '2' });
  const changes: Change[] = [];
  const stop = store.watch('pods', from, (change) => changes.push(change));
  store.create('pods', pod('y', '1'));
  store.create('services', pod('z', '1'));
  store.remove('pods', 'a', 'x');
  expect(told(changes)).toEqual(['MODIFIED x 2', 'ADDED y 1', 'DELETED x 2']);
  stop();
  store.create('pods', pod('w'));
  expect(changes).toHaveLength(3);
});

test('a watch from a revision that is not there yet waits for it', () => {
  const store = createStore();
  const changes: Change[] = [];
  store.watch('pods', store.revision + 2, (change) => changes.push(change));
  for (const name of ['x', 'y', 'z']) store.create('pods', pod(name, '1'));
  expect(told(changes)).toEqual(['ADDED z 1']);
});

test('a list goes on as it was at its revision, whatever changed since', () => {
  const store = createStore();
  const x = store.create('pods', pod('x', '1'));
  store.create('pods', pod('y', '1'));
  const then = store.list('pods', '');
  const at = store.revision;
  store.update('pods', { ...x, value: '2' });
  store.remove('pods', 'a', 'y');
  store.create('pods', pod('a', '1'));
  expect(store.listAt('pods', '', at)).toEqual(then);
  expect(store.list('pods', 'a').map(({ metadata }) => metadata.name)).toEqual(['a', 'x']);
  expect(store.list('pods', 'b')).toEqual([]);
});

test('what was compacted is refused, what came since is not', () => {
  const store = createStore();
  store.create('pods', pod('x', '1'));
  const before = store.revision - 1;
  store.compact();
  expect(() => store.watch('pods', before, () => {})).toThrow(Compacted);
  expect(() => store.listAt('pods', '', before)).toThrow(Compacted);
  const changes: Change[] = [];
  store.watch('pods', store.revision, (change) => changes.push(change));
  store.create('pods', pod('y', '1'));
  expect(told(changes)).toEqual(['ADDED y 1']);
});

test('the history is bounded', () => {
  const store = createStore();
  const x = store.create('pods', pod('x', '0'));
  const from = store.revision;
  for (let at = 1; at <= 5000; at++) store.update('pods', { ...x, value: String(at) });
  expect(() => store.watch('pods', from, () => {})).toThrow(Compacted);
  const changes: Change[] = [];
  store.watch('pods', store.revision - 500, (change) => changes.push(change));
  expect(changes).toHaveLength(500);
  // Another resource's history is not spent by it.
  expect(() => store.watch('services', from, () => {})).not.toThrow();
});

test('the history of large objects is shorter', () => {
  const store = createStore();
  const x = store.create('pods', pod('x'));
  const from = store.revision;
  for (let at = 1; at <= 12; at++) store.update('pods', { ...x, value: String.fromCharCode(64 + at).repeat(1_000_000) });
  expect(() => store.watch('pods', from, () => {})).toThrow(Compacted);
  const changes: Change[] = [];
  store.watch('pods', store.revision - 2, (change) => changes.push(change));
  expect(changes).toHaveLength(2);
});

test('versions of an object share what did not change, and nothing else', () => {
  const store = createStore();
  const first = store.create('pods', { ...pod('x'), spec: { list: [{ a: 1 }, { b: 1 }] }, status: { phase: 'Pending', seen: ['a'] } });
  const copy = structuredClone(first);
  const second = store.update('pods', { ...copy, spec: { list: [{ a: 1 }, { b: 2 }] }, status: { phase: 'Pending', seen: ['a'] } });
  const listOf = (object: KubeObject) => (object['spec'] as { list: unknown[] }).list;
  expect(second['status']).toBe(first['status']);
  expect(listOf(second)[0]).toBe(listOf(first)[0]);
  expect(listOf(second)).toEqual([{ a: 1 }, { b: 2 }]);
  expect(first).toEqual(copy);
  const third = store.update('pods', { ...structuredClone(second), spec: { list: [{ a: 1 }] }, status: undefined });
  expect(JSON.parse(JSON.stringify(third))).toEqual({ ...pod('x'), metadata: third.metadata, spec: { list: [{ a: 1 }] } });
});
