import { expect, test } from 'vitest';
import type { EventRow } from '../../../shared/contract/events.ts';
import { citedRow, explainedRows, kindsOf, passing } from './shown-events.ts';

const row = (id: string, kind: string, rest: Partial<Omit<EventRow, 'about'>> & { name?: string } = {}): EventRow => {
  const { name = 'web-1', ...more } = rest;
  return { id, about: { kind, namespace: 'n', name, relation: 'self' }, type: 'Normal', reason: 'Pulled', message: 'Container image "x" present', count: 1, source: 'kubelet', isForgotten: false, ...more };
};
const rows = [
  row('back-off', 'Pod', { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container' }),
  row('scaled', 'Deployment', { name: 'web', reason: 'ScalingReplicaSet', message: 'Scaled up replica set web-5f to 1', source: 'deployment-controller' }),
  row('pulled', 'Pod'),
  row('pressure', 'Node', { name: 'n1', type: 'Warning', reason: 'NodeHasDiskPressure', message: 'Node n1 status is now: NodeHasDiskPressure' }),
];
const all = { kind: '', isWarningsOnly: false, words: '' };
const ids = (shown: readonly EventRow[]) => shown.map(({ id }) => id).join(' ');

test.each([
  ['everything', all, 'back-off scaled pulled pressure'],
  ['one kind', { ...all, kind: 'Pod' }, 'back-off pulled'],
  ['warnings only', { ...all, isWarningsOnly: true }, 'back-off pressure'],
  ['warnings of one kind', { ...all, kind: 'Pod', isWarningsOnly: true }, 'back-off'],
  ['words of the reason, the message and the name, in any order', { ...all, words: 'replica SCALED web' }, 'scaled'],
  ['words that no event has', { ...all, words: 'nothing' }, ''],
])('%s', (_, filter, expected) => expect(ids(passing(rows, filter))).toBe(expected));

test('the kinds to choose from are those that there are', () => expect(kindsOf(rows)).toEqual(['Deployment', 'Node', 'Pod']));

test.each([
  ['by what it says', { reason: 'BackOff', message: 'Back-off restarting failed container', name: 'web-1' }, 'back-off'],
  ['of a pod that is not this one', { reason: 'BackOff', message: 'Back-off restarting failed container', name: 'web-2' }, undefined],
  ['without a name', { reason: 'Pulled', message: 'Container image "x" present' }, 'pulled'],
  ['that is not there', { reason: 'Pulled', message: 'other' }, undefined],
  ['nothing', undefined, undefined],
])('the cited event: %s', (_, cited, expected) => expect(citedRow(rows, cited)?.id).toBe(expected));

test('a reason is explained once, and only where it is Kubernetes that says it', () => {
  const twice = [row('foreign', 'Pod', { source: 'argocd', reason: 'BackOff' }), rows[0]!, row('again', 'Pod', { reason: 'BackOff' }), rows[1]!, row('odd', 'Pod', { reason: 'Odd' })];
  expect(ids([...explainedRows(twice, (reason) => reason !== 'Odd')])).toBe('back-off scaled');
});
