import { expect, test } from 'vitest';
import type { Finding, Fix } from '../../../shared/contract/findings.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { alikeOf } from './alike.ts';

const recreate: Fix = { action: 'recreate', policy: 'IfNotPresent', recommended: true, danger: 'y' };
interface Made { owner?: string; id?: string; fix?: Fix; namespace?: string; ending?: boolean; severity?: Finding['severity'] }
function entry(name: string, { owner, id = 'IMG-01', fix = recreate, namespace = 'n', ending = false, severity = 'error' }: Made = {}): { pod: Pod; findings: Finding[] } {
  const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner ?? '', uid: owner ?? '', controller: true };
  return {
    pod: { metadata: { name, namespace, uid: name, ...(owner ? { ownerReferences: [reference] } : {}), ...(ending ? { deletionTimestamp: '2026-11-25T10:00:00Z' } : {}) } },
    findings: [{ id, severity, confidence: 'proven', message: { key: 'x', params: {} }, evidence: [], fixes: [fix] }],
  };
}
const owners = ({ metadata }: Pod): readonly KubeObject[] | 'unknown' => {
  const uid = metadata.ownerReferences?.[0]?.uid ?? '';
  return uid === 'unread' ? 'unknown' : [{ metadata: { uid } }];
};
const names = (first: ReturnType<typeof entry>, ...others: ReturnType<typeof entry>[]) => alikeOf(first, [first, ...others], owners).map(({ name }) => name);

test('the same cause and the same fix, in the same namespace, this pod first', () => {
  expect(names(entry('b'), entry('c'), entry('a'), entry('other', { id: 'IMG-02' }), entry('far', { namespace: 'm' }), entry('going', { ending: true }),
    entry('never', { fix: { ...recreate, policy: 'Never' } }))).toEqual(['b', 'a', 'c']);
});

test('where one change helps them all, or there is no other, there are none', () => {
  expect(names(entry('a'))).toEqual([]);
  expect(names(entry('a', { owner: 'web' }), entry('b', { owner: 'web' }))).toEqual([]);
  expect(names(entry('a', { owner: 'web' }), entry('b', { owner: 'web' }), entry('c'))).toEqual(['a', 'b', 'c']);
});

test('an owner that was not read yet, a warning, and a fix for this pod alone do not count', () => {
  expect(names(entry('a', { owner: 'unread' }), entry('b'))).toEqual([]);
  expect(names(entry('a'), entry('b', { owner: 'unread' }), entry('c', { severity: 'warning' }))).toEqual([]);
  expect(names(entry('a', { fix: { ...recreate, image: 'web:1' } }), entry('b', { fix: { ...recreate, image: 'web:1' } }))).toEqual([]);
  expect(names(entry('a', { fix: { action: 'load', image: 'web', recommended: true, danger: 'g' } }), entry('b', { fix: { action: 'load', image: 'web', recommended: true, danger: 'g' } }))).toEqual([]);
});
