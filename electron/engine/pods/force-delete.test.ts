import { expect, test } from 'vitest';
import { finalizerLine, finalizerPatch, forceDeleteLine, isOverdue } from './force-delete.ts';

const at = { context: 'kind-kind', namespace: 'n' };
const pod = (metadata: object) => ({ metadata: { name: 'held', ...metadata } });

test('a pod is overdue a while after its grace period ended', () => {
  const deleted = pod({ deletionTimestamp: '2026-11-25T10:00:00Z' });
  const when = (text: string) => isOverdue(deleted, new Date(text));
  expect([when('2026-11-25T09:59:00Z'), when('2026-11-25T10:00:20Z'), when('2026-11-25T10:00:31Z'), isOverdue(pod({}), new Date())]).toEqual([false, false, true, false]);
});

test('a finalizer is removed where it is, and nowhere else', () => {
  const held = pod({ finalizers: ['a/one', 'b/two'] });
  expect(finalizerPatch(held, 'b/two')).toEqual([{ op: 'test', path: '/metadata/finalizers/1', value: 'b/two' }, { op: 'remove', path: '/metadata/finalizers/1' }]);
  expect([finalizerPatch(held, 'c'), finalizerPatch(pod({}), 'a/one')]).toEqual([undefined, undefined]);
  expect([forceDeleteLine(at, 'held'), ...finalizerLine(at, held, 'a/one')]).toEqual([
    'kubectl --context kind-kind -n n delete pod held --grace-period=0 --force',
    `kubectl --context kind-kind -n n patch pod held --type=json -p '[{"op":"test","path":"/metadata/finalizers/0","value":"a/one"},{"op":"remove","path":"/metadata/finalizers/0"}]'`,
  ]);
});
