import { expect, test } from 'vitest';
import type { Evidence } from '../../../shared/contract/findings.ts';
import type { PodDetail } from '../../../shared/contract/pods.ts';
import { pathInTemplate, placeOf, workloadPlaceOf, type EvidencePlace } from './evidence-place.ts';

const about = { row: { name: 'web-1', namespace: 'n', owner: { kind: 'ReplicaSet', name: 'web-5f' }, node: 'n1' }, root: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'n', name: 'web' } } as PodDetail;
const message = { key: 'evidence.event', params: { reason: 'BackOff', count: 2 } };
const cites = (name?: string): EvidencePlace => ({ where: 'events', cited: { reason: 'BackOff', message: 'said', ...(name === undefined ? {} : { name }) } });
const pod = { kind: 'Pod', namespace: 'n', name: 'web-1' };

test.each<[string, Omit<Evidence, 'message'> & Partial<Pick<Evidence, 'message'>>, EvidencePlace | undefined]>([
  ['an event of the pod', { kind: 'event', object: pod, value: 'said' }, cites('web-1')],
  ['an event by its own name', { kind: 'event', object: { kind: 'Event', namespace: 'n', name: 'web-1.17a' }, value: 'said' }, cites()],
  ['an event of its node', { kind: 'event', object: { kind: 'Node', name: 'n1' }, value: 'said' }, cites('n1')],
  ['an event of another node', { kind: 'event', object: { kind: 'Node', name: 'n2' } }, undefined],
  ['an event of its owner', { kind: 'event', object: { kind: 'ReplicaSet', namespace: 'n', name: 'web-5f' }, value: 'said' }, cites('web-5f')],
  ['an event of the owner of its owner', { kind: 'event', object: { kind: 'Deployment', namespace: 'n', name: 'web' }, value: 'said' }, cites('web')],
  ['an event of another pod', { kind: 'event', object: { ...pod, name: 'web-2' } }, undefined],
  ['a field', { kind: 'manifest', object: pod, path: 'spec.containers[0].image' }, { where: 'yaml', path: 'spec.containers[0].image', of: 'own' }],
  ['a condition', { kind: 'condition', object: pod, path: 'status.conditions[0]' }, { where: 'yaml', path: 'status.conditions[0]', of: 'own' }],
  ['a field without a path', { kind: 'status', object: pod }, undefined],
  ['a field of what makes the pod', { kind: 'object', object: { kind: 'Deployment', namespace: 'n', name: 'web' }, path: 'spec.replicas' }, { where: 'yaml', path: 'spec.replicas', of: 'root' }],
  ['a field of another object', { kind: 'object', object: { kind: 'Service', namespace: 'n', name: 'web' }, path: 'spec.selector' }, undefined],
  ['a pod of the same name elsewhere', { kind: 'manifest', object: { ...pod, namespace: 'm' }, path: 'spec' }, undefined],
  ['an image', { kind: 'host-image' }, { where: 'images' }],
  ['a line of a log', { kind: 'log', object: pod, path: 'app', value: 'line', message: { key: 'evidence.log', params: { container: 'app', previous: 'no' } } }, { where: 'logs', container: 'app', previous: false, line: 'line' }],
  ['a line of the run before', { kind: 'log', object: pod, path: 'app', value: 'line', message: { key: 'evidence.log', params: { container: 'app', previous: 'yes' } } }, { where: 'logs', container: 'app', previous: true, line: 'line' }],
  ['a line of another pod', { kind: 'log', object: { ...pod, name: 'web-2' }, path: 'app', value: 'line' }, undefined],
])('%s', (_, evidence, place) => expect(placeOf({ message, ...evidence }, about)).toEqual(place));

const web = { kind: 'Deployment', name: 'web', namespace: 'n' };
test.each<[string, Omit<Evidence, 'message'>, EvidencePlace | undefined]>([
  ['a condition of the workload', { kind: 'object', object: { kind: 'Deployment', namespace: 'n', name: 'web' }, path: 'status.conditions[0]' }, { where: 'yaml', path: 'status.conditions[0]', of: 'own' }],
  ['an event of its ReplicaSet', { kind: 'event', object: { kind: 'ReplicaSet', namespace: 'n', name: 'web-5f' }, value: 'said' }, cites('web-5f')],
  ['an event of its pod', { kind: 'event', object: { kind: 'Pod', namespace: 'n', name: 'web-5f-x2x7q' }, value: 'said' }, cites('web-5f-x2x7q')],
  ['an event of another ReplicaSet', { kind: 'event', object: { kind: 'ReplicaSet', namespace: 'n', name: 'db-5f' } }, undefined],
  ['a field of its ReplicaSet', { kind: 'object', object: { kind: 'ReplicaSet', namespace: 'n', name: 'web-5f' }, path: 'status' }, undefined],
])('of a workload: %s', (_, evidence, place) => expect(workloadPlaceOf({ ...evidence, message }, web)).toEqual(place));

test('a place of the pod, in what makes it', () => {
  expect(['Pod', 'Deployment', 'CronJob'].map((kind) => pathInTemplate(kind, 'spec.containers[0]'))).toEqual([
    'spec.containers[0]', 'spec.template.spec.containers[0]', 'spec.jobTemplate.spec.template.spec.containers[0]',
  ]);
});
