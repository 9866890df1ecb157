// What came of the requests of a run, in memory that does not grow with their number.
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { FailureData, Failure } from '../../../../shared/contract/failures.ts';
import type { RepeatSnapshot } from '../../../../shared/contract/repeat.ts';

export interface Answer {
  readonly status: number;
  /** Of the body, as it came. */
  readonly bytes: number;
  readonly milliseconds: number;
  readonly pod?: string | undefined;
}

export interface Tally {
  sent(): void;
  answered(answer: Answer): void;
  failed(failure: Failure): void;
  snapshot(isOver: boolean): RepeatSnapshot;
}

type Second = RepeatSnapshot['seconds'][number];

const KEPT_SECONDS = 120;
/** A run may outlive many pods, and meet many kinds of failures: further pods are not listed, further kinds are counted together. */
const MOST_PODS = 200;
const MOST_KINDS = 30;
const OTHERS = 'others';
/** Microseconds: what a histogram holds is at most this. */
const LONGEST = 1_000_000_000;

/** @param now milliseconds since the run began */
export function createTally(began: Date, now: () => number): Tally {
  let [sent, answered, failed, bytes] = [0, 0, 0, 0];
  const statuses = new Map<number, number>();
  const pods = new Map<string, number>();
  const errors = new Map<string, { first: FailureData; count: number }>();
  const all = histogram(3);
  const ended: Second[] = [];
  const present = { second: 0, answered: 0, failed: 0, latency: histogram(2) };

  const rowNow = (): Second => {
    const { second, answered: answers, failed: failures, latency } = present;
    return { second, answered: answers, failed: failures, ...(answers === 0 ? {} : { p50: percentile(latency, 50), p99: percentile(latency, 99) }) };
  };
  /** Seconds that are over become rows, those in which nothing ended as well. */
  const turn = () => {
    for (const current = Math.floor(now() / 1000); present.second < current; present.second += 1) {
      ended.push(rowNow());
      if (ended.length >= KEPT_SECONDS) ended.shift();
      present.latency.reset();
      present.answered = present.failed = 0;
    }
  };

  return {
    sent: () => void (sent += 1),
    answered({ status, bytes: received, milliseconds, pod }) {
      turn();
      answered += 1;
      present.answered += 1;
      bytes += received;
      count(statuses, status);
      if (pod !== undefined && (pods.has(pod) || pods.size < MOST_PODS)) count(pods, pod);
      const taken = Math.min(LONGEST, Math.max(1, Math.round(milliseconds * 1000)));
      all.record(taken);
      present.latency.record(taken);
    },
    failed(failure) {
      turn();
      failed += 1;
      present.failed += 1;
      const kind = kindOf(failure);
      const key = errors.has(kind) || errors.size < MOST_KINDS ? kind : OTHERS;
      const known = errors.get(key);
      if (known) known.count += 1;
      else errors.set(key, { first: failure.toData(), count: 1 });
    },
    snapshot(isOver) {
      turn();
      return {
        began: began.toISOString(),
        elapsedMilliseconds: Math.round(now()),
        sent,
        answered,
        failed,
        statuses: [...statuses].toSorted(([a], [b]) => a - b),
        errors: [...errors.values()].map(({ first, count: times }) => ({ ...first, count: times })).toSorted((a, b) => b.count - a.count),
        pods: [...pods].map(([name, times]) => ({ name, count: times })).toSorted((a, b) => a.name.localeCompare(b.name)),
        bytes,
        ...(answered === 0 ? {} : { latency: latencyOf(all) }),
        seconds: [...ended, rowNow()],
        isOver,
      };
    },
  };
}

/** A failed request without a code of ours is told apart by the socket's: ECONNRESET is another matter than ECONNREFUSED. */
function kindOf({ code, cause }: Failure): string {
  const own = code === 'REQUEST_FAILED' ? (cause as NodeJS.ErrnoException | undefined)?.code : undefined;
  return typeof own === 'string' ? `${code} ${own}` : code;
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Of microseconds: Node's own HdrHistogram. */
const histogram = (figures: 2 | 3): RecordableHistogram => createHistogram({ lowest: 1, highest: LONGEST, figures });

function latencyOf(all: RecordableHistogram): NonNullable<RepeatSnapshot['latency']> {
  const [p50, p90, p95, p99] = [50, 90, 95, 99].map((percent) => percentile(all, percent)) as [number, number, number, number];
  return { p50, p90, p95, p99, max: milliseconds(all.max), mean: milliseconds(all.mean) };
}

const percentile = (of: RecordableHistogram, percent: number) => milliseconds(of.percentile(percent));
const milliseconds = (microseconds: number) => Math.round(microseconds / 10) / 100;
