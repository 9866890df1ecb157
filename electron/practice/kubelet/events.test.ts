import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { createStore } from '../store/store.ts';
import { createEventRecorder } from './events.ts';
import { createTestApi, createTestClock, testKinds } from './test-cluster.ts';

interface StoredEvent extends KubeObject {
  message: string;
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
}

function recording(minor = 34) {
  const store = createStore();
  const clock = createTestClock();
  const kind = testKinds.find(({ resource }) => resource === 'events')!;
  const api = createTestApi(store, clock);
  const recorder = createEventRecorder({ api, clock, kind, minor }, { component: 'kubelet', host: 'node' });
  const pod = (uid = '1') => ({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web', uid, fieldPath: 'spec.containers{c}' });
  return { clock, recorder, pod, store, events: () => store.list('events', 'default') as StoredEvent[] };
}

test('an event names what it is about and who tells it', () => {
  const { recorder, pod, events } = recording();
  recorder.record(pod(), 'Normal', 'Pulling', 'Pulling image "x"');
  expect(events()).toMatchObject([
    {
      metadata: { name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) as string, namespace: 'default' },
      involvedObject: pod(),
      type: 'Normal',
      reason: 'Pulling',
      message: 'Pulling image "x"',
      source: { component: 'kubelet', host: 'node' },
      count: 1,
      eventTime: null,
      reportingComponent: 'kubelet',
      reportingInstance: 'node',
    },
  ]);
});

test('in 1.20 the reporting controller was left empty', () => {
  const { recorder, pod, events } = recording(20);
  recorder.record(pod(), 'Normal', 'Pulling', 'Pulling image "x"');
  expect(events()).toMatchObject([{ reportingComponent: '', reportingInstance: '' }]);
});

test('the same again is counted; another message, container or pod is not the same', async () => {
  const { recorder, pod, events, clock } = recording();
  recorder.record(pod(), 'Normal', 'BackOff', 'a');
  await clock.turn(10_000);
  recorder.record(pod(), 'Normal', 'BackOff', 'a');
  expect(events()).toMatchObject([{ count: 2, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:00:10Z' }]);
  recorder.record(pod(), 'Normal', 'BackOff', 'b');
  recorder.record({ ...pod(), fieldPath: 'spec.containers{d}' }, 'Normal', 'BackOff', 'a');
  recorder.record(pod('2'), 'Normal', 'BackOff', 'a');
  expect(events().map(({ count }) => count).sort()).toEqual([1, 1, 1, 2]);
});

test('one that has expired meanwhile is written anew, with its count', () => {
  const { recorder, pod, events, store } = recording();
  recorder.record(pod(), 'Normal', 'BackOff', 'a');
  store.remove('events', 'default', events()[0]?.metadata.name ?? '');
  recorder.record(pod(), 'Normal', 'BackOff', 'a');
  expect(events()).toMatchObject([{ count: 2 }]);
});

test('from the tenth different message on they share one event', () => {
  const { recorder, pod, events } = recording();
  for (let number = 1; number <= 15; number += 1) recorder.record(pod(), 'Warning', 'FailedCreatePodSandBox', `sandbox ${number}`);
  expect(events()).toHaveLength(10);
  expect(events().at(-1)).toMatchObject({ message: '(combined from similar events): sandbox 15', count: 6 });
});

describe('a pod that never stops', () => {
  test('is held back after 25 events, and let through once in five minutes', async () => {
    const { recorder, pod, events, clock } = recording();
    for (let times = 0; times < 100; times += 1) recorder.record(pod(), 'Warning', 'Unhealthy', 'failed');
    expect(events()).toMatchObject([{ count: 25 }]);
    await clock.turn(300_000);
    recorder.record(pod(), 'Warning', 'Unhealthy', 'failed');
    recorder.record(pod(), 'Warning', 'Unhealthy', 'failed');
    expect(events()).toMatchObject([{ count: 101 }]);
  });

  test('does not hold back another', () => {
    const { recorder, pod, events } = recording();
    for (let times = 0; times < 30; times += 1) recorder.record(pod(), 'Warning', 'Unhealthy', 'failed');
    recorder.record(pod('2'), 'Normal', 'Pulled', 'there');
    expect(events().map(({ message }) => message)).toContain('there');
  });
});
