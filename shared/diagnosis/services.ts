// A Service and its Endpoints as the causes read them: what it looks for, where it sends, and who is behind it.
import { containersOf, isRecord } from '../kubernetes/containers.ts';
import type { Container, KubeObject, Pod } from '../kubernetes/objects.ts';
import { onceFor } from '../kubernetes/once-for.ts';

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

export interface Backends {
  readonly ready: number;
  readonly notReady: number;
}

/** How many pods are behind it, by its Endpoints; undefined where those were not read. Pods without an address are not among them. */
export function backends(service: KubeObject, endpoints: readonly KubeObject[] | undefined): Backends | undefined {
  if (!endpoints) return undefined;
  let known = counted.get(endpoints);
  if (!known) counted.set(endpoints, (known = new Map(endpoints.map((each) => [keyOf(each), countOf(each)]))));
  return known.get(keyOf(service)) ?? { ready: 0, notReady: 0 };
}

/** The Services that select a pod; found by its labels, since a namespace may have many of both. */
export function servicesOf(pod: Pod, services: readonly KubeObject[]): readonly KubeObject[] {
  const { labels = {}, namespace } = pod.metadata;
  const { byPair } = indexOf(services);
  return Object.entries(labels).flatMap(([key, value]) => byPair.get(`${key}=${value}`) ?? [])
    .filter((service) => service.metadata.namespace === namespace && selects(selectorOf(service) ?? {}, pod))
    .toSorted((a, b) => services.indexOf(a) - services.indexOf(b));
}

/** The Services with a selector that have nobody behind them; all with a selector where that is not known. */
export function withoutBackends(services: readonly KubeObject[], endpoints: readonly KubeObject[] | undefined): readonly KubeObject[] {
  const index = indexOf(services);
  if (!endpoints) return index.selecting;
  let found = index.empty.get(endpoints);
  if (!found) {
    found = index.selecting.filter((service) => {
      const { ready, notReady } = backends(service, endpoints) ?? { ready: 0, notReady: 0 };
      return ready + notReady === 0;
    });
    index.empty.set(endpoints, found);
  }
  return found;
}

/** Lists are replaced, never changed, so what follows from one is worked out once for all pods. */
interface Index {
  /** Under the first pair of their selectors. */
  readonly byPair: ReadonlyMap<string, readonly KubeObject[]>;
  readonly selecting: readonly KubeObject[];
  readonly empty: WeakMap<readonly KubeObject[], readonly KubeObject[]>;
}

const counted = new WeakMap<readonly KubeObject[], ReadonlyMap<string, Backends>>();

const indexOf = onceFor((services: readonly KubeObject[]): Index => {
  const selecting = services.filter((service) => selectorOf(service) !== undefined);
  const byPair = Map.groupBy(selecting, (service) => Object.entries(selectorOf(service) ?? {})[0]?.join('=') ?? '');
  return { byPair, selecting, empty: new WeakMap() };
});

function countOf(endpoints: KubeObject): Backends {
  const subsets = Array.isArray(endpoints['subsets']) ? endpoints['subsets'].filter(isRecord) : [];
  const count = (field: string) => new Set(subsets.flatMap((subset) => (Array.isArray(subset[field]) ? subset[field].filter(isRecord).map(({ ip }) => ip) : []))).size;
  return { ready: count('addresses'), notReady: count('notReadyAddresses') };
}

const keyOf = ({ metadata: { namespace = '', name = '' } }: KubeObject): string => `${namespace}/${name}`;

function specOf(service: KubeObject): Readonly<Record<string, unknown>> {
  return isRecord(service['spec']) ? service['spec'] : {};
}
