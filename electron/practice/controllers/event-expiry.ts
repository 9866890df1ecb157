// Events older than an hour go (kube-apiserver --event-ttl).
import type { KubeObject } from '../objects.ts';
import type { Controlled } from './controller.ts';

const TTL = 60 * 60 * 1000;
const EVERY = 60 * 1000;

export function startEventExpiry({ store, clock }: Pick<Controlled, 'store' | 'clock'>): Disposable {
  let cancel = () => {};
  const look = () => {
    // In the cluster's own time, as everything that waits.
    const oldest = clock.now().getTime() - TTL / clock.speed;
    for (const event of store.list('events', '')) {
      const { namespace = '', name = '' } = event.metadata;
      if (lastSeen(event) < oldest) store.remove('events', namespace, name);
    }
    cancel = clock.after(EVERY, look);
  };
  cancel = clock.after(EVERY, look);
  return { [Symbol.dispose]: () => cancel() };
}

/** Each write of an event gives it its time anew (etcd lease). */
function lastSeen(event: KubeObject): number {
  const series = event['series'] as { lastObservedTime?: string } | undefined;
  const times = [event['lastTimestamp'], series?.lastObservedTime, event['eventTime'], event.metadata.creationTimestamp];
  return Math.max(...times.map((time) => Date.parse(typeof time === 'string' ? time : '')).filter((time) => !Number.isNaN(time)), 0);
}
