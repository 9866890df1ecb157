// The scheduler's events are of the newer kind (events.k8s.io): a time in microseconds, and a series in place of a count (client-go,
// tools/events).
import { microTimestamp } from '../clock.ts';
import { kindOf } from '../kinds/all-kinds.ts';
import type { Pod } from '../objects.ts';
import type { ControllerContext } from './controller-context.ts';

export interface SchedulerEvents {
  /** Writes it, or makes it a series of what was written before. What the API refuses is dropped. */
  record(pod: Pod, type: 'Normal' | 'Warning', reason: string, action: 'Binding' | 'Scheduling', message: string): void;
}

const MANAGER = { manager: 'kube-scheduler' };
/** A series is written again only so often, and forgotten when it does not go on. */
const REFRESH = 1_800_000;
const FORGET = 360_000;
const KEPT = 4096;

interface Series {
  readonly name: string;
  count: number;
  /** Of clock.elapsed(). */
  seen: number;
  written: number;
}

export function createSchedulerEvents({ api, clock, minor, kinds }: ControllerContext, host: string): SchedulerEvents {
  const kind = kindOf(kinds, 'events');
  const known = new Map<string, Series>();
  let number = 0;

  function refresh(namespace: string, series: Series): void {
    const now = clock.elapsed();
    series.count += 1;
    series.seen = now;
    if (series.count > firstCount(minor) && now - series.written < REFRESH) return;
    series.written = now;
    const { count } = series;
    api.update(kind, '', namespace, series.name, (event) => ({ ...event, series: { count, lastObservedTime: microTimestamp(clock.now()) } }), MANAGER);
  }

  function write(pod: Pod, type: string, reason: string, action: string, message: string): void {
    const { namespace = '', name = '', uid = '', resourceVersion = '' } = pod.metadata;
    const key = [uid, resourceVersion, reason, action, message].join('/');
    const series = known.get(key);
    if (series && clock.elapsed() - series.seen < FORGET) {
      refresh(namespace, series);
      return;
    }
    const unique = (BigInt(clock.now().getTime()) * 1_000_000n + BigInt(number++ % 1_000_000)).toString(16);
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${unique}`, namespace },
      involvedObject: { kind: 'Pod', namespace, name, uid, apiVersion: 'v1', resourceVersion },
      reason,
      message,
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      type,
      eventTime: microTimestamp(clock.now()),
      action,
      reportingComponent: 'default-scheduler',
      reportingInstance: `default-scheduler-${host}`,
    };
    api.create(kind, namespace, event, MANAGER);
    if (known.size >= KEPT) known.delete(known.keys().next().value ?? '');
    known.set(key, { name: event.metadata.name, count: firstCount(minor) - 1, seen: clock.elapsed(), written: clock.elapsed() });
  }

  return {
    record(...args) {
      try {
        write(...args);
      } catch {
        // The namespace is gone or ends, or the event has expired.
      }
    },
  };
}

/** The first repetition counted as one, before 1.26. */
const firstCount = (minor: number): number => (minor >= 26 ? 2 : 1);
