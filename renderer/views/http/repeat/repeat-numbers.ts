// The numbers of a run as they are drawn and told.
import type { RepeatSnapshot } from '../../../../shared/contract/repeat.ts';

type Line = (number | null)[];

/** Of the chart: seconds, median, 99th percentile, failures; null where nothing was answered, so that the line has a gap there. */
export function chartLines(seconds: RepeatSnapshot['seconds']): [number[], Line, Line, Line] {
  return [
    seconds.map(({ second }) => second),
    seconds.map(({ p50 }) => p50 ?? null),
    seconds.map(({ p99 }) => p99 ?? null),
    seconds.map(({ failed }) => failed || null),
  ];
}

export interface PodShare {
  /** undefined: answers of which nobody knows the pod. */
  readonly name: string | undefined;
  readonly count: number;
  /** Of all answers, from 0 to 1. */
  readonly share: number;
}

/** Who gave the answers, the most first; empty where no pod is known. */
export function podShares({ pods, answered }: Pick<RepeatSnapshot, 'pods' | 'answered'>): PodShare[] {
  if (pods.length === 0) return [];
  const others = answered - pods.reduce((sum, { count }) => sum + count, 0);
  const rows: Omit<PodShare, 'share'>[] = pods.toSorted((a, b) => b.count - a.count);
  if (others > 0) rows.push({ name: undefined, count: others });
  return rows.map((row) => ({ ...row, share: row.count / answered }));
}

/** Requests that ended in each second, on average; undefined before it is worth telling. */
export function perSecond({ answered, failed, elapsedMilliseconds }: Pick<RepeatSnapshot, 'answered' | 'failed' | 'elapsedMilliseconds'>): number | undefined {
  if (elapsedMilliseconds < 100) return undefined;
  const rate = ((answered + failed) / elapsedMilliseconds) * 1000;
  return rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate);
}
