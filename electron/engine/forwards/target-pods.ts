// Which pods can serve a target now, and on which of their ports; or why none can. Pure.
import type { ForwardTarget } from '../../../shared/contract/forwards.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { portsOf, selectorOf, selects, typeOf, type ServicePort } from '../../../shared/diagnosis/services.ts';
import { isRecord } from '../../../shared/kubernetes/containers.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';

export interface ServingPod {
  readonly name: string;
  readonly uid: string;
  readonly port: number;
}

export type ServingPods = readonly ServingPod[] | Failure;

/**
 * @param object the workload or Service; undefined where there is none, and for a pod
 * @param pods those of the target's namespace
 * @returns the pods, the oldest first; or the failure that says why there is none: PORT_NOT_TCP, PORT_NAME_UNKNOWN, PORT_INVALID, SERVICE_EXTERNAL and
 *   SERVICE_WITHOUT_SELECTOR hold until somebody changes the target, the others until a pod is ready.
 */
export function servingPods(target: ForwardTarget, object: KubeObject | undefined, pods: Iterable<Pod>): ServingPods {
  if (target.kind === 'Pod') return podItself(target, [...pods].find(({ metadata }) => metadata.name === target.name));
  if (!object) return new Failure('OBJECT_GONE', { kind: target.kind, name: target.name }, `no ${target.kind} of this name`);
  const behind = target.kind === 'Service' ? behindService(target, object) : behindWorkload(target, object);
  if (behind instanceof Failure) return behind;
  const all = [...pods].filter((pod) => behind.selects(pod) && !pod.metadata.deletionTimestamp);
  const found = all.filter(isReady).toSorted(byAge).map((pod) => ({ pod, port: behind.portOf(pod) }));
  const serving = found.flatMap(({ pod, port }) => (typeof port === 'number' ? [{ ...nameOf(pod), port }] : []));
  if (serving.length > 0) return serving;
  // A name or a protocol that no pod has is a mistake, and no matter of waiting.
  const mistake = all.map((pod) => behind.portOf(pod)).find((port) => port instanceof Failure);
  return mistake ?? new Failure('NO_READY_POD', { kind: target.kind, name: target.name, seconds: 0 }, notReady(all.length));
}

const notReady = (count: number) => (count === 0 ? 'it has no pods' : `none of its ${count} pods is Ready`);

function podItself(target: ForwardTarget, pod: Pod | undefined): ServingPods {
  if (!pod) return new Failure('POD_GONE', { pod: target.name }, 'no pod of this name');
  const port = podPort(target, pod);
  if (port instanceof Failure) return port;
  if (pod.metadata.deletionTimestamp) return new Failure('POD_ENDING', { pod: target.name }, 'metadata.deletionTimestamp is set');
  // As with kubectl, a pod that is asked for by name need not be Ready: why it is not may be what somebody wants to find out.
  if (pod.status?.phase !== 'Running') return new Failure('POD_NOT_RUNNING', { pod: target.name }, `status.phase is ${pod.status?.phase ?? 'not set'}`);
  return [{ ...nameOf(pod), port }];
}

interface Behind {
  selects(pod: Pod): boolean;
  portOf(pod: Pod): number | Failure;
}

function behindWorkload(target: ForwardTarget, workload: KubeObject): Behind {
  return { selects: (pod) => matches(workload, pod), portOf: (pod) => podPort(target, pod) };
}

function behindService(target: ForwardTarget, service: KubeObject): Behind | Failure {
  if (typeOf(service) === 'ExternalName') {
    const name = isRecord(service['spec']) ? service['spec']['externalName'] : undefined;
    const host = typeof name === 'string' ? name : '';
    return new Failure('SERVICE_EXTERNAL', { service: target.name, host }, 'spec.type is ExternalName');
  }
  const selector = selectorOf(service);
  if (!selector) return new Failure('SERVICE_WITHOUT_SELECTOR', { service: target.name }, 'spec.selector is empty');
  const found = servicePort(portsOf(service), target.port);
  if (!found) return new Failure('PORT_NAME_UNKNOWN', { port: target.port, kind: 'Service', name: target.name }, `its ports are ${portsOf(service).map(({ port, name }) => (name ? `${name} ${port}` : port)).join(', ')}`);
  if (found.protocol !== 'TCP') return notTcp(target.port, found.protocol);
  return { selects: (pod) => selects(selector, pod), portOf: (pod) => podPort({ ...target, port: String(found.target) }, pod) };
}

/** TCP first: a Service may have the same number twice, for TCP and for UDP (DNS). */
function servicePort(ports: readonly ServicePort[], asked: string): ServicePort | undefined {
  const found = ports.filter(({ port, name }) => String(port) === asked || name === asked);
  return found.find(({ protocol }) => protocol === 'TCP') ?? found[0];
}

/** A number need not be declared (containers.ports only informs), but if it is declared, then for TCP. */
function podPort({ port, kind, name }: ForwardTarget, pod: Pod): number | Failure {
  const declared = (pod.spec?.containers ?? []).flatMap(({ ports = [] }) => ports).filter((each) => each.name === port || String(each.containerPort) === port);
  const found = declared.find(({ protocol = 'TCP' }) => protocol === 'TCP') ?? declared[0];
  if (found && (found.protocol ?? 'TCP') !== 'TCP') return notTcp(port, found.protocol ?? '');
  if (found) return found.containerPort;
  const number = readPort(port);
  if (number !== undefined) return number;
  if (/^\d+$/.test(port)) return new Failure('PORT_INVALID', { port }, 'a port is a number from 1 to 65535');
  return new Failure('PORT_NAME_UNKNOWN', { port, kind, name }, `no container of ${pod.metadata.name ?? ''} has a port of this name`);
}

/** @returns undefined for what is no number from 1 to 65535 */
export function readPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

const notTcp = (port: string, protocol: string) => new Failure('PORT_NOT_TCP', { port, protocol }, `protocol is ${protocol}`);

/**
 * Whether a workload's `spec.selector`, a LabelSelector, selects the pod; an empty one selects nothing here:
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
export function matches({ spec }: KubeObject, { metadata: { labels = {} } }: Pod): boolean {
  const selector = isRecord(spec) && isRecord(spec['selector']) ? spec['selector'] : {};
  const pairs = Object.entries(isRecord(selector['matchLabels']) ? selector['matchLabels'] : {});
  const rules = (Array.isArray(selector['matchExpressions']) ? selector['matchExpressions'] : []).filter(isRecord);
  if (pairs.length + rules.length === 0) return false;
  return pairs.every(([key, value]) => labels[key] === value) && rules.every(({ key, operator, values }) => {
    const has = labels[String(key)];
    const listed = Array.isArray(values) && has !== undefined && values.includes(has);
    if (operator === 'In') return listed;
    if (operator === 'NotIn') return !listed;
    return operator === 'Exists' ? has !== undefined : operator === 'DoesNotExist' && has === undefined;
  });
}

/** The Ready condition, which is what puts a pod behind a Service. */
export function isReady({ status }: Pod): boolean {
  return (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

const nameOf = ({ metadata: { name = '', uid = '' } }: Pod) => ({ name, uid });

function byAge({ metadata: a }: Pod, { metadata: b }: Pod): number {
  const [first, second] = [a.creationTimestamp ?? '', b.creationTimestamp ?? ''];
  return first === second ? ((a.name ?? '') < (b.name ?? '') ? -1 : 1) : first < second ? -1 : 1;
}
