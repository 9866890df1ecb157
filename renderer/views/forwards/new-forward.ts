// What is typed in the panel of a new forward, read as numbers.
import type { PodRow } from '../../../shared/contract/pods.ts';

/** The number that is typed, or undefined where it is no port. The engine checks again. */
export function readPort(text: string): number | undefined {
  const port = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : NaN;
  return port >= 1 && port <= 65535 ? port : undefined;
}

/** The first port that a container of the pod declares, as text for the field; '' if none does. */
export function declaredPort(pod: PodRow | undefined): string {
  return String(pod?.containers.find((container) => !container.init && container.ports.length > 0)?.ports[0] ?? '');
}
