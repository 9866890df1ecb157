// The small choices of the Logs tab: how far back, which lines by how bad they are, and what a source is called.
import type { PodRow } from '../../../shared/contract/pods.ts';
import type { LogSource, LogState, Severity } from '../../../shared/contract/logs.ts';

/** By name: how many seconds back; undefined is all that there is. */
export const sinces = { all: undefined, '1m': 60, '5m': 300, '15m': 900, '1h': 3_600 } as const;
export type Since = keyof typeof sinces;

/** By name: the lines that are shown; [] is all, also those that say nothing of it. */
export const levels = {
  all: [], error: ['error'], warning: ['error', 'warning'], info: ['error', 'warning', 'info'], debug: ['error', 'warning', 'info', 'debug'],
} as const satisfies Readonly<Record<string, readonly Severity[]>>;
export type Level = keyof typeof levels;

/** As many colours as LogText.svelte has for sources. */
const COLOURS = 8;

export interface SourceName {
  /** Short, '' where there is nothing to tell apart. */
  readonly name: string;
  readonly colour: number;
}

/**
 * What each source is called before its lines: of a workload the pod, without what they all have in front (`web-`), and the container where there are
 * several. Sources of one container in one pod have one colour, whatever run they are.
 */
export function sourceNames(sources: readonly Pick<LogSource, 'pod' | 'container'>[], workload: string | undefined): SourceName[] {
  const containers = new Set(sources.map(({ container }) => container));
  const places = new Map<string, number>();
  return sources.map(({ pod, container }) => {
    const whole = `${pod}/${container}`;
    if (!places.has(whole)) places.set(whole, places.size);
    const shortPod = workload !== undefined && pod.startsWith(`${workload}-`) ? `…${pod.slice(workload.length)}` : pod;
    const parts = [...(workload === undefined ? [] : [shortPod]), ...(containers.size > 1 ? [container] : [])];
    return { name: parts.join('/'), colour: (places.get(whole) ?? 0) % COLOURS };
  });
}

/** The container that ran before and was started again, where its present run is shown; undefined where there is none. */
export function restarted({ sources }: Pick<LogState, 'sources'>): LogSource | undefined {
  return sources.find(({ hasPrevious, isPrevious }) => hasPrevious && !isPrevious);
}

/** The name of the file that the lines are saved in. */
export function fileName(of: string, container: string, isPrevious: boolean): string {
  return `${[of, ...(container === '' ? [] : [container]), ...(isPrevious ? ['previous'] : [])].join('-')}.log`;
}

/** A piece of evidence as it can be looked for: the last of its lines, without the mark of what was cut. */
export function soughtLine(evidence: string): string {
  return (evidence.split('\n').findLast((line) => line.trim() !== '') ?? '').replace(/…$/, '').trim();
}

/** Whether a pod's only container crashed and waits to be started again: then its run before is all that there is to read. */
export function isWaitingAfterCrash({ status, containers }: Pick<PodRow, 'status' | 'containers'>): boolean {
  return status === 'CrashLoopBackOff' && containers.filter(({ init }) => !init).length === 1;
}
