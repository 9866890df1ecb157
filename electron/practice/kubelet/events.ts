// The recorder of events: the same event again is one more in its count, many like it become one, and a source that never stops is held back
// (client-go, tools/record/events_cache.go).
import type { ObjectsApi } from '../api/objects-api.ts';
import { timestamp, type Clock } from '../clock.ts';
import type { Kind } from '../kinds/kind.ts';
import type { KubeObject, ObjectReference } from '../objects.ts';

export interface EventSource {
  /** `kubelet`, `default-scheduler` */
  readonly component: string;
  /** The node, for what runs on one. */
  readonly host?: string;
}

export interface EventRecorder {
  /** Writes an event about an object, or counts it. What the API refuses (a namespace that ends) is dropped, as client-go does. */
  record(about: ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

const SPAM_BURST = 25;
const SPAM_REFILL = 300_000;
const SIMILAR = 10;
const SIMILAR_WINDOW = 600_000;
/** Entries that each of the three caches keeps, the longest unused forgotten first. */
const CACHE = 4096;

/** A map that forgets what was not used for longest. */
function createCache<Value>() {
  const entries = new Map<string, Value>();
  return {
    get(key: string): Value | undefined {
      const value = entries.get(key);
      if (value !== undefined) {
        entries.delete(key);
        entries.set(key, value);
      }
      return value;
    },
    set(key: string, value: Value): void {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= CACHE) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
  };
}

interface Observed {
  readonly name: string;
  count: number;
}

/**
 * @param kind of events in the core group.
 * @param minor from 1.28 on the reporting controller is written too.
 */
export function createEventRecorder(
  { api, clock, kind, minor }: { api: ObjectsApi; clock: Clock; kind: Kind; minor: number },
  source: EventSource,
): EventRecorder {
  const buckets = createCache<{ tokens: number; at: number }>();
  const groups = createCache<{ messages: Set<string>; at: number }>();
  const observed = createCache<Observed>();
  let written = 0;

  /** A token bucket for each object: 25 at once, then one in five minutes. */
  function spam(about: ObjectReference): boolean {
    const key = [about.kind, about.namespace, about.name, about.uid, about.apiVersion].join('/');
    const now = clock.elapsed();
    const bucket = buckets.get(key) ?? { tokens: SPAM_BURST, at: now };
    bucket.tokens = Math.min(SPAM_BURST, bucket.tokens + (now - bucket.at) / SPAM_REFILL);
    bucket.at = now;
    buckets.set(key, bucket);
    if (bucket.tokens < 1) return true;
    bucket.tokens -= 1;
    return false;
  }

  /** From the tenth message of one kind within ten minutes on they share one event. */
  function isOneOfMany(groupKey: string, message: string): boolean {
    const now = clock.elapsed();
    const known = groups.get(groupKey);
    const group = known && now - known.at <= SIMILAR_WINDOW ? known : { messages: new Set<string>(), at: now };
    group.at = now;
    group.messages.add(message);
    groups.set(groupKey, group);
    if (group.messages.size < SIMILAR) return false;
    const [first] = group.messages;
    if (first !== undefined) group.messages.delete(first);
    return true;
  }

  function write(about: ObjectReference, type: string, reason: string, message: string, seen: Observed): void {
    const namespace = about.namespace || 'default';
    const now = timestamp(clock.now());
    if (seen.count > 1) {
      try {
        api.update(kind, '', namespace, seen.name, (event) => ({ ...event, count: seen.count, lastTimestamp: now, message }), {
          manager: source.component,
        });
        return;
      } catch {
        // It has expired meanwhile: a new one with the count so far, as client-go creates then.
      }
    }
    const event: KubeObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: seen.name, namespace },
      involvedObject: { ...about },
      reason,
      message,
      source: { ...source },
      firstTimestamp: now,
      lastTimestamp: now,
      count: seen.count,
      type,
      eventTime: null,
      reportingComponent: minor >= 28 ? source.component : '',
      reportingInstance: minor >= 28 ? (source.host ?? '') : '',
    };
    api.create(kind, namespace, event, { manager: source.component });
  }

  return {
    record(about, type, reason, message) {
      const groupKey = [about.kind, about.namespace, about.name, about.uid, about.apiVersion, type, reason].join('/');
      const many = isOneOfMany(groupKey, message);
      const text = many ? `(combined from similar events): ${message}` : message;
      const key = many ? groupKey : [groupKey, about.fieldPath, message].join('/');
      const before = observed.get(key);
      // The name ends in the time in nanoseconds; the milliseconds there are, and a number that makes it the only one.
      const unique = (BigInt(clock.now().getTime()) * 1_000_000n + BigInt(written++ % 1_000_000)).toString(16);
      const seen: Observed = { name: before?.name ?? `${about.name}.${unique}`, count: (before?.count ?? 0) + 1 };
      observed.set(key, seen);
      if (spam(about)) return;
      try {
        write(about, type, reason, text, seen);
      } catch {
        // The namespace is gone or ends.
      }
    },
  };
}
