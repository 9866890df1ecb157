// Pods that no kubelet will ever end are taken away after a while, those whose node does not exist among them: kube-controller-manager,
// pkg/controller/podgc/gc_controller.go.
import type { Pod } from '../objects.ts';
import { kindOf } from '../kinds/all-kinds.ts';
import type { ControllerContext } from './controller-context.ts';

const PERIOD = 20_000;
/** A node that is missing is given so long to come. */
const QUARANTINE = 40_000;
const MANAGER = { manager: 'kube-controller-manager' };

export function startPodCollection({ store, api, clock, minor, kinds }: ControllerContext): Disposable {
  const kind = kindOf(kinds, 'pods');
  /** When a node was first seen to be missing. */
  const missing = new Map<string, number>();

  function collect(): void {
    cancel = clock.after(PERIOD, collect);
    const now = clock.elapsed();
    const nodes = new Set(store.list('nodes', '').map(({ metadata }) => metadata.name));
    const pods = store.list('pods', '') as Pod[];
    const lost = pods.filter(({ spec }) => spec.nodeName && !nodes.has(spec.nodeName));
    const named = new Set(lost.map(({ spec }) => spec.nodeName ?? ''));
    for (const node of [...missing.keys()]) if (!named.has(node)) missing.delete(node);
    for (const node of named) if (!missing.has(node)) missing.set(node, now);
    for (const pod of lost) if (now - (missing.get(pod.spec.nodeName ?? '') ?? now) >= QUARANTINE) remove(pod);
    // On its way and never bound: there is nobody to wait for.
    for (const pod of pods) if (pod.metadata.deletionTimestamp && !pod.spec.nodeName) remove(pod);
  }
  let cancel = clock.after(PERIOD, collect);

  function remove({ metadata: { namespace = '', name = '', uid = '' }, status }: Pod): void {
    const over = status.phase === 'Failed' || status.phase === 'Succeeded';
    try {
      // Since 1.26 it is marked as failed first (PodDisruptionConditions).
      if (minor >= 26 && !over) {
        api.update(kind, 'status', namespace, name, (pod) => ({ ...pod, status: { ...(pod as Pod).status, phase: 'Failed' } }), MANAGER);
      }
      api.delete(kind, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch {
      // It went meanwhile.
    }
  }

  return { [Symbol.dispose]: () => cancel() };
}
