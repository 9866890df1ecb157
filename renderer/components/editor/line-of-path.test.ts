import { expect, test } from 'vitest';
import { lineOfPath, stepsOf } from './line-of-path.ts';

const text = `apiVersion: v1
kind: Pod
metadata:
  labels:
    a.b/c: x
spec:
  containers:
  - name: side
    image: side:1
  - image: web:1
    name: app
    resources:
      limits:
        memory: 32Mi
status:
  conditions:
  - type: Ready
    message: |
      spec:
        containers: no
  containerStatuses:
  - name: app
    state:
      waiting:
        reason: Error
`;

test.each<[string, number | undefined]>([
  ['spec.containers[1].image', 10],
  ['spec.containers[0].image', 9],
  ['spec.containers[1].resources.limits.memory', 14],
  ['metadata.labels["a.b/c"]', 5],
  ['status.containerStatuses[0].state.waiting', 24],
  ['status.conditions[0].message', 18],
  // What is not written: the nearest above it.
  ['spec.containers[1].livenessProbe.httpGet', 7],
  ['spec.nodeSelector', 6],
  ['data.key', undefined],
])('%s', (path, line) => expect(lineOfPath(text, path)).toBe(line));

test('below a template', () => {
  const owner = `spec:\n  template:\n    spec:\n      containers:\n      - image: x\n`;
  expect(lineOfPath(owner, 'spec.containers[0].image', 'spec.template')).toBe(5);
});

test('the steps of a path', () => expect(stepsOf('a["b.c"][0].d')).toEqual(['a', 'b.c', 0, 'd']));
