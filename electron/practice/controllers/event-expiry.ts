// Events are forgotten an hour after they were written last: kube-apiserver --event-ttl, a lease in etcd.
import type { ControllerContext } from './controller-context.ts';

const TTL = 3_600_000;
const SWEEP = 60_000;

export function startEventExpiry({ store, clock }: Pick<ControllerContext, 'store' | 'clock'>): Disposable {
  const written = new Map<string, { namespace: string; name: string; at: number }>();
  const stop = store.watch('events', store.revision, ({ type, object: { metadata } }) => {
    const { namespace = '', name = '' } = metadata;
    const key = `${namespace}/${name}`;
    if (type === 'DELETED') written.delete(key);
    else written.set(key, { namespace, name, at: clock.elapsed() });
  });

  let cancel = clock.after(SWEEP, sweep);
  function sweep(): void {
    const now = clock.elapsed();
    for (const { namespace, name, at } of [...written.values()]) if (now - at >= TTL) store.remove('events', namespace, name);
    cancel = clock.after(SWEEP, sweep);
  }

  return {
    [Symbol.dispose]() {
      stop();
      cancel();
    },
  };
}
