// SVC-03, 04, 05 and 07: where a Service sends, what the pod declares, and what its program listens on.
import type { Edit, Evidence, Finding, Fix, PathStep } from '../contract/findings.ts';
import { isLoopback, type Listener } from '../kubernetes/listeners.ts';
import type { KubeObject } from '../kubernetes/objects.ts';
import { changeFix, condition, findingOf, podFix, writeFix } from './cause.ts';
import type { PodCase } from './cause.ts';
import { fieldEvidence, objectEvidence, otherEvidence } from './evidence.ts';
import { serviceRef } from './service-selector.ts';
import { declaredPorts, nameOf, portsOf, serving } from './services.ts';
import type { DeclaredPort, ServicePort } from './services.ts';

/** What is wrong with the way from this Service to this pod, which it selects: the first of SVC-03, 05 and 04 of any of its ports. */
export function portFinding(subject: PodCase, service: KubeObject): Finding | undefined {
  for (const port of portsOf(service)) {
    const found = namedMissing(subject, service, port) ?? notListening(subject, service, port);
    if (found) return found;
  }
  return undefined;
}

/** SVC-03. The endpoints controller leaves such a pod out without a word (pkg/controller/endpoint, FindPort). */
function namedMissing(subject: PodCase, service: KubeObject, port: ServicePort): Finding | undefined {
  const { target, protocol } = port;
  if (typeof target !== 'string' || declaredFor(subject, port)) return undefined;
  const declared = declaredPorts(subject.pod);
  const fitting = declared.filter((each) => each.protocol === protocol);
  const [only] = fitting.length === 1 ? fitting : [];
  const names = declared.flatMap(({ name }) => name || []);
  const params = { ...portParams(service, port), names: names.join(', ') || 'none' };
  return findingOf(subject, 'SVC-03', {
    confidence: 'proven', params,
    evidence: [sendsEvidence(service, port), ...declared.map((each) => declaredEvidence(subject, each))],
    fixes: only ? [retarget(service, port, only.name || only.number, true), ...(only.name === '' ? namePort(subject, only, target) : [])] : [],
  });
}

/** A program may need this long before it listens. */
const STARTING_MS = 30_000;

/** SVC-04 and 05; undefined where nobody looked at what the pod listens on. */
function notListening(subject: PodCase, service: KubeObject, port: ServicePort): Finding | undefined {
  const number = typeof port.target === 'number' ? port.target : declaredFor(subject, port)?.number;
  const { listeners } = subject.world;
  if (number === undefined || port.protocol !== 'TCP' || !listeners || !hasStarted(subject)) return undefined;
  const there = listeners.filter((each) => each.port === number);
  if (there.some((each) => !isLoopback(each))) return undefined;
  if (there.length > 0) return loopbackOnly(subject, number, service);
  // What is not ready gets nothing from a Service anyway, and its probe says why.
  if (condition(subject, 'Ready')?.status !== 'True') return undefined;
  const open = openPorts(listeners);
  const inner = [...new Set(listeners.filter(isLoopback).map((each) => each.port))].filter((each) => !open.includes(each));
  const params = { ...portParams(service, port), number, listens: open.join(', ') || 'none', count: open.length, inner: inner.join(', ') || 'none' };
  const [only] = open.length === 1 ? open : [];
  return findingOf(subject, 'SVC-04', {
    confidence: 'proven', params, sentence: open.length > 0 ? 'sentence' : 'sentence-nothing', explanation: open.length > 0 ? 'explanation' : 'explanation-nothing',
    evidence: [sendsEvidence(service, port), listensEvidence(listeners)],
    fixes: only === undefined ? [] : [retarget(service, port, only, true)],
  });
}

/** SVC-05 of a port that a Service sends to, or that the pod declares. */
export function loopbackOnly(subject: PodCase, number: number, service?: KubeObject): Finding {
  const listeners = subject.world.listeners ?? [];
  const params = { number, service: service ? nameOf(service) : 'none', served: service ? 'yes' : 'no' };
  return findingOf(subject, 'SVC-05', {
    severity: service ? 'error' : 'warning', confidence: 'proven', params,
    evidence: [listensEvidence(listeners.filter(({ port }) => port === number)), ...declaredPorts(subject.pod).filter((each) => each.number === number).map((each) => declaredEvidence(subject, each))],
    fixes: listenEverywhere(subject, number),
  });
}

/** SVC-05 without a Service: a declared port that only the pod itself reaches. */
export function hiddenPort(subject: PodCase): Finding | undefined {
  const { listeners } = subject.world;
  if (!listeners || !hasStarted(subject)) return undefined;
  const hidden = declaredPorts(subject.pod).find(({ number, protocol }) => {
    const there = listeners.filter(({ port }) => port === number);
    return protocol === 'TCP' && there.length > 0 && there.every(isLoopback);
  });
  return hidden && loopbackOnly(subject, hidden.number);
}

