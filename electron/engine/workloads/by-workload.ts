// Pods that owners make, by what has to be changed for them.
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';

export interface Owned {
  readonly pod: Pod;
  /** From its controller to the root. */
  readonly chain: readonly KubeObject[];
}

/** The same for pods that one change makes anew: a workload, whatever number of its pods is asked for; a CronJob's Jobs are made anew each by itself. */
export function groupKey(chain: readonly KubeObject[]): string {
  const root = chain.at(-1);
  return (root?.kind === 'CronJob' ? chain[0] : root)?.metadata.uid ?? '';
}

/** In the order of the first pod of each. */
export function byWorkload<Item extends Owned>(owned: readonly Item[]): Item[][] {
  return [...Map.groupBy(owned, ({ chain }) => groupKey(chain)).values()];
}
