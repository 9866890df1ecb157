import { expect, test } from 'vitest';
import type { ConnectionState } from '../../shared/contract/environment.ts';
import type { WorkloadRow } from '../../shared/contract/workloads.ts';
import { foldWorkloads, noted } from './fold-workloads.ts';

const connection: ConnectionState = { state: 'live', since: '2026-11-25T12:00:00Z' };
const row = (name: string, more: Partial<WorkloadRow> = {}): WorkloadRow => ({ uid: name, apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'n', name, health: 'ok', isOwn: false, ...more });
const headline = { id: 'OWN-01', message: { key: 'finding.OWN-01.sentence', params: {} } };

test('a snapshot, a change and a removal, by name', () => {
  const first = foldWorkloads(undefined, { type: 'snapshot', rows: [row('b'), row('a')], unread: ['Job'], connection });
  expect(first.rows.map(({ name }) => name)).toEqual(['a', 'b']);
  const next = foldWorkloads(first, { type: 'changes', upserted: [row('c'), row('a', { health: 'failing' })], removed: ['b'], unread: [], connection });
  expect(next).toMatchObject({ rows: [{ name: 'a', health: 'failing' }, { name: 'c' }], unread: [] });
});

test('noted is what no pod says, the worst first', () => {
  const rows = [
    row('well'), row('of-a-pod', { headline, severity: 'error' }), row('info', { headline, severity: 'info', isOwn: true }),
    row('slow', { headline, severity: 'warning', isOwn: true }), row('refused', { headline, severity: 'error', isOwn: true }),
  ];
  expect(noted(rows).map(({ name }) => name)).toEqual(['refused', 'slow']);
});
