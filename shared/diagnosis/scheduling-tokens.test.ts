import { expect, test } from 'vitest';
import { parse, schedulerMessage } from './scheduling-tokens.ts';
import { pod, schedulerEvent } from './sample-scheduling.ts';
import { podCase } from './cause.ts';
import { sharedWorld } from './sample-worlds.ts';

const words = (raw: string) => parse(raw).tokens.map(({ id, nodes, text }) => [id, nodes, text]);

test.each<[string, (readonly [string, number, string])[]]>([
  ['0/1 nodes are available: 1 Insufficient cpu.', [['SCH-01', 1, 'Insufficient cpu']]],
  ['0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.', [['SCH-01', 1, 'Insufficient cpu'], ['SCH-01', 1, 'Insufficient memory']]],
  // The taint's own comma
  ['0/1 nodes are available: 1 node(s) had taint {a: b}, that the pod didn\'t tolerate.', [['SCH-02', 1, 'node(s) had taint {a: b}, that the pod didn\'t tolerate']]],
  ['0/3 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn\'t tolerate, 2 Insufficient memory.',
    [['SCH-01', 2, 'Insufficient memory'], ['SCH-02', 1, 'node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn\'t tolerate']]],
  // As many nodes each: a taint is told last
  ['0/2 nodes are available: 1 node(s) had taint {a: b}, that the pod didn\'t tolerate, 1 node(s) didn\'t match Pod\'s node affinity.',
    [['SCH-03', 1, 'node(s) didn\'t match Pod\'s node affinity'], ['SCH-02', 1, 'node(s) had taint {a: b}, that the pod didn\'t tolerate']]],
  ['0/1 nodes are available: 1 node(s) didn\'t match pod affinity rules, 1 node(s) didn\'t match pod affinity/anti-affinity.',
    [['SCH-07', 1, 'node(s) didn\'t match pod affinity rules'], ['SCH-07', 1, 'node(s) didn\'t match pod affinity/anti-affinity']]],
  ['0/1 nodes are available: 1 persistentvolumeclaim "nope" not found.', [['SCH-04', 1, 'persistentvolumeclaim "nope" not found']]],
  ['0/1 nodes are available: 1 node(s) were unschedulable.', [['SCH-06', 1, 'node(s) were unschedulable']]],
  // Newer servers: with what preemption would bring, without a number
  ['0/1 nodes are available: 1 node(s) had untolerated taint {a: b}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    [['SCH-02', 1, 'node(s) had untolerated taint {a: b}']]],
  ['0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.', [['SCH-01', 1, 'Insufficient cpu']]],
  ['0/1 nodes are available: persistentvolumeclaim "nope" not found. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    [['SCH-04', 0, 'persistentvolumeclaim "nope" not found']]],
  ['0/1 nodes are available: 1 node(s) exceed max volume count.', [['SCH-12', 1, 'node(s) exceed max volume count']]],
  ['something else altogether', [['SCH-12', 0, 'something else altogether']]],
])('%s', (raw, expected) => {
  expect(words(raw)).toEqual(expected);
});

test('the condition is read first, then the event; both may be missing', () => {
  const said = (conditions: NonNullable<NonNullable<ReturnType<typeof pod>['status']>['conditions']>, events: ReturnType<typeof schedulerEvent>[]) =>
    schedulerMessage(podCase(sharedWorld(pod({}, { status: { conditions } }), { events })))?.raw;
  const refused = { type: 'PodScheduled', status: 'False', message: 'by the condition' };
  expect(said([refused], [schedulerEvent('by the event')])).toBe('by the condition');
  expect(said([], [schedulerEvent('by the event')])).toBe('by the event');
  expect(said([{ type: 'PodScheduled', status: 'True' }], [])).toBeUndefined();
});
