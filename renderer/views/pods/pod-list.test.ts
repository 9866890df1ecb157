import { expect, test } from 'vitest';
import type { Presence } from '../../../shared/contract/findings.ts';
import type { ContainerRow, PodRow } from '../../../shared/contract/pods.ts';
import { groupByOwner, passes, presentOn, spokenFor } from './pod-list.ts';

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

const row = (name: string, health: PodRow['health'], ready: string, more: Partial<PodRow> = {}): PodRow => (
  { uid: name, name, namespace: 'shop', status: 'Running', ready, restarts: 0, health, containers: [], ...more });
const web = { owner: { kind: 'ReplicaSet', name: 'web-7d' }, root: { kind: 'Deployment', name: 'web' } };

test('by owner: the root where it is known, pods without one last, how many are ready and which is worst off', () => {
  const groups = groupByOwner([
    row('bare', 'ok', '1/1'),
    row('web-1', 'ok', '1/1', web),
    row('job-1', 'ok', '0/1', { owner: { kind: 'Job', name: 'job' }, status: 'Completed' }),
    row('web-2', 'failing', '0/1', { ...web, owner: { kind: 'ReplicaSet', name: 'web-8e' } }),
    row('web-3', 'progressing', '1/2', web),
    row('web-4', 'ok', '1/1', { ...web, namespace: 'other' }),
  ]);
  expect(groups.map(({ owner, namespace, pods, ready, of, worst }) => [owner ? `${owner.kind} ${owner.name}` : '', namespace, pods.map(({ name }) => name).join(), ready, of, worst?.name])).toEqual([
    ['Deployment web', 'shop', 'web-1,web-2,web-3', 1, 3, 'web-2'],
    ['Job job', 'shop', 'job-1', 0, 0, undefined],
    ['Deployment web', 'other', 'web-4', 1, 1, undefined],
    ['', 'shop', 'bare', 1, 1, undefined],
  ]);
});

test.each<[string, Partial<PodRow>, string | undefined]>([
  ['the root', web, 'Deployment web'],
  ['the next owner, as long as the root is not known', { owner: web.owner }, undefined],
  ['a kind that has no place', { root: { kind: 'Node', name: 'n1' } }, undefined],
  ['no owner', {}, undefined],
])('what a group leads to: %s', (_, owners, expected) => {
  const [group] = groupByOwner([row('web-1', 'ok', '1/1', owners)]);
  expect(group?.workload && `${group.workload.kind} ${group.workload.name}`).toBe(expected);
});
