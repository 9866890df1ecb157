import { expect, test } from 'vitest';
import type { KubeEvent, KubeNode, KubeObject, Pod } from './objects.ts';
import { wellFormedEvents, wellFormedNodes, wellFormedObjects, wellFormedPod } from './well-formed.ts';

const good: Pod = {
  metadata: { name: 'p', creationTimestamp: '2026-03-01T12:00:00Z', labels: { app: 'web' } },
  spec: { nodeName: 'n', containers: [{ name: 'app', image: 'app:1', ports: [{ containerPort: 8080 }], unknownField: [1] }], newerField: { a: null } },
  status: { phase: 'Running', containerStatuses: [{ name: 'app', restartCount: 0, state: { running: { startedAt: '2026-03-01T12:00:00Z' } } }] },
};

test('what is well formed is given back as it is, unknown fields included', () => {
  expect(wellFormedPod(good)).toBe(good);
});

test.each<[string, unknown, unknown]>([
  ['no metadata', { spec: {} }, { spec: {}, metadata: {} }],
  ['a name that is a number', { metadata: { name: 7, uid: 'u' } }, { metadata: { uid: 'u' } }],
  ['a time that cannot be read', { metadata: { creationTimestamp: 'soon' } }, { metadata: {} }],
  ['null, as Go writes what is absent', { metadata: { creationTimestamp: null }, spec: { containers: null } }, { metadata: {}, spec: {} }],
  ['a list that is a text', { metadata: {}, spec: { containers: 'app' } }, { metadata: {}, spec: {} }],
  ['elements that are none', { metadata: {}, spec: { containers: [null, 3, { image: 'x' }, []] } }, { metadata: {}, spec: { containers: [{ image: 'x', name: '' }] } }],
  ['labels that are no texts', { metadata: { labels: { a: 1, b: 'c' } } }, { metadata: { labels: { b: 'c' } } }],
  ['a count that is no number', { metadata: {}, status: { containerStatuses: [{ name: 'a', restartCount: '3', state: [] }] } }, { metadata: {}, status: { containerStatuses: [{ name: 'a' }] } }],
  ['no object at all', 'pod', { metadata: {} }],
])('%s', (_, pod, expected) => {
  expect(wellFormedPod(pod as Pod)).toEqual(expected);
});

test('of other objects what the rules rely on', () => {
  expect(wellFormedEvents([{ message: 1, reason: 'BackOff' }, null, 'x'] as unknown as KubeEvent[])).toEqual([{ reason: 'BackOff', metadata: {}, involvedObject: {} }]);
  expect(wellFormedNodes([{ metadata: { name: 'n' }, status: { conditions: [{ status: 'True' }] } }] as unknown as KubeNode[])).toEqual([{ metadata: { name: 'n' }, status: { conditions: [{ status: 'True', type: '' }] } }]);
  expect(wellFormedObjects([{ kind: 'Service', spec: 'odd' }] as unknown as KubeObject[])).toEqual([{ kind: 'Service', spec: 'odd', metadata: {} }]);
});

test('an object that is taken for something else is looked at anew', () => {
  const nothing = {};
  expect(wellFormedObjects([nothing as KubeObject])).toEqual([{ metadata: {} }]);
  expect(wellFormedEvents([nothing as KubeEvent])).toEqual([{ metadata: {}, involvedObject: {} }]);
});
