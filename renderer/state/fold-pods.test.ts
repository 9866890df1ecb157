import { expect, test } from 'vitest';
import type { ConnectionState } from '../../shared/contract/environment.ts';
import type { PodRow } from '../../shared/contract/pods.ts';
import { foldPods } from './fold-pods.ts';
import type { KnownPods, PodsEvent } from './fold-pods.ts';

const live: ConnectionState = { state: 'live', since: '2026-11-24T12:00:00Z' };
const stale: ConnectionState = { state: 'stale', since: '2026-11-24T12:01:00Z' };
const row = (uid: string, name: string, status = 'Running', namespace = 'default'): PodRow => ({
  uid, name, namespace, status, ready: '1/1', restarts: 0, health: 'ok', containers: [],
});
const snapshot = (...rows: PodRow[]): PodsEvent => ({ type: 'snapshot', rows, connection: live });
const changes = (upserted: PodRow[], removed: string[] = [], connection = live): PodsEvent => ({ type: 'changes', upserted, removed, connection });
const known = (rows: PodRow[], connection = live): KnownPods => ({ rows, connection });

test.each<[string, PodsEvent[], KnownPods]>([
  ['a snapshot is sorted by name', [snapshot(row('2', 'web'), row('1', 'api'))], known([row('1', 'api'), row('2', 'web')])],
  ['the same name in two namespaces is two pods', [snapshot(row('2', 'web', 'Running', 'b'), row('1', 'web', 'Running', 'a'))],
    known([row('1', 'web', 'Running', 'a'), row('2', 'web', 'Running', 'b')])],
  ['a change replaces its row', [snapshot(row('1', 'web', 'Pending')), changes([row('1', 'web')])], known([row('1', 'web')])],
  ['a new pod finds its place', [snapshot(row('1', 'a'), row('3', 'c')), changes([row('2', 'b')])], known([row('1', 'a'), row('2', 'b'), row('3', 'c')])],
  ['a removed pod is gone, an unknown one does not matter', [snapshot(row('1', 'a'), row('2', 'b')), changes([], ['1', '9'])], known([row('2', 'b')])],
  ['a recreated pod replaces the old one under its name', [snapshot(row('old', 'web')), changes([row('new', 'web', 'Pending')], ['old'])],
    known([row('new', 'web', 'Pending')])],
  ['a lost connection keeps the rows', [snapshot(row('1', 'a')), changes([], [], stale)], known([row('1', 'a')], stale)],
  ['a later snapshot forgets what came before', [snapshot(row('1', 'a')), snapshot(row('2', 'b'))], known([row('2', 'b')])],
])('%s', (_, events, expected) => {
  expect(events.reduce<KnownPods | undefined>(foldPods, undefined)).toEqual(expected);
});
