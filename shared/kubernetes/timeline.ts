// What happened to a pod on one axis of time, out of its status, its events and what was seen of it.
import type { TimeBar, TimeMark, TimeRow, Timeline } from '../contract/timeline.ts';
import { containersOf } from './containers.ts';
import type { LocatedContainer } from './containers.ts';
import { eventContainer, eventCount, eventMessage, eventTime, podEvents } from './events.ts';
import type { ContainerState, ContainerStateTerminated, KubeEvent, Pod } from './objects.ts';

/** A state of a container as it was seen; `to` is when another was. */
export interface SeenState {
  readonly container: string;
  readonly state: ContainerState;
  /** RFC 3339. */
  readonly from: string;
  readonly to?: string;
}

/** At most so many marks a row: the newest. A pod may have thousands of events. */
const MARKS = 50;

/**
 * The status knows a container's present run and the one before; events know pulls and back-offs, merged after a while to their first and last time;
 * what was seen fills in the runs between. What nobody knows is a gap.
 */
export function timelineOf(pod: Pod, events: readonly KubeEvent[] | 'unknown', seen: readonly SeenState[] = []): Timeline {
  const all = events === 'unknown' ? [] : podEvents(events, pod).toReversed();
  const created = pod.metadata.creationTimestamp ?? '';
  const rows = [podRow(pod, all), ...containersOf(pod).map((located) => containerRow(located, all, seen))];
  const times = rows.flatMap(({ bars, marks }) => [...bars.map(({ from }) => from), ...marks.map(({ at }) => at)]).filter((time) => !Number.isNaN(Date.parse(time)));
  const first = times.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];
  return { from: created || (first ?? ''), rows };
}

function podRow(pod: Pod, events: readonly KubeEvent[]): TimeRow {
  const { creationTimestamp: created, deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
  const since = (type: string, status = 'True') => pod.status?.conditions?.find((each) => each.type === type && each.status === status)?.lastTransitionTime ?? undefined;
  const scheduled = since('PodScheduled');
  const ready = since('Ready');
  const ends = deletionTimestamp === undefined ? undefined : new Date(Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000).toISOString();
  const started = firstTime(pod, events);
  const bars: TimeBar[] = [
    ...(created ? [bar('unscheduled', created, scheduled ?? ends, pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.reason ?? '')] : []),
    ...(scheduled ? [bar('starting', scheduled, started ?? ready ?? ends, '')] : []),
    ...(ready ? [bar('ready', ready, ends, '')] : []),
    ...(ends ? [bar('ending', ends, undefined, '')] : []),
  ].filter(hasLength);
  return { init: false, bars, marks: marksOf(events.filter((event) => eventContainer(event) === undefined)) };
}

/** When the first container was begun with: from then on its own row tells. */
function firstTime(pod: Pod, events: readonly KubeEvent[]): string | undefined {
  const times = [
    ...events.filter((event) => eventContainer(event) !== undefined).map((event) => event.firstTimestamp || eventTime(event)),
    ...containersOf(pod).flatMap(({ status }) => [startOf(status?.state), startOf(status?.lastState)]),
  ].flatMap((time) => time || []);
  return times.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];
}

const startOf = (state: ContainerState | undefined) => state?.running?.startedAt ?? state?.terminated?.startedAt;

function containerRow({ container, init, status }: LocatedContainer, all: readonly KubeEvent[], seen: readonly SeenState[]): TimeRow {
  const { name } = container;
  const events = all.filter((event) => eventContainer(event)?.name === name);
  const runs = [...(status?.lastState?.terminated ? runBars(status.lastState.terminated) : []), ...stateBars(status?.state)];
  const known = new Set(runs.map(({ from }) => Date.parse(from)));
  const earlier = seen.filter((each) => each.container === name).flatMap((each) => seenBars(each)).filter(({ from }) => !known.has(Date.parse(from)));
  const bars = [...pullBars(events), ...earlier, ...runs].filter(hasLength).toSorted((a, b) => Date.parse(a.from) - Date.parse(b.from));
  return { container: name, init, bars, marks: marksOf(events.filter(({ reason = '' }) => !PULL.has(reason))) };
}

const PULL = new Set(['Pulling', 'Pulled', 'BackOff']);

/** From each "Pulling" to what came of it. Merged events have one last time, so of many tries only the last is a bar. */
function pullBars(events: readonly KubeEvent[]): TimeBar[] {
  return events.flatMap((event, index) => {
    if (event.reason !== 'Pulling') return [];
    const from = eventTime(event);
    const end = events.slice(index + 1).find(({ reason = '' }) => reason === 'Pulled' || reason === 'Failed');
    const tries = eventCount(event);
    return [bar('pulling', from, end ? eventTime(end) : undefined, tries > 1 ? `×${tries}` : '')];
  });
}

function stateBars(state: ContainerState | undefined): TimeBar[] {
  if (state?.running?.startedAt) return [bar('running', state.running.startedAt, undefined, '')];
  return state?.terminated ? runBars(state.terminated) : [];
}

/** A run that has ended; one that never began has no times. */
function runBars({ startedAt, finishedAt, exitCode = 0, reason = '' }: ContainerStateTerminated): TimeBar[] {
  if (!startedAt || !finishedAt) return [];
  return [bar(exitCode === 0 ? 'ended' : 'failed', startedAt, finishedAt, [reason, exitCode].filter((part) => part !== '').join(' '))];
}

function seenBars({ state, from, to }: SeenState): TimeBar[] {
  if (state.terminated) return runBars(state.terminated).map((each) => ({ ...each, seen: true }));
  if (state.running) return to === undefined ? [] : [{ ...bar('running', state.running.startedAt ?? from, to, ''), seen: true }];
  const reason = state.waiting?.reason ?? '';
  return reason === '' ? [] : [{ ...bar(reason.endsWith('BackOff') ? 'back-off' : 'waiting', from, to, reason), seen: true }];
}

function marksOf(events: readonly KubeEvent[]): TimeMark[] {
  return events.flatMap((event): TimeMark[] => {
    const at = eventTime(event);
    if (Number.isNaN(Date.parse(at))) return [];
    return [{ at, reason: event.reason ?? '', message: eventMessage(event), isWarning: event.type === 'Warning', count: eventCount(event) }];
  }).slice(-MARKS);
}

function bar(what: TimeBar['what'], from: string, to: string | undefined, detail: string): TimeBar {
  return { what, from, ...(to === undefined ? {} : { to }), detail, seen: false };
}

/** Clocks of two machines differ: what would end before it began is at that moment; without a beginning there is no bar. */
function hasLength({ from, to }: TimeBar): boolean {
  return !Number.isNaN(Date.parse(from)) && (to === undefined || Date.parse(to) >= Date.parse(from));
}
