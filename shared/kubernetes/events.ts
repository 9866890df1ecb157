// Reading core/v1 events, which come in two ages: client-go's old recorder fills count and first/lastTimestamp, the new one
// (the scheduler's) only eventTime and series.
import type { KubeEvent, Pod } from './objects.ts';

/** When the event last happened, RFC 3339; '' where it has no time at all. */
export function eventTime(event: KubeEvent): string {
  return event.series?.lastObservedTime || event.lastTimestamp || event.eventTime || event.firstTimestamp || event.metadata.creationTimestamp || '';
}

/** How often it happened. */
export function eventCount(event: KubeEvent): number {
  return event.series?.count ?? event.count ?? 1;
}

/** The message without the recorder's note that similar ones were merged. */
export function eventMessage(event: KubeEvent): string {
  return (event.message ?? '').replace(/^\(combined from similar events\): /, '');
}

/** The container that an event is about; undefined where it is about the whole pod. */
export function eventContainer(event: KubeEvent): { readonly name: string; readonly init: boolean } | undefined {
  const match = /^spec\.(containers|initContainers|ephemeralContainers)\{(.+)\}$/.exec(event.involvedObject.fieldPath ?? '');
  return match?.[2] === undefined ? undefined : { name: match[2], init: match[1] === 'initContainers' };
}

/**
 * The events of this very pod, newest first: by UID, because a new pod may have the same name. Events come late, are dropped when there
 * are many, and expire after an hour, so that an event is missing proves nothing.
 */
export function podEvents(events: readonly KubeEvent[], pod: Pod): readonly KubeEvent[] {
  const uid = pod.metadata.uid;
  if (uid === undefined) return [];
  const known = sorted.get(events);
  if (known?.uid === uid) return known.list;
  const list = sortedOf(events, uid);
  sorted.set(events, { uid, list });
  return list;
}

/** Kept for as long as the list, which nobody changes: many causes ask for the same pod's. */
const sorted = new WeakMap<readonly KubeEvent[], { readonly uid: string; readonly list: readonly KubeEvent[] }>();

function sortedOf(events: readonly KubeEvent[], uid: string): readonly KubeEvent[] {
  return events
    .filter((e) => e.involvedObject.uid === uid)
    .map((event) => ({ event, time: Date.parse(eventTime(event)) || 0 }))
    .sort((a, b) => b.time - a.time)
    .map(({ event }) => event);
}

/** The events of one container of this pod, newest first. */
export function containerEvents(events: readonly KubeEvent[], pod: Pod, container: string): readonly KubeEvent[] {
  return podEvents(events, pod).filter((e) => eventContainer(e)?.name === container);
}

const pullFailure = /^Failed to pull image "/;

/** Whether this is the event that holds the reason of a failed pull: "Failed" alone also says "Error: ErrImagePull". */
export function isPullFailure(event: KubeEvent): boolean {
  return event.reason === 'Failed' && pullFailure.test(eventMessage(event));
}

/** Whether the newest event about this container's image says that a pull began, and nothing after it says how it went. */
export function isPulling(events: readonly KubeEvent[], pod: Pod, container: string): KubeEvent | undefined {
  const [newest] = containerEvents(events, pod, container).filter((e) => /^(Pulling|Pulled|Failed|BackOff|ErrImageNeverPull|InspectFailed)$/.test(e.reason ?? ''));
  return newest?.reason === 'Pulling' ? newest : undefined;
}

/** When it first happened; '' where it has no time at all. */
export function eventFirstTime(event: KubeEvent): string {
  return event.firstTimestamp || event.eventTime || event.metadata.creationTimestamp || eventTime(event);
}

/** The same for an event and for its repetitions, also for one that the recorder wrote anew after the server had forgotten it: it keeps name and count then. */
export function eventKey({ metadata, involvedObject }: KubeEvent): string {
  return `${metadata.namespace ?? involvedObject.namespace ?? ''}/${metadata.name ?? metadata.uid ?? ''}`;
}

/**
 * All of them in one order, newest first, whatever the order they come in. Most events have whole seconds only, the scheduler's microseconds: within one
 * second the order is that in which the server wrote them (resource versions of one cluster count up: https://kep.k8s.io/5504), and what made an object,
 * or gave it its node, comes before what happened to it, since each component writes its events on its own.
 */
export function newestFirst(events: readonly KubeEvent[]): KubeEvent[] {
  const ordered = events.map((event) => ({ event, second: Math.floor((Date.parse(eventTime(event)) || 0) / 1000), written: writtenOf(event) }))
    .sort((a, b) => a.second - b.second || compareWritten(a.written, b.written) || compareText(eventKey(a.event), eventKey(b.event)));
  const result: KubeEvent[] = [];
  for (let from = 0; from < ordered.length;) {
    let to = from + 1;
    while (ordered[to]?.second === ordered[from]!.second) to += 1;
    result.push(...causesFirst(ordered.slice(from, to).map(({ event }) => event)));
    from = to;
  }
  return result.toReversed();
}

/** Undefined where it is no number, as it may be on a server that is none of Kubernetes' own. */
function writtenOf({ metadata: { resourceVersion = '' } }: KubeEvent): bigint | undefined {
  return /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : undefined;
}

function compareWritten(a: bigint | undefined, b: bigint | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return a < b ? -1 : Number(a > b);
}

const compareText = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** @param events of one second, the oldest first. The order stays but where an effect stands before its cause. */
function causesFirst(events: KubeEvent[]): KubeEvent[] {
  if (events.length < 2) return events;
  // From the last link of the chain to the first: Deployment, ReplicaSet, pod, its node.
  for (const link of ['node', 'Pod', 'Job', 'ReplicaSet']) {
    for (const cause of [...events]) {
      const effect = effectOf(cause);
      if (effect?.link !== link) continue;
      const at = events.indexOf(cause);
      const first = events.findIndex((event) => event !== cause && effect.has(event));
      if (first < 0 || first > at) continue;
      events.splice(at, 1);
      events.splice(first, 0, cause);
    }
  }
  return events;
}

/** What the controllers of Kubernetes say when they make something: pkg/controller/{controller_utils,deployment,statefulset,cronjob} in k8s.io/kubernetes. */
const MADE: readonly (readonly [reason: string, kind: string, message: RegExp])[] = [
  ['ScalingReplicaSet', 'ReplicaSet', /^Scaled up replica set (\S+)/],
  ['SuccessfulCreate', 'Pod', /^Created pod: (\S+)/],
  ['SuccessfulCreate', 'Pod', /^create Pod (\S+) in StatefulSet/],
  ['SuccessfulCreate', 'Job', /^Created job (\S+)/],
];

/** Which events are about what this one began. */
function effectOf(cause: KubeEvent): { readonly link: string; has(event: KubeEvent): boolean } | undefined {
  const { reason, involvedObject: { namespace, uid } } = cause;
  if (reason === 'Scheduled') return { link: 'node', has: (event) => event.involvedObject.uid === uid && event.source?.component === 'kubelet' };
  for (const [made, kind, message] of MADE) {
    const name = made === reason ? message.exec(cause.message ?? '')?.[1] : undefined;
    if (name !== undefined) return { link: kind, has: ({ involvedObject: about }) => about.kind === kind && about.name === name && about.namespace === namespace };
  }
  return undefined;
}
