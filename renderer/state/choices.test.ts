import { expect, test } from 'vitest';
import type { ContextInfo, EnvironmentState } from '../../shared/contract/environment.ts';
import { contextIn, type ChosenContext } from './app.svelte.ts';
import { bytes, shortId } from './format.ts';
import { firstLanguage } from './language.svelte.ts';
import { hrefOf, parseRoute } from './route.svelte.ts';
import type { Route } from './route.svelte.ts';
import { foldStep } from './running.svelte.ts';

test.each<[string | undefined, string[], string]>([
  [undefined, ['ko-KR', 'en-US'], 'ko'],
  [undefined, ['de-DE', 'ko'], 'ko'],
  [undefined, ['de-DE'], 'en'],
  ['en', ['ko-KR'], 'en'],
  ['xx', ['ko-KR'], 'ko'],
])('chosen %s, preferred %j', (chosen, preferred, expected) => expect(firstLanguage(chosen, preferred)).toBe(expected));

test.each<[string, Route]>([
  ['', { screen: 'pods', parts: [] }],
  ['#/pods', { screen: 'pods', parts: [] }],
  ['#/pods/default/web', { screen: 'pods', parts: ['default', 'web'] }],
  ['#/http/forward/a%2Fb', { screen: 'http', parts: ['forward', 'a/b'] }],
  ['#/lessons/1', { screen: 'pods', parts: [] }],
  ['#/pods/%', { screen: 'pods', parts: ['%'] }],
])('the address "%s"', (hash, expected) => expect(parseRoute(hash)).toEqual(expected));

test('an address leads back to its place', () => {
  expect(parseRoute(hrefOf('http', 'forward', 'a/b c'))).toEqual({ screen: 'http', parts: ['forward', 'a/b c'] });
});

const context = (name: string): ContextInfo => ({ name, cluster: name, server: 'https://127.0.0.1:6443', namespace: 'default', isLocal: true });
const environment = (names: string[], currentContext?: string): EnvironmentState => ({
  kubeconfig: { files: [] }, contexts: names.map(context), docker: { state: 'absent', since: '2026-11-24T12:00:00Z' }, practice: { state: 'off' },
  ...(currentContext === undefined ? {} : { currentContext }),
});
const asking = (asked: string, of: EnvironmentState): EnvironmentState => ({ ...of, askedContext: asked });
test.each<[string, EnvironmentState | undefined, ChosenContext, string | undefined]>([
  ['nothing is known yet', undefined, { now: 'kind', before: 'kind' }, undefined],
  ['there is none', environment([]), { now: 'kind', before: 'kind' }, undefined],
  ['the choice of last time', environment(['kind', 'minikube'], 'minikube'), { now: undefined, before: 'kind' }, 'kind'],
  ['--context is before the choice of last time', asking('minikube', environment(['kind', 'minikube'], 'kind')), { now: undefined, before: 'kind' }, 'minikube'],
  ['the choice of now is before --context', asking('minikube', environment(['kind', 'minikube'])), { now: 'kind', before: undefined }, 'kind'],
  ['a choice that is gone falls back to the current one', environment(['kind', 'minikube'], 'minikube'), { now: 'old', before: 'old' }, 'minikube'],
  ['no current one: the first', environment(['kind', 'minikube']), { now: undefined, before: undefined }, 'kind'],
  ['a current one that does not exist: the first', environment(['kind'], 'old'), { now: undefined, before: undefined }, 'kind'],
])('context: %s', (_, known, chosen, expected) => expect(contextIn(known, chosen)?.name).toBe(expected));

test.each([[0, '0 B'], [999, '999 B'], [1000, '1.0 kB'], [182_000_000, '182 MB'], [9_960_000, '10.0 MB'], [5e15, '5000 TB']])('%d bytes', (count, expected) =>
  expect(bytes(count)).toBe(expected));

test('an image ID is shortened as Docker does', () => {
  expect(shortId('sha256:453d8228aabbccddeeff')).toBe('453d8228aabb');
});

test('a step that is told again changes its state, a new one follows', () => {
  const step = (key: string, state: 'running' | 'done' | 'failed', pod = 'web') => ({ step: { key, params: { pod } }, state });
  const told = [step('a', 'running'), step('a', 'done'), step('b', 'running'), step('b', 'running', 'api'), step('b', 'failed')];
  expect(told.reduce(foldStep, [] as ReturnType<typeof foldStep>)).toEqual([step('a', 'done'), step('b', 'failed'), step('b', 'running', 'api')]);
});
