import { expect, test } from 'vitest';
import type { ContainerState, Pod } from '../../../shared/kubernetes/objects.ts';
import { createLiveTable } from './live-table.ts';
import { rememberStates } from './seen-states.ts';

const podWith = (state: ContainerState): Pod => ({ metadata: { name: 'p', uid: 'u' }, status: { containerStatuses: [{ name: 'c', state }] } });

function remembered() {
  const pods = createLiveTable<Pod>();
  const states = rememberStates(pods);
  const show = (...items: Pod[]) => pods.set({ ...pods.value, items: new Map(items.map((pod) => [pod.metadata.uid ?? '', pod])) });
  return { show, seen: () => states.of('u').map(({ state, to }) => `${Object.keys(state).join()}${to === undefined ? '' : ', left'}`) };
}

test('each state once, with the time when it was left; the same again is no other', () => {
  const { show, seen } = remembered();
  show(podWith({ waiting: { reason: 'ContainerCreating' } }));
  show(podWith({ waiting: { reason: 'ContainerCreating', message: 'still' } }));
  show(podWith({ running: { startedAt: '2026-03-01T12:00:00Z' } }));
  show(podWith({ terminated: { exitCode: 1, finishedAt: '2026-03-01T12:00:01Z' } }));
  show(podWith({ running: { startedAt: '2026-03-01T12:00:09Z' } }));
  expect(seen()).toEqual(['waiting, left', 'running, left', 'terminated, left', 'running']);
});

test('a pod that is gone is forgotten; one that goes on for ever keeps its newest', () => {
  const { show, seen } = remembered();
  for (let at = 0; at < 200; at++) show(podWith({ waiting: { reason: `R${at}` } }));
  expect(seen()).toHaveLength(90);
  show();
  expect(seen()).toEqual([]);
});
