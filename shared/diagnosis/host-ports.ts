// Ports of the node that a pod takes for itself.
import type { Fix, PathStep } from '../contract/findings.ts';
import { containersOf } from '../kubernetes/containers.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { podFix } from './cause.ts';
import type { PodCase } from './cause.ts';
import { fieldsIn, textIn } from './spec-fields.ts';

export interface HostPort {
  readonly port: number;
  readonly protocol: string;
  /** `spec.containers[0].ports[0].hostPort` */
  readonly path: string;
  readonly steps: readonly PathStep[];
}

export function hostPorts(pod: Pod): HostPort[] {
  return containersOf(pod).filter(({ init }) => !init).flatMap(({ container, path }) => fieldsIn(container.ports).flatMap(([index, each]): HostPort[] => {
    const port = each['hostPort'];
    if (typeof port !== 'number' || port === 0) return [];
    const steps: PathStep[] = ['spec', 'containers', { name: container.name }, 'ports', index, 'hostPort'];
    return [{ port, protocol: textIn(each, 'protocol') || 'TCP', path: `${path}.ports[${index}].hostPort`, steps }];
  }));
}

/** F14. A pod of the host's network has every port of its own there, so that nothing can be dropped. */
export function dropHostPorts(subject: PodCase, recommended: boolean): Fix[] {
  const ports = hostPorts(subject.pod);
  if (ports.length === 0 || subject.pod.spec?.['hostNetwork'] === true) return [];
  return podFix(subject, 'F14.drop-host-port', ports.map(({ steps }) => ({ path: [...steps] })), { recommended, params: { ports: ports.map(({ port }) => port).join(', '), count: ports.length } });
}