/** SVC-07: what is not declared works all the same. */
export function undeclared(subject: PodCase, services: readonly KubeObject[]): Finding | undefined {
  const declared = declaredPorts(subject.pod);
  const { listeners } = subject.world;
  const targets = services.flatMap((service) => portsOf(service).flatMap(({ target, protocol }) => (typeof target === 'number' ? [{ number: target, protocol, service }] : [])));
  const target = targets.find(({ number, protocol }) => !declared.some((each) => each.number === number && each.protocol === protocol));
  const open = declared.length === 0 && listeners ? openPorts(listeners) : [];
  const number = target?.number ?? (open.length === 1 ? open[0] : undefined);
  if (number === undefined) return undefined;
  const [container, ...others] = serving(subject.pod);
  const add: Edit[] = container && others.length === 0 ? [{ path: ['spec', 'containers', { name: container.name }, 'ports'], value: [...(container.ports ?? []), { containerPort: number, ...(target && target.protocol !== 'TCP' && { protocol: target.protocol }) }] }] : [];
  const params = { number, service: target ? nameOf(target.service) : 'none', served: target ? 'yes' : 'no' };
  return findingOf(subject, 'SVC-07', {
    severity: 'info', confidence: 'proven', params,
    evidence: [...(target ? [objectEvidence({ ...target.service, kind: 'Service' }, 'spec.ports', number)] : []), ...(listeners?.some(({ port }) => port === number) ? [listensEvidence(listeners.filter(({ port }) => port === number))] : []),
      fieldEvidence(subject, 'spec.containers[0].ports', container?.ports ?? [])],
    fixes: add.length > 0 ? podFix(subject, 'F20.declare-port', add, { params: { number, container: container?.name ?? '' } }) : [],
  });
}

function declaredFor({ pod }: PodCase, { target, protocol }: ServicePort): DeclaredPort | undefined {
  return declaredPorts(pod).find((each) => each.protocol === protocol && each.name === target);
}

function openPorts(listeners: readonly Listener[]): readonly number[] {
  return [...new Set(listeners.filter((each) => !isLoopback(each)).map(({ port }) => port))].toSorted((a, b) => a - b);
}

function hasStarted({ pod, world: { now } }: PodCase): boolean {
  const statuses = pod.status?.containerStatuses ?? [];
  return statuses.length > 0 && statuses.every(({ state }) => now.getTime() - Date.parse(state?.running?.startedAt ?? '') >= STARTING_MS);
}

function portParams(service: KubeObject, { target, port, protocol }: ServicePort) {
  return { service: nameOf(service), target: String(target), port, protocol };
}

function sendsEvidence(service: KubeObject, { index, target }: ServicePort): Evidence {
  return objectEvidence({ ...service, kind: 'Service' }, `spec.ports[${index}].targetPort`, target);
}

function declaredEvidence(subject: PodCase, { container, index, name, number }: DeclaredPort): Evidence {
  const at = subject.pod.spec?.containers?.findIndex((each) => each.name === container) ?? -1;
  const path = at === -1 ? `spec.initContainers[${subject.pod.spec?.initContainers?.findIndex((each) => each.name === container) ?? 0}]` : `spec.containers[${at}]`;
  return fieldEvidence(subject, `${path}.ports[${index}]`, name ? `${name}: ${number}` : String(number));
}

function listensEvidence(listeners: readonly Listener[]): Evidence {
  const value = listeners.map(({ address, port }) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`)).join(', ');
  return otherEvidence('status', { key: 'evidence.listens', params: { listens: value || 'none', count: listeners.length } }, { value });
}

/** F15. */
function retarget(service: KubeObject, { index, target, name }: ServicePort, to: string | number, recommended: boolean): Fix {
  const step: PathStep = name ? { name } : index;
  return changeFix('F15.target-port', [{ on: 'object', object: serviceRef(service), edits: [{ path: ['spec', 'ports', step, 'targetPort'], value: to }] }],
    { recommended, danger: 'g', params: { service: nameOf(service), from: String(target), to: String(to) } });
}

/** F20: the pod's only port gets the name that the Service looks for. */
function namePort(subject: PodCase, { container, index }: DeclaredPort, name: string): Fix[] {
  return podFix(subject, 'F20.name-port', [{ path: ['spec', 'containers', { name: container }, 'ports', index, 'name'], value: name }], { params: { name, container } });
}

/** F20: where the definition itself says 127.0.0.1 or localhost, it says all addresses instead; else a person has to find the program's own setting. */
function listenEverywhere(subject: PodCase, number: number): Fix[] {
  const written = (text: unknown): text is string => typeof text === 'string' && /^(?:.*[=@/\s])?(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(text) && !isOtherPort(text, number);
  for (const { name, command, args, ...rest } of serving(subject.pod)) {
    const at = (...path: readonly PathStep[]): PathStep[] => ['spec', 'containers', { name }, ...path];
    const inList = (field: string, list: readonly string[] = []): Edit[] => list.flatMap((text, index) => (written(text) ? [{ path: at(field, index), value: everywhere(text) }] : []));
    const env = Array.isArray(rest['env']) ? (rest['env'] as { name?: unknown; value?: unknown }[]) : [];
    const edits = [
      ...inList('command', command), ...inList('args', args),
      // Of the environment only what names itself an address to listen on: another may be where it calls.
      ...env.flatMap((each) => (typeof each.name === 'string' && /^(?:HOST|BIND|LISTEN|ADDR|.*_(?:HOST|BIND|LISTEN)(?:_?ADDR(?:ESS)?)?|SERVER_ADDRESS)$/.test(each.name) && written(each.value) && !/^(?:DB|REDIS|MYSQL|POSTGRES|PG|MONGO|KAFKA)/.test(each.name)
        ? [{ path: at('env', { name: each.name }, 'value'), value: everywhere(each.value) }] : [])),
    ];
    if (edits.length > 0) return podFix(subject, 'F20.listen-everywhere', edits, { recommended: true, params: { number, container: name } });
  }
  const [container] = serving(subject.pod);
  return container ? [writeFix('F20.listen-setting', { path: 'spec.containers[0].args' }, { params: { container: container.name } })] : [];
}

function isOtherPort(text: string, number: number): boolean {
  const [, port] = /:(\d+)$/.exec(text) ?? [];
  return port !== undefined && Number(port) !== number;
}

function everywhere(text: string): string {
  return text.replace(/(?:127\.0\.0\.1|localhost)(?=(?::\d+)?$)/, '0.0.0.0');
}
