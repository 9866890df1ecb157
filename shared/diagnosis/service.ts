// SVC: the pod runs, and cannot be reached; and the same from the Service's side.
import type { Finding } from '../contract/findings.ts';
import type { Listener } from '../kubernetes/listeners.ts';
import type { KubeObject, Pod } from '../kubernetes/objects.ts';
import { isRunning } from '../kubernetes/running-build.ts';
import { podCase } from './cause.ts';
import type { PodCase } from './cause.ts';
import { objectEvidence } from './evidence.ts';
import { hiddenPort, portFinding, undeclared } from './service-ports.ts';
import { closest, nearMiss, selectorFinding } from './service-selector.ts';
import { typeFinding } from './service-type.ts';
import { backends, nameOf, selectorOf, selects, servicesOf, withoutBackends } from './services.ts';
import type { NodeStore, World } from './world.ts';

const NONE: readonly KubeObject[] = [];

/** Of a pod that is well itself: its Services that cannot reach it, one that almost selects it, and what is only good to know. The worst first. */
export function serviceFindings(subject: PodCase): Finding[] {
  const { world, pod } = subject;
  // What does not run is not reached for that reason.
  if (!(pod.status?.containerStatuses?.length && pod.status.containerStatuses.every(isRunning))) return [];
  const services = world.services ?? NONE;
  const own = servicesOf(pod, services);
  const broken = own.flatMap((service) => portFinding(subject, service) ?? []);
  const missed = withoutBackends(services, world.endpoints).flatMap((service) => almostSelected(subject, service) ?? []);
  const hidden = broken.length === 0 ? hiddenPort(subject) : undefined;
  const store = world.stores === 'unknown' ? undefined : world.stores.find(({ node }) => node === pod.spec?.nodeName);
  const types = own.flatMap((service) => typeFinding(service, world.now, store) ?? []);
  const quiet = broken.length === 0 && !hidden ? undeclared(subject, own) : undefined;
  return [...broken, ...(hidden ? [hidden] : []), ...missed, ...types.filter(({ severity }) => severity !== 'info'), ...(quiet ? [quiet] : []), ...types.filter(({ severity }) => severity === 'info')];
}

/** What a Service is looked at with. Absent: not known, so nothing follows from it. */
export interface ServiceView {
  readonly now: Date;
  readonly service: KubeObject;
  /** As many as are known, all of the Service's namespace among them. */
  readonly pods: readonly Pod[];
  /** Endpoints (core/v1) of its namespace. */
  readonly endpoints?: readonly KubeObject[];
  /** By pod name: what its program listens on. */
  readonly listeners?: Readonly<Record<string, readonly Listener[]>>;
  readonly stores?: readonly NodeStore[];
}

/** What is wrong with a Service, the worst first; [] where nothing is proven to be. A Service without a selector is somebody else's to fill. */
export function diagnoseService(view: ServiceView): Finding[] {
  const { service, pods, now } = view;
  const selector = selectorOf(service);
  if (!selector) return [];
  const own = pods.filter(({ metadata, status }) => metadata.namespace === service.metadata.namespace && status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  const matched = own.filter((pod) => selects(selector, pod));
  if (matched.length === 0) {
    const near = closest(selector, own);
    // Its pods may still be on their way to the cluster.
    return near || !isYounger(service, now, SERVICE_PATIENCE_MS) ? [selectorFinding({ service, pods, near, severity: 'error' })] : [];
  }
  const store = view.stores?.find(({ node }) => matched.some(({ spec }) => spec?.nodeName === node));
  const type = typeFinding(service, now, store);
  const ports = matched.flatMap((pod) => portFinding(podCase(worldOf(view, pod)), service) ?? []).slice(0, 1);
  return [...(ports.length > 0 ? ports : noneReady(view, matched)), ...(type ? [type] : [])];
}

/** So long nothing is said of what has only just begun: it may come to be right by itself. */
const SERVICE_PATIENCE_MS = 10_000;
const PODS_PATIENCE_MS = 30_000;

function isYounger({ metadata: { creationTimestamp } }: Pick<KubeObject, 'metadata'>, now: Date, milliseconds: number): boolean {
  return now.getTime() - Date.parse(creationTimestamp ?? '') < milliseconds;
}

/** SVC-02. Each pod's own findings say why. */
function noneReady({ service, endpoints, now }: ServiceView, matched: readonly Pod[]): Finding[] {
  const isReady = ({ metadata, status }: Pod) => !metadata.deletionTimestamp && status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  const behind = backends(service, endpoints);
  if (matched.some(isReady) || (behind && behind.ready > 0) || matched.every((pod) => isYounger(pod, now, PODS_PATIENCE_MS))) return [];
  const names = matched.map(({ metadata }) => metadata.name ?? '');
  const params = { service: nameOf(service), namespace: service.metadata.namespace ?? '', count: matched.length, pods: names.slice(0, 3).join(', '), more: Math.max(0, names.length - 3) };
  return [{
    id: 'SVC-02', severity: 'error', confidence: 'proven',
    message: { key: 'finding.SVC-02.sentence', params }, explanation: { key: 'finding.SVC-02.explanation', params },
    evidence: matched.slice(0, 3).map((pod) => objectEvidence({ ...pod, kind: 'Pod' }, 'status.conditions', pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'None')),
    fixes: [],
  }];
}

/** SVC-01 from the pod's side: this pod misses by one label, and no other has them all. */
function almostSelected({ world, pod }: PodCase, service: KubeObject): Finding | undefined {
  const selector = selectorOf(service);
  const miss = selector && service.metadata.namespace === pod.metadata.namespace ? nearMiss(selector, pod) : undefined;
  if (!selector || !miss) return undefined;
  const others = world.otherPods?.filter(({ metadata }) => metadata.namespace === pod.metadata.namespace);
  // Either source is enough to say that there is one; only what was read says that there is none.
  if (others?.some((other) => selects(selector, other)) || (!others && !world.endpoints)) return undefined;
  return selectorFinding({ service, pods: world.otherPods, near: { pod, miss }, severity: 'warning' });
}

function worldOf({ now, listeners }: ServiceView, pod: Pod): World {
  const own = listeners?.[pod.metadata.name ?? ''];
  return { now, pod, owners: 'unknown', events: 'unknown', nodes: 'unknown', stores: 'unknown', hostImages: 'unknown', nodeImages: 'unknown', memory: {}, ...(own && { listeners: own }) };
}
