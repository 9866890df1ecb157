// The quality of service of a pod, by its cpu and memory: kubernetes, pkg/apis/core/v1/helper/qos.
// https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
import type { Container, PodSpec } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';

const COUNTED = ['cpu', 'memory'] as const;

function totals(containers: readonly Container[], list: 'requests' | 'limits'): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { resources } of containers) {
    for (const name of COUNTED) {
      const value = parseQuantity(resources?.[list]?.[name] ?? 0) ?? 0;
      if (value > 0) sums.set(name, (sums.get(name) ?? 0) + value);
    }
  }
  return sums;
}

export function qosClass({ containers, initContainers = [] }: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all = [...containers, ...initContainers];
  const requests = totals(all, 'requests');
  const limits = totals(all, 'limits');
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  const limited = ({ resources }: Container) => COUNTED.every((name) => (parseQuantity(resources?.limits?.[name] ?? 0) ?? 0) > 0);
  const equal = requests.size === limits.size && [...requests].every(([name, value]) => limits.get(name) === value);
  return all.every(limited) && equal ? 'Guaranteed' : 'Burstable';
}
