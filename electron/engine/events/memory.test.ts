import { expect, test } from 'vitest';
import type { KubeEvent } from '../../../shared/kubernetes/objects.ts';
import { createLiveTable, notConnected } from '../cluster/live-table.ts';
import { createEventMemory, rememberEvents, type EventMemory } from './memory.ts';

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString();
const event = (name: string, second = 0, { uid = `uid-${name}`, namespace = 'n', count = 1 } = {}): KubeEvent => ({
  metadata: { name, namespace, uid }, involvedObject: { kind: 'Pod', namespace, name: 'p', uid: 'p' }, reason: 'BackOff', lastTimestamp: at(second), count,
});
const shown = (memory: EventMemory) => [...memory.all()].map(({ event: { metadata }, isForgotten }) => `${metadata.name}${isForgotten ? ' forgotten' : ''}`);

/** A list of the server that is remembered. */
function scene(memory = createEventMemory()) {
  const table = createLiveTable<KubeEvent>();
  rememberEvents(table, () => memory, ({ metadata }) => metadata.namespace === 'n');
  const lists = (...events: KubeEvent[]) => table.set({ ...table.value, items: new Map(events.map((each) => [each.metadata.uid ?? '', each])) });
  return { memory, table, lists };
}

test('what the server does not list any more stays, and is marked', () => {
  const { memory, lists } = scene();
  const [first, second] = [event('a'), event('b')];
  lists(first, second);
  lists(second);
  expect(shown(memory)).toEqual(['a forgotten', 'b']);
});

test('an event that the recorder writes anew under its name goes on counting: it is the same', () => {
  const { memory, lists } = scene();
  lists(event('a', 1, { uid: 'first', count: 12 }));
  lists();
  lists(event('a', 2, { uid: 'second', count: 13 }));
  expect([...memory.all()].map(({ event: { count }, isForgotten }) => [count, isForgotten])).toEqual([[13, false]]);
});

test('one in the place of another of its name, in one step', () => {
  const { memory, lists } = scene();
  lists(event('a', 1, { uid: 'first' }));
  lists(event('a', 2, { uid: 'second' }));
  expect(shown(memory)).toEqual(['a']);
});

test('the first list after a while tells what was forgotten meanwhile, of what it would have', () => {
  const { memory, lists } = scene();
  lists(event('a'), event('b'));
  memory.take(new Map([['o', event('o', 0, { uid: 'o', namespace: 'other' })]]), undefined, ({ metadata }) => metadata.namespace === 'other');
  const again = scene(memory);
  again.lists(event('b'));
  expect(shown(memory).toSorted()).toEqual(['a forgotten', 'b', 'o']);
});

test('a lost connection forgets nothing', () => {
  const { memory, table, lists } = scene();
  lists(event('a'));
  table.set(notConnected(new Date()));
  expect(shown(memory)).toEqual(['a']);
});

test('the memory is bounded: of more than fit, what happened longest ago goes', () => {
  const { memory, lists } = scene(createEventMemory(3));
  lists(event('new', 9), event('old', 1), event('middle', 5), event('older', 0), event('newest', 10));
  expect(shown(memory)).toEqual(['middle', 'new', 'newest']);
});

test('what is listed for long and does not fit does not push out what is newer', () => {
  const { memory, lists } = scene(createEventMemory(2));
  const listed = [event('a', 1), event('b', 2), event('c', 3)];
  lists(...listed);
  lists(...listed, event('d', 4));
  lists(...listed, event('e', 5));
  expect(shown(memory)).toEqual(['d forgotten', 'e']);
});

test('nobody is told of a change of the connection alone', () => {
  const { memory, table, lists } = scene();
  lists(event('a'));
  const before = memory.changed.value;
  table.set({ ...table.value, connection: { state: 'live', since: at(0) } });
  expect(memory.changed.value).toBe(before);
});

test('20 000 events of a busy cluster, then each a little later: bounded in count and in memory', () => {
  const { memory, lists } = scene();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 5; round += 1) lists(...Array.from({ length: 10_000 }, (_, index) => event(`e-${round}-${index}`, round)));
  lists();
  const kept = [...memory.all()];
  expect([kept.length, kept.every(({ isForgotten }) => isForgotten), kept[0]?.event.metadata.name]).toEqual([20_000, true, 'e-3-0']);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(60e6);
});
