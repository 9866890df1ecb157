// Pods that no kubelet will ever end: those that are bound to a node which is not there. kubernetes, pkg/controller/podgc/gc_controller.go
import { ApiError } from '../api/api-error.ts';
import { kindOf } from '../kinds/all-kinds.ts';
import type { Pod } from '../objects.ts';
import type { Controlled } from './controller.ts';

const EVERY = 20 * 1000;
/** A node must have been missing for so long: it may be on its way. */
const QUARANTINE = 40 * 1000;

export function startPodCollection({ store, api, clock, kinds }: Controlled): Disposable {
  const pods = kindOf(kinds, 'pods');
  /** Node names, and when they were first missed. */
  const missing = new Map<string, number>();
  let cancel = () => {};

  const look = () => {
    const now = clock.elapsed();
    const all = store.list('pods', '') as Pod[];
    const named = new Set(all.flatMap(({ spec }) => (spec.nodeName && !store.get('nodes', '', spec.nodeName) ? [spec.nodeName] : [])));
    for (const node of missing.keys()) if (!named.has(node)) missing.delete(node);
    for (const node of named) if (!missing.has(node)) missing.set(node, now);
    for (const pod of all) {
      const { name = '', namespace = '', uid = '', deletionTimestamp } = pod.metadata;
      const since = missing.get(pod.spec.nodeName ?? '');
      const isLost = since !== undefined && now - since >= QUARANTINE;
      // On its way and never bound: there is nobody to wait for.
      const isUnbound = deletionTimestamp !== undefined && !pod.spec.nodeName;
      if (!isLost && !isUnbound) continue;
      try {
        api.delete(pods, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
    }
    cancel = clock.after(EVERY, look);
  };
  cancel = clock.after(EVERY, look);
  return { [Symbol.dispose]: () => cancel() };
}
