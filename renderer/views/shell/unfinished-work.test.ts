import { expect, test } from 'vitest';
import type { UnfinishedChange } from '../../../shared/contract/activity.ts';
import { run } from '../../state/running.svelte.ts';
import { clusterRefusal, unfinishedRows, UnfinishedWork } from './unfinished-work.svelte.ts';

const change = (id: string, context = 'kind'): UnfinishedChange => ({
  id, at: '2026-11-24T10:00:00Z', change: 'recreate', context, namespace: 'n', kind: 'Pod', pod: id, file: `/${id}.open.yaml`, canFinish: true,
});
const begun = () => run<object>('unfinished.finish', async () => (async function* () { yield { type: 'done' as const, activityId: '1', result: {} }; })());

test('what is being settled stays in sight though it is not offered, and what failed is offered with its failure', () => {
  const unfinishedWork = new UnfinishedWork();
  const [one, other] = [begun(), begun()];
  unfinishedWork.add(change('a'), one);
  unfinishedWork.add(change('b'), one);
  unfinishedWork.add(change('b'), other);
  const rows = () => unfinishedRows([change('b'), change('c')], unfinishedWork.begun).map(({ change: { id }, running, isSettled }) => [id, running, isSettled]);
  expect(rows()).toEqual([['b', other, false], ['c', undefined, false], ['a', one, true]]);
  unfinishedWork.forget('a');
  expect(rows()).toEqual([['b', other, false], ['c', undefined, false]]);
});

test.each([
  ['gone', 'kind', 'unfinished.refused.no-context'],
  ['kind', 'kind', undefined],
  ['kind', 'far', undefined],
  ['far', 'kind', 'undo.refused.elsewhere'],
  ['far', 'far', 'pods.refused.locked'],
])('a change of %s while %s is chosen: %s', (context, chosen, key) => {
  const info = (name: string, isLocal: boolean) => ({ name, cluster: name, server: '', namespace: 'default', isLocal });
  const where = { contexts: [info('kind', true), info('far', false)], context: chosen, changesAllowed: chosen === 'kind' };
  expect(clusterRefusal(change('a', context), where)?.key).toBe(key);
});
