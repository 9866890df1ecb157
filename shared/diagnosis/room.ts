// How much of a node is asked for, and how much is left: requests count, not what is used (pkg/scheduler/framework/plugins/noderesources/fit.go).
import { containersOf, isRecord } from '../kubernetes/containers.ts';
import type { Container, KubeNode, Pod } from '../kubernetes/objects.ts';
import { onceFor } from '../kubernetes/once-for.ts';
import { podUse } from '../kubernetes/pod-use.ts';
import { quantityValue } from '../kubernetes/quantity.ts';

export interface Room {
  readonly node: string;
  readonly allocatable: number;
  readonly used: number;
  /** Those that ask for most of it, the greatest first. */
  readonly takers: readonly { readonly name: string; readonly amount: number }[];
}

/** What the pod asks for; a number of bytes or cores. */
export function askedFor(pod: Pod, resource: string): number {
  return useOf(pod)[resource] ?? 0;
}

/** Of all pods of a node, whenever one of them has changed. */
const useOf = onceFor(podUse);

/** The last answer for each list of pods: every pod that finds no room asks the same. */
const known = new WeakMap<readonly Pod[], { readonly nodes: readonly KubeNode[]; readonly byResource: Map<string, readonly Room[]> }>();

/** What each node has of the resource, the one with most left first. `pods` may hold pods of any node; the lists are not changed afterwards. */
export function rooms(nodes: readonly KubeNode[], pods: readonly Pod[], resource: string): readonly Room[] {
  let kept = known.get(pods);
  if (kept?.nodes !== nodes) known.set(pods, (kept = { nodes, byResource: new Map() }));
  const found = kept.byResource.get(resource) ?? roomsOf(nodes, pods, resource);
  kept.byResource.set(resource, found);
  return found;
}

function roomsOf(nodes: readonly KubeNode[], pods: readonly Pod[], resource: string): Room[] {
  const byNode = Map.groupBy(pods, ({ spec }) => spec?.nodeName ?? '');
  return nodes.map(({ metadata: { name = '' }, status }): Room => {
    const there = (byNode.get(name) ?? [])
      .map((pod) => ({ name: pod.metadata.name ?? '', amount: askedFor(pod, resource) }))
      .filter(({ amount }) => amount > 0).toSorted((a, b) => b.amount - a.amount);
    return {
      node: name, allocatable: quantityValue(status?.allocatable?.[resource] ?? '') ?? 0,
      used: there.reduce((sum, { amount }) => sum + amount, 0), takers: there.slice(0, 3),
    };
  }).toSorted((a, b) => (b.allocatable - b.used) - (a.allocatable - a.used));
}

/** As it stands in a manifest: `1500m` is `1.5`, bytes in the greatest unit that keeps the number short. */
export function amount(resource: string, value: number): string {
  if (!isBytes(resource)) return value < 1 && value > 0 ? `${Math.round(value * 1000)}m` : String(Math.round(value * 1000) / 1000);
  const unit = ['Gi', 'Mi', 'Ki'].find((each) => value >= (quantityValue(`1${each}`) ?? 0));
  return unit === undefined ? String(value) : `${Math.round((value / (quantityValue(`1${unit}`) ?? 1)) * 10) / 10}${unit}`;
}

/** A round amount that is not more than this; undefined where nothing worth asking for is left. */
export function roundDown(resource: string, value: number): string | undefined {
  if (resource === 'cpu') {
    const milli = Math.floor(value * 1000);
    if (milli < 10) return undefined;
    const step = 10 ** Math.floor(Math.log10(milli));
    return amount(resource, (Math.floor(milli / step) * step) / 1000);
  }
  const mebibytes = Math.floor(value / 2 ** 20);
  if (!isBytes(resource) || mebibytes < 16) return undefined;
  const round = 2 ** Math.floor(Math.log2(mebibytes));
  return round >= 1024 ? `${round / 1024}Gi` : `${round}Mi`;
}

export interface NewRequest {
  readonly container: Container;
  readonly init: boolean;
  readonly value: string;
}

/** One container of the pod that asks for less, so that the whole fits into `free`; undefined where that is not to be had with one. */
export function smallerRequest(pod: Pod, resource: string, free: number): NewRequest | undefined {
  const asking = containersOf(pod).map(({ container, init }) => ({ container, init, asks: requestOf(container, resource) })).filter(({ asks }) => asks > 0);
  const greatest = asking.toSorted((a, b) => b.asks - a.asks)[0];
  if (!greatest) return undefined;
  // Init containers run one by one, the others all at once.
  const others = greatest.init ? 0 : asking.reduce((sum, each) => (each.init || each === greatest ? sum : sum + each.asks), 0);
  const value = roundDown(resource, Math.min(free - others, greatest.asks));
  if (value === undefined) return undefined;
  const { container, init } = greatest;
  const list = init ? 'initContainers' : 'containers';
  const changed: Pod = { ...pod, spec: { ...pod.spec, [list]: (pod.spec?.[list] ?? []).map((each) => (each === container ? withRequest(each, resource, value) : each)) } };
  return askedFor(changed, resource) <= free ? { container, init, value } : undefined;
}

function withRequest(container: Container, resource: string, value: string): Container {
  const resources = isRecord(container['resources']) ? container['resources'] : {};
  return { ...container, resources: { ...resources, requests: { ...(isRecord(resources['requests']) ? resources['requests'] : {}), [resource]: value } } };
}

function requestOf(container: Container, resource: string): number {
  return askedFor({ metadata: {}, spec: { containers: [container] } }, resource);
}

function isBytes(resource: string): boolean {
  return /^(memory|ephemeral-storage|hugepages-.+)$/.test(resource);
}
