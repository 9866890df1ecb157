// What can be chosen under Target, for each way, and the target that a choice and a port make.
import type { ForwardRow, ForwardTarget, TargetChoice } from '../../../shared/contract/forwards.ts';
import type { HttpTarget, HttpVia } from '../../../shared/contract/http.ts';
import type { PodRow } from '../../../shared/contract/pods.ts';
import type { Message } from '../../../shared/contract/findings.ts';
import { readPodPort } from '../forwards/typed-ports.ts';

/** A port that the target declares; `name` is '' where it has none. */
interface DeclaredPort {
  readonly port: number;
  readonly name: string;
}
export type Place =
  | { readonly kind: 'Forward'; readonly forward: ForwardRow }
  | {
      readonly kind: 'Pod' | 'Service';
      readonly context: string;
      readonly namespace: string;
      readonly name: string;
      readonly ports: readonly DeclaredPort[];
      /** Of a pod: those that can run a program. */
      readonly containers: readonly string[];
    };
export interface TargetOption {
  /** Tells the options apart, and keeps the choice while the list changes. */
  readonly value: string;
  readonly label: Message;
  readonly place: Place;
}

/** The ways, in the order in which they are offered. */
export const ways = ['forward', 'pod', 'service', 'api-server', 'inside'] as const satisfies readonly HttpVia[];

/**
 * `127.0.0.1:12345 → spring-pod:8080`, for every forward, whatever its state: it may answer by the time of the request. Those of `context` come
 * first; the others name theirs, since a pod of the same name may be in both.
 */
export function forwardTargets(rows: readonly ForwardRow[], context: string): TargetOption[] {
  const option = (forward: ForwardRow): TargetOption => {
    const { id, localPort, target } = forward;
    const params = { address: `${hostOf(forward.address)}:${localPort}`, kind: target.kind, name: target.name, port: target.port };
    return {
      value: `forward ${id}`,
      label: forward.context === context ? { key: 'http.target.forward', params } : { key: 'http.target.forward-elsewhere', params: { ...params, context: forward.context } },
      place: { kind: 'Forward', forward },
    };
  };
  return [...rows.filter((row) => row.context === context), ...rows.filter((row) => row.context !== context)].map(option);
}

/** Where this computer reaches what listens there: an address of all interfaces is none to connect to. */
function hostOf(address: string): string {
  if (address === 'localhost' || address === '0.0.0.0' || address === '::') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}

/** The pods that have a process to talk to; `withNamespace` names theirs as well, where several are shown. */
export function podTargets(context: string, rows: readonly PodRow[], withNamespace: boolean): TargetOption[] {
  return rows.filter(isReachable).map(({ namespace, name, containers }) => {
    const running = containers.filter(({ init }) => !init);
    const ports = [...new Set(running.flatMap((container) => container.ports))].map((port) => ({ port, name: '' }));
    return option({ kind: 'Pod', context, namespace, name, ports, containers: running.map((container) => container.name) }, withNamespace);
  });
}

/** The Services, with those of their ports that speak TCP. */
export function serviceTargets(context: string, choices: readonly TargetChoice[], withNamespace: boolean): TargetOption[] {
  return choices
    .filter(({ kind }) => kind === 'Service')
    .map(({ namespace, name, ports }) =>
      option({ kind: 'Service', context, namespace, name, ports: ports.filter(({ protocol }) => protocol === 'TCP'), containers: [] }, withNamespace),
    );
}

function option(place: Exclude<Place, { kind: 'Forward' }>, withNamespace: boolean): TargetOption {
  const { kind, context, namespace, name } = place;
  return {
    value: placeValue(kind, context, namespace, name),
    label: withNamespace ? { key: 'http.target.in', params: { kind, namespace, name } } : { key: 'http.target.here', params: { kind, name } },
    place,
  };
}

/** A choice that is kept must not become the pod of the same name in another context. */
export const placeValue = (kind: 'Pod' | 'Service', context: string, namespace: string, name: string) => `${kind} ${context}/${namespace}/${name}`;

/** Where a program of this computer reaches the target: through the forward, or where a forward to the same port would listen. */
export function reachedAt(scheme: 'http' | 'https', place: Place | undefined, port: string): string {
  if (place?.kind === 'Forward') return `${scheme}://${hostOf(place.forward.address)}:${place.forward.localPort}`;
  return `${scheme}://localhost${/^\d+$/.test(port) ? `:${port}` : ':8080'}`;
}

