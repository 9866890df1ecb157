// What was read on demand: asked for by who looks at a pod, kept while somebody does, read again when it is old. Asking never waits: it gives what is
// known, and `changed` tells whom an answer concerns.
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { createTopic, type Topic } from '../topic.ts';

export interface Question<Value> {
  /** Whom it concerns: the uid of a pod. Several may ask the same. */
  readonly subject: string;
  readonly key: string;
  /** Another one is another question of the same key: the former answer stays until the new one is there. */
  readonly version?: string;
  /** An answer as old as this is read again; FRESH_MS when absent. */
  readonly freshMs?: number;
  /** Somebody looks at it this moment: before all others. */
  readonly urgent?: boolean;
  /** Anything that it throws means that there is no answer; undefined likewise. */
  read(connection: ClusterConnection, signal: AbortSignal): Promise<Value | undefined>;
}

export interface Answers {
  /** What is known; undefined where nothing is. */
  ask<Value>(question: Question<Value>): Value | undefined;
  /** The subjects of an answer that is news, once for each such answer. */
  readonly changed: Topic<ReadonlySet<string>>;
  /** Reads over this connection from now on, and forgets all that was read over another. */
  connect(connection: ClusterConnection | undefined, signal: AbortSignal): void;
}

export const FRESH_MS = 10_000;
/** So many reads at a time: the connection has room for others beside. */
const AT_ONCE = 4;
/** Nobody asked for so long: nobody needs it. */
const UNUSED_MS = 60_000;
/** A server that does not answer must not hold the others up. */
const LIMIT_MS = 15_000;

interface Kept {
  value: unknown;
  text: string | undefined;
  version: string | undefined;
  readAt: number;
  askedAt: number;
  reading: boolean;
  readonly subjects: Set<string>;
}

export function openAnswers(now: () => number = () => performance.now()): Answers {
  const known = new Map<string, Kept>();
  const waiting = { urgent: [] as (() => Promise<void>)[], others: [] as (() => Promise<void>)[] };
  const changed = createTopic<ReadonlySet<string>>(new Set());
  let current: { readonly connection: ClusterConnection; readonly signal: AbortSignal } | undefined;
  let running = 0;
  let sweptAt = now();

  const pump = () => {
    while (running < AT_ONCE) {
      const next = waiting.urgent.shift() ?? waiting.others.shift();
      if (!next) return;
      running += 1;
      void next().finally(() => {
        running -= 1;
        pump();
      });
    }
  };
  const sweep = (at: number) => {
    if (at - sweptAt < UNUSED_MS) return;
    sweptAt = at;
    for (const [key, { askedAt }] of known) if (sweptAt - askedAt > UNUSED_MS) known.delete(key);
  };
  // What never gets old is still to be read once: an infinite age is not more than an infinite limit.
  const isOld = ({ askedAt, readAt }: Kept, freshMs: number) => readAt === -Infinity || askedAt - readAt > freshMs;
  const read = async ({ key, version, read: reader }: Question<unknown>, kept: Kept, over: NonNullable<typeof current>) => {
    if (current !== over || known.get(key) !== kept) return;
    const value = await reader(over.connection, AbortSignal.any([over.signal, AbortSignal.timeout(LIMIT_MS)])).catch(() => undefined);
    if (current !== over || known.get(key) !== kept) return;
    const text = JSON.stringify(value);
    const isNews = text !== kept.text;
    Object.assign(kept, { text, version, readAt: now(), reading: false, ...(isNews ? { value } : {}) });
    if (isNews) changed.set(new Set(kept.subjects));
  };

  return {
    changed,
    ask<Value>(question: Question<Value>) {
      const { subject, key, version, freshMs = FRESH_MS, urgent = false } = question;
      const at = now();
      sweep(at);
      let kept = known.get(key);
      if (!kept) known.set(key, (kept = { value: undefined, text: undefined, version: undefined, readAt: -Infinity, askedAt: 0, reading: false, subjects: new Set() }));
      kept.askedAt = at;
      kept.subjects.add(subject);
      if (current && !kept.reading && (kept.version !== version || isOld(kept, freshMs))) {
        kept.reading = true;
        const [asked, over] = [kept, current];
        waiting[urgent ? 'urgent' : 'others'].push(() => read(question, asked, over));
        pump();
      }
      return kept.value as Value | undefined;
    },
    connect(connection, signal) {
      current = connection && { connection, signal };
      const subjects = new Set([...known.values()].flatMap((kept) => [...kept.subjects]));
      known.clear();
      waiting.urgent = [];
      waiting.others = [];
      if (subjects.size > 0) changed.set(subjects);
    },
  };
}
