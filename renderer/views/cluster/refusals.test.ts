import { expect, test } from 'vitest';
import type { LocalCluster, ToolState } from '../../../shared/contract/clusters.ts';
import { createRefusal, refusalOf } from './refusals.ts';

const tools = (kind: ToolState['state'], minikube: ToolState['state']): ToolState[] => [{ tool: 'kind', state: kind }, { tool: 'minikube', state: minikube }];
const refused = (action: 'start' | 'stop' | 'remove', tool: LocalCluster['tool'], state: LocalCluster['state'], more: Partial<Parameters<typeof refusalOf>[2]> = {}) =>
  refusalOf(action, { tool, state }, { tools: tools('found', 'found'), docker: 'connected', isBusy: false, ...more })?.key;

test.each([
  ['start', 'kind', 'stopped', undefined], ['start', 'kind', 'partly', undefined], ['start', 'kind', 'unknown', undefined], ['start', 'kind', 'running', 'cluster.local.refused.running'],
  ['stop', 'kind', 'running', undefined], ['stop', 'kind', 'partly', undefined], ['stop', 'kind', 'unknown', undefined], ['stop', 'minikube', 'stopped', 'cluster.local.refused.stopped'],
  ['remove', 'minikube', 'stopped', undefined], ['remove', 'kind', 'running', undefined],
] as const)('%s a %s cluster that is %s: %s', (action, tool, state, key) => {
  expect(refused(action, tool, state)).toBe(key);
});

test('a missing kind hinders only the deletion; a missing minikube hinders everything', () => {
  const none = { tools: tools('missing', 'missing') };
  expect([refused('start', 'kind', 'stopped', none), refused('stop', 'kind', 'running', none)]).toEqual([undefined, undefined]);
  expect(refused('remove', 'kind', 'running', none)).toBe('cluster.local.refused.missing');
  expect([refused('start', 'minikube', 'stopped', none), refused('stop', 'minikube', 'running', none), refused('remove', 'minikube', 'stopped', none)]).toEqual(Array(3).fill('cluster.local.refused.missing'));
  expect(refused('stop', 'kind', 'running', { docker: 'stopped' })).toBe('cluster.local.refused.docker');
  expect(refused('stop', 'minikube', 'running', { docker: 'stopped' })).toBeUndefined();
});

test('a tool that does not answer may be tried: it says why itself', () => {
  expect(refused('remove', 'kind', 'running', { tools: tools('unknown', 'missing') })).toBeUndefined();
  expect(createRefusal(tools('unknown', 'missing'))).toBeUndefined();
  expect(createRefusal(tools('missing', 'missing'))?.key).toBe('cluster.local.refused.none');
});

test('one thing at a time', () => {
  expect(refused('stop', 'kind', 'running', { isBusy: true })).toBe('refused.busy');
});