/** What has to be chosen and typed for a target: `readTarget` backwards. */
export interface Choice {
  readonly via: HttpVia;
  readonly kind: Place['kind'];
  readonly value: string;
  readonly port?: string;
  readonly container?: string;
}

export function choiceOf(target: HttpTarget): Choice {
  const { via } = target;
  if (via === 'forward') return { via, kind: 'Forward', value: `forward ${target.forwardId}` };
  const { context, namespace } = target;
  const of = (kind: 'Pod' | 'Service', name: string) => ({ via, kind, value: placeValue(kind, context, namespace, name), port: String(target.port) });
  if (via === 'service') return of('Service', target.service);
  if (via === 'api-server') return of(target.kind, target.name);
  return via === 'inside' ? { ...of('Pod', target.pod), container: target.container } : of('Pod', target.pod);
}

/** The port that is asked where none was typed: the first that is declared. */
export function usualPort(place: Place): string {
  return place.kind === 'Forward' ? '' : String(place.ports[0]?.port ?? '');
}

export type ReadTarget = { readonly ok: true; readonly target: HttpTarget } | { readonly ok: false; readonly problem: Message };

/** The target of a request. A pod's port is a number; a Service's may be a name, which the engine looks up. `container` '' is the first one. */
export function readTarget(via: HttpVia, place: Place, typedPort: string, container: string): ReadTarget {
  if (place.kind === 'Forward') return { ok: true, target: { via: 'forward', forwardId: place.forward.id } };
  const { kind, context, namespace, name } = place;
  if (typedPort.trim() === '') return { ok: false, problem: { key: 'http.port.missing', params: {} } };
  const port = readPodPort(typedPort);
  const isName = port !== undefined && !/^\d+$/.test(port);
  if (port === undefined || (isName && kind === 'Pod')) return { ok: false, problem: { key: 'http.port.wrong', params: { port: typedPort.trim(), kind } } };
  if (via === 'api-server') return { ok: true, target: { via, context, namespace, kind, name, port } };
  if (kind === 'Service') return { ok: true, target: { via: 'service', context, namespace, service: name, port } };
  const pod = { context, namespace, pod: name, port: Number(port) };
  return { ok: true, target: via === 'inside' ? { via, ...pod, container } : { via: 'pod', ...pod } };
}

/** What "Compare all" asks every way: the pod or the Service itself, and the forward that is chosen, or leads there as well. */
export interface Compared {
  readonly context: string;
  readonly namespace: string;
  readonly target: ForwardTarget;
  readonly forwardId?: string;
}

export function comparedOf(place: Place, port: string, forwards: readonly ForwardRow[]): Compared {
  if (place.kind === 'Forward') {
    const { id, context, namespace, target } = place.forward;
    return { context, namespace, target, forwardId: id };
  }
  const { context, namespace, kind, name } = place;
  const target = { kind, name, port: port.trim() };
  const leadsThere = (row: ForwardRow) =>
    row.context === context && row.namespace === namespace && row.target.kind === kind && row.target.name === name && row.target.port === target.port && row.state !== 'stopped';
  const forwardId = forwards.find(leadsThere)?.id;
  return { context, namespace, target, ...(forwardId === undefined ? {} : { forwardId }) };
}

/** What the address of this screen names: `forward/ID` or, in the chosen context, `pod/NAMESPACE/POD/PORT`. */
export function targetOfRoute(
  [via, ...rest]: readonly string[],
  context: string,
): { readonly via: 'forward' | 'pod'; readonly value: string; readonly port?: string } | undefined {
  if (via === 'forward' && rest.length === 1) return { via, value: `forward ${rest[0]}` };
  const [namespace, pod, port] = rest;
  if (via !== 'pod' || rest.length !== 3 || namespace === undefined || pod === undefined || port === undefined) return undefined;
  return { via, value: placeValue('Pod', context, namespace, pod), port };
}

// kubectl's words for a pod that has a process to talk to.
function isReachable({ status }: PodRow): boolean {
  return status === 'Running' || status === 'NotReady';
}
