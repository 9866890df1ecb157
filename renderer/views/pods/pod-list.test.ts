import { expect, test } from 'vitest';
import type { Presence } from '../../../shared/contract/findings.ts';
import type { ContainerRow, PodRow } from '../../../shared/contract/pods.ts';
import { passes, presentOn, spokenFor } from './pod-list.ts';

const container = (name: string, presence: Presence, image = 'shop/web:1', init = false): ContainerRow => ({
  name, init, image, policy: 'IfNotPresent', origin: 'default-tag', presence, nodes: [], ports: [],
});

test.each<[string, Presence[], string | undefined]>([
  ['no container', [], undefined],
  ['one', ['present'], 'c0'],
  ['the missing one speaks', ['present', 'only-in-docker', 'present'], 'c1'],
  ['not found is worse than only in Docker', ['only-in-docker', 'not-found'], 'c1'],
  ['the first of equals', ['unknown', 'unknown'], 'c0'],
  ['unknown is worse than present', ['present', 'unknown'], 'c1'],
])('%s', (_, presences, expected) => {
  expect(spokenFor({ status: 'Running', containers: presences.map((presence, index) => container(`c${index}`, presence)) })?.name).toBe(expected);
});

test.each<[string, string, string | undefined, string]>([
  ['the headline names it', 'Running', 'web', 'web'],
  ['a finished init container says nothing', 'Running', undefined, 'web'],
  ['one that still has to run does', 'Init:ErrImagePull', undefined, 'migrate'],
  ['those that have run are counted', 'Init:1/2', undefined, 'warm'],
  ['nothing has begun', 'Pending', undefined, 'migrate'],
  ['a container that is not there any more', 'Running', 'old', 'web'],
])('init containers: %s', (_, status, about, expected) => {
  const containers = [
    container('migrate', 'not-found', 'shop/migrate:1', true), container('warm', 'only-in-docker', 'shop/warm:1', true),
    container('web', 'present'), container('side', 'present'),
  ];
  const headline = { id: 'image', message: { key: 'finding.x', params: {} }, ...(about === undefined ? {} : { container: about }) };
  expect(spokenFor({ status, containers, headline })?.name).toBe(expected);
});

test('present on one of two nodes', () => {
  expect(presentOn({ nodes: [{ node: 'a', presence: 'present' }, { node: 'b', presence: 'older-build' }] })).toEqual({ present: 1, of: 2 });
});

const pod: PodRow = {
  uid: '1', name: 'spring-pod', namespace: 'default', status: 'ImagePullBackOff', ready: '0/1', restarts: 0, health: 'failing',
  containers: [container('app', 'only-in-docker', 'Spring-Server')],
};
test.each<[string, boolean]>([
  ['', true],
  ['  ', true],
  ['spring', true],
  ['PULLBACK', true],
  ['spring-server', true],
  ['default for a tag', true],
  ['pod backoff', true],
  ['pod running', false],
])('the filter "%s"', (filter, expected) => {
  expect(passes(pod, filter, () => 'IfNotPresent (default for a tag)')).toBe(expected);
});
