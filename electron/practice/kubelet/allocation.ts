// Whether the node takes a pod that was bound to it (kubelet, pkg/kubelet/lifecycle/predicate.go). The scheduler has counted too; a pod whose
// nodeName was written by hand has met nobody before.
import { podRequests } from '../controllers/pod-requests.ts';
import type { Pod, Quantity } from '../objects.ts';
import { milliValue, wholeValue } from '../quantity.ts';

export interface Rejection {
  /** status.reason: OutOfcpu, OutOfmemory, OutOfpods, NodeAffinity. */
  readonly reason: string;
  readonly message: string;
}

/** CPU in thousandths, memory in bytes. */
interface Amounts {
  cpu: number;
  memory: number;
}

export interface Allocation {
  /** Takes the pod in, unless there is no room for it. */
  admit(pod: Pod): Rejection | undefined;
  release(podUid: string): void;
}

export function createAllocation(allocatable: Readonly<Record<string, Quantity>>, labels: Readonly<Record<string, string>>): Allocation {
  const taken = new Map<string, Amounts>();
  const used: Amounts = { cpu: 0, memory: 0 };
  const capacity = { cpu: milliValue(allocatable.cpu), memory: wholeValue(allocatable.memory), pods: wholeValue(allocatable.pods) };

  function check(pod: Pod, asks: Amounts): Rejection | undefined {
    const short = (resource: string, requested: number, inUse: number, there: number): Rejection => ({
      reason: `OutOf${resource}`,
      message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${inUse}, capacity: ${there}`,
    });
    if (taken.size + 1 > capacity.pods) return short('pods', 1, taken.size, capacity.pods);
    for (const resource of ['cpu', 'memory'] as const) {
      const fits = asks[resource] === 0 || used[resource] + asks[resource] <= capacity[resource];
      if (!fits) return short(resource, asks[resource], used[resource], capacity[resource]);
    }
    const misses = Object.entries(pod.spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value);
    return misses ? { reason: 'NodeAffinity', message: 'Predicate NodeAffinity failed' } : undefined;
  }

  return {
    admit(pod) {
      const uid = pod.metadata.uid ?? '';
      if (taken.has(uid)) return undefined;
      const requests = podRequests(pod);
      const asks = { cpu: requests.get('cpu') ?? 0, memory: requests.get('memory') ?? 0 };
      const rejection = check(pod, asks);
      if (rejection) return rejection;
      taken.set(uid, asks);
      used.cpu += asks.cpu;
      used.memory += asks.memory;
      return undefined;
    },
    release(podUid) {
      const asks = taken.get(podUid);
      if (!asks || !taken.delete(podUid)) return;
      used.cpu -= asks.cpu;
      used.memory -= asks.memory;
    },
  };
}
