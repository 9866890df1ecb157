import { expect, test } from 'vitest';
import { healthOf } from './health-calls.ts';
import type { PodEntry } from './view.ts';

const entry = (name: string, namespace: string, health: PodEntry['row']['health'], headline?: string): [string, PodEntry] => [name, {
  pod: { metadata: {} }, findings: [],
  row: {
    uid: name, name, namespace, health, status: '', ready: '', restarts: 0, containers: [],
    ...(headline ? { headline: { id: 'X', message: { key: headline, params: {} } } } : {}),
  },
}];
const entries = new Map([entry('a', 'shop', 'failing', 'k'), entry('b', 'shop', 'ok'), entry('c', 'shop', 'degraded'), entry('d', 'other', 'failing')]);

test.each([
  ['shop', { failing: 1, degraded: 1, pods: [{ uid: 'a', namespace: 'shop', name: 'a', headline: { key: 'k', params: {} } }] }],
  ['other', { failing: 1, degraded: 0, pods: [{ uid: 'd', namespace: 'other', name: 'd' }] }],
  ['', { failing: 2, degraded: 1, pods: [expect.objectContaining({ uid: 'a' }), expect.objectContaining({ uid: 'd' })] }],
  ['empty', { failing: 0, degraded: 0, pods: [] }],
])('the pods of namespace "%s"', (namespace, expected) => {
  expect(healthOf({ entries }, namespace)).toEqual(expected);
});

test('nothing is claimed before the first list, and a long list is cut while its number is whole', () => {
  expect(healthOf({ entries: 'unknown' }, '')).toEqual({ pods: [] });
  const many = healthOf({ entries: new Map(Array.from({ length: 300 }, (_, at) => entry(`p${at}`, 'n', 'failing'))) }, 'n');
  expect([many.failing, many.pods.length]).toEqual([300, 100]);
});
