// What a pod takes of its node: the sum of its containers and sidecars, or its largest step before the start, if that is more.
// https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
import type { Container, Pod } from '../objects.ts';
import { milliValue, wholeValue } from '../quantity.ts';

/** By resource: cpu in thousandths, everything else in whole units. */
export type Amounts = ReadonlyMap<string, number>;

export const amountOf = (name: string, quantity: string | number | undefined): number => (name === 'cpu' ? milliValue(quantity) : wholeValue(quantity));

function add(to: Map<string, number>, { resources }: Container): Map<string, number> {
  for (const [name, quantity] of Object.entries(resources?.requests ?? {})) to.set(name, (to.get(name) ?? 0) + amountOf(name, quantity));
  return to;
}

const known = new WeakMap<Pod, Amounts>();

export function podRequests(pod: Pod): Amounts {
  const before = known.get(pod);
  if (before) return before;
  const { containers, initContainers = [] } = pod.spec;
  const sidecars = new Map<string, number>();
  const peak = new Map<string, number>();
  for (const container of initContainers) {
    if (container.restartPolicy === 'Always') add(sidecars, container);
    const step = container.restartPolicy === 'Always' ? sidecars : add(new Map(sidecars), container);
    for (const [name, amount] of step) peak.set(name, Math.max(peak.get(name) ?? 0, amount));
  }
  const total = new Map(sidecars);
  for (const container of containers) add(total, container);
  for (const [name, amount] of peak) total.set(name, Math.max(total.get(name) ?? 0, amount));
  // The pod as a whole may ask for itself (since 1.32).
  const whole = pod.spec['resources'] as Container['resources'];
  for (const [name, quantity] of Object.entries(whole?.requests ?? {})) total.set(name, amountOf(name, quantity));
  known.set(pod, total);
  return total;
}

/** `TCP/0.0.0.0/80` of every port of the node that it wants. */
export const hostPorts = ({ spec }: Pod): string[] =>
  [...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'), ...spec.containers].flatMap(({ ports = [] }) =>
    (ports as { hostPort?: number; hostIP?: string; protocol?: string }[])
      .filter(({ hostPort }) => hostPort)
      .map(({ hostPort, hostIP, protocol = 'TCP' }) => `${protocol}/${hostIP || '0.0.0.0'}/${hostPort}`),
  );

/** 0.0.0.0 is every address. */
export function portsClash(a: string, b: string): boolean {
  const [protocolA, ipA, portA] = a.split('/');
  const [protocolB, ipB, portB] = b.split('/');
  return protocolA === protocolB && portA === portB && (ipA === ipB || ipA === '0.0.0.0' || ipB === '0.0.0.0');
}
