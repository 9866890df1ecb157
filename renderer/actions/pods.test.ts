import { expect, test } from 'vitest';
import { runName } from './pods.ts';

test('what is done to a workload is not taken for what is done to a pod of the same name, nor to another kind', () => {
  const pod = { name: 'web' };
  const names = [runName({ pod }), ...['Deployment', 'Service'].map((kind) => runName({ pod, workload: { apiVersion: 'v1', kind } }))];
  expect(new Set(names).size).toBe(3);
});
