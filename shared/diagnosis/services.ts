// A Service and its Endpoints as the causes read them: what it looks for, where it sends, and who is behind it.
import { containersOf, isRecord } from '../kubernetes/containers.ts';
import type { Container, KubeObject, Pod } from '../kubernetes/objects.ts';

export interface ServicePort {
  /** Its place in `spec.ports`. */
  readonly index: number;
  /** '' where it has none, as a Service with one port may. */
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  /** The name of a pod's port, or a number; the Service's own where none is written. */
  readonly target: string | number;
  /** 0 where it has none. */
  readonly nodePort: number;
}

export const nameOf = ({ metadata: { name = '' } }: KubeObject): string => name;

/** The labels that it looks for; undefined where it has no selector, so that somebody else says who is behind it. */
export function selectorOf(service: KubeObject): Readonly<Record<string, string>> | undefined {
  const { selector, type } = specOf(service);
  if (!isRecord(selector) || type === 'ExternalName') return undefined;
  const pairs = Object.entries(selector).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []));
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

export function portsOf(service: KubeObject): readonly ServicePort[] {
  const { ports } = specOf(service);
  return (Array.isArray(ports) ? ports : []).flatMap((each: unknown, index) => {
    if (!isRecord(each) || typeof each['port'] !== 'number') return [];
    const { name, port, protocol, targetPort, nodePort } = each;
    return [{
      index, port, name: typeof name === 'string' ? name : '', protocol: typeof protocol === 'string' && protocol ? protocol : 'TCP',
      // The server fills in a target; 0 and '' are Go's words for none.
      target: (typeof targetPort === 'number' || typeof targetPort === 'string') && targetPort ? targetPort : port,
      nodePort: typeof nodePort === 'number' ? nodePort : 0,
    }];
  });
}

export function typeOf(service: KubeObject): string {
  const { type } = specOf(service);
  return typeof type === 'string' && type !== '' ? type : 'ClusterIP';
}

export function selects(selector: Readonly<Record<string, string>>, pod: Pod): boolean {
  return Object.entries(selector).every(([key, value]) => pod.metadata.labels?.[key] === value);
}

/** The containers whose ports a Service may name: the app containers and, since 1.28, sidecars (pkg/api/v1/pod, FindPort). */
export function serving(pod: Pod): readonly Container[] {
  return containersOf(pod).filter(({ init, container }) => !init || container.restartPolicy === 'Always').map(({ container }) => container);
}

export interface DeclaredPort {
  readonly container: string;
  /** Its place among the container's ports. */
  readonly index: number;
  /** '' where it has none. */
  readonly name: string;
  readonly number: number;
  readonly protocol: string;
}

export function declaredPorts(pod: Pod): readonly DeclaredPort[] {
  return serving(pod).flatMap((container) => (container.ports ?? []).map(({ containerPort, name = '', protocol }, index) =>
    ({ container: container.name, index, name, number: containerPort, protocol: protocol || 'TCP' })));
}

/** How many pods are behind it, by its Endpoints; undefined where those were not read. Pods without an address are not among them. */
export function backends(service: KubeObject, endpoints: readonly KubeObject[] | undefined): { readonly ready: number; readonly notReady: number } | undefined {
  if (!endpoints) return undefined;
  const own = endpoints.find((each) => nameOf(each) === nameOf(service) && each.metadata.namespace === service.metadata.namespace);
  const subsets = own && Array.isArray(own['subsets']) ? own['subsets'].filter(isRecord) : [];
  const count = (field: string) => new Set(subsets.flatMap((subset) => (Array.isArray(subset[field]) ? subset[field].filter(isRecord).map(({ ip }) => ip) : []))).size;
  return { ready: count('addresses'), notReady: count('notReadyAddresses') };
}

function specOf(service: KubeObject): Readonly<Record<string, unknown>> {
  return isRecord(service['spec']) ? service['spec'] : {};
}
