import { expect, test } from 'vitest';
import type { KubeEvent, Pod } from '../../../shared/kubernetes/objects.ts';
import { createTopic } from '../topic.ts';
import { createLiveTable } from './live-table.ts';
import { rememberPullErrors } from './pull-errors.ts';

const waiting = (reason: string, message: string): Pod => ({
  metadata: { uid: 'u', name: 'p' },
  status: { containerStatuses: [{ name: 'c', state: { waiting: { reason, message } } }] },
});
const event = (message: string, lastTimestamp: string): KubeEvent => ({
  metadata: { uid: message },
  reason: 'Failed',
  message,
  lastTimestamp,
  involvedObject: { uid: 'u', fieldPath: 'spec.containers{c}' },
});

function setUp() {
  const pods = createLiveTable<Pod>();
  const events = createTopic<ReadonlyMap<string, readonly KubeEvent[]> | 'unknown'>('unknown');
  const errors = rememberPullErrors(pods, events);
  const show = (...items: Pod[]) => pods.set({ ...pods.value, items: new Map(items.map((pod) => [pod.metadata.uid ?? '', pod])) });
  return { events, errors, show };
}

test('the cause stays when the pod only says that it backs off', () => {
  const { errors, show } = setUp();
  show(waiting('ErrImagePull', 'no such host'));
  const first = errors.of('u');
  expect(first).toEqual({ c: { message: 'no such host', at: first.c?.at } });
  show(waiting('ImagePullBackOff', 'Back-off pulling image "x"'));
  show(waiting('ErrImagePull', 'no such host'));
  expect(errors.of('u')).toEqual(first);
});

test('an event that comes after is newer; one that only says which step failed is no cause', () => {
  const { errors, events, show } = setUp();
  show(waiting('ErrImagePull', 'no such host'));
  events.set(new Map([['u', [event('Error: ErrImagePull', '2999-01-01T00:00:00Z')]]]));
  expect(errors.of('u').c?.message).toBe('no such host');
  events.set(new Map([['u', [event('Failed to pull image "x": denied', '2999-01-01T00:00:00Z')]]]));
  expect(errors.of('u').c).toEqual({ message: 'Failed to pull image "x": denied', at: '2999-01-01T00:00:00.000Z' });
});

test('it goes with its pod', () => {
  const { errors, show } = setUp();
  show(waiting('ErrImagePull', 'no such host'));
  show();
  expect(errors.of('u')).toEqual({});
});
