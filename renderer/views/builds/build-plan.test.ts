import { expect, test } from 'vitest';
import { planOf, type PlanFacts } from './build-plan.ts';

type Pod = NonNullable<PlanFacts['pods']>[number];
function pod(name: string, image: string, policy: 'Always' | 'IfNotPresent' = 'IfNotPresent', owner?: string, kind = 'ReplicaSet'): Pod {
  const container = { name: 'c', init: false, image, normalized: image, policy, origin: 'set' as const, presence: 'unknown' as const, nodes: [], ports: [] };
  return { namespace: 'default', name, containers: [container], ...(owner ? { owner: { kind, name: owner } } : {}) };
}
const web = 'docker.io/library/web:latest';
const keysOf = (pods: PlanFacts['pods'], image = 'web') => planOf({ context: 'kind', image, pods }).map(({ key, params }) => [key.replace('builds.rollout.', ''), params['names'] ?? '']);

test('who is recreated, by whom, and who is left to an owner that nobody knows is told apart', () => {
  expect(keysOf([pod('a', web), pod('b', web, 'IfNotPresent', 'b-1'), pod('c', 'docker.io/library/web:1'), pod('d', web, 'Always', 'd-1', 'WebServer')])).toEqual([
    ['describe', 'default/a, default/b'],
    ['describe-workloads', ''],
    ['describe-owned', 'default/d'],
  ]);
});

test('the policy is only spoken of where it is changed', () => {
  expect(keysOf([pod('a', web, 'Always')])).toEqual([['describe', 'default/a'], ['describe-policy', '']]);
});

test('where every user has an owner that nobody knows, nothing is said to be recreated', () => {
  expect(keysOf([pod('b', web, 'Always', 'b-1', 'WebServer')])).toEqual([['describe-brings', ''], ['describe-owned', 'default/b']]);
});

test('nobody uses it; nobody knows; no name was written', () => {
  expect(keysOf([pod('c', 'docker.io/library/web:1')])).toEqual([['describe-none', '']]);
  expect(keysOf(undefined)).toEqual([['describe-any', '']]);
  expect(keysOf([pod('a', web)], '')).toEqual([['describe-any', '']]);
  expect(keysOf([pod('a', web)], 'WEB')).toEqual([['describe-any', '']]);
});

test('many pods are counted', () => {
  const [first] = planOf({ context: 'kind', image: 'web', pods: Array.from({ length: 7 }, (_, index) => pod(`p${index}`, web)) });
  expect(first?.params).toMatchObject({ count: 7, names: 'default/p0, default/p1, default/p2, default/p3', more: 3 });
});
