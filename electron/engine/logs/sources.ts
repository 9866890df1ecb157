// The containers that a view follows, as pods come and go.
import type { LogSource, LogTarget } from '../../../shared/contract/logs.ts';
import { Failure, type FailureData } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import type { LogEntry } from '../../clients/cluster/log-lines.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { hasPrevious, logContainers } from './containers.ts';
import { followContainer } from './follow-container.ts';
import type { Merge } from './merge.ts';
import { logPods } from './pods-of.ts';

/** Each is a connection to the API server, and one of the API server to a kubelet. */
export const MOST_STREAMS = 40;

export interface SourcesOptions {
  readonly session: ClusterSession;
  readonly namespace: string;
  readonly target: LogTarget;
  readonly container: string | undefined;
  readonly previous: boolean;
  readonly tail: number | undefined;
  readonly sinceSeconds: number | undefined;
  readonly merge: Merge;
  readonly signal: AbortSignal;
  onChange(): void;
  onGrow(entry: LogEntry): void;
  /** Of what is no failure but a bug. */
  onError(error: unknown): void;
}

export interface Sources {
  /** In the order in which they were found, which stays. */
  list(): readonly Omit<LogSource, 'lines'>[];
}

interface Followed {
  readonly pod: Pod;
  source: Omit<LogSource, 'lines'>;
  hasBegun: boolean;
  /** Found when others were followed already: all of its lines are new. */
  readonly isLater: boolean;
}

/** @throws Failure POD_GONE, NOT_ALLOWED, CONTAINER_NOT_FOUND */
export async function openSources(options: SourcesOptions): Promise<Sources> {
  const { session, namespace, target, previous, merge, signal } = options;
  const pods = await logPods(session, namespace, target, signal);
  const all: Followed[] = [];
  const places = new Map<string, number>();
  let running = 0;

  const set = (place: number, part: { state?: LogSource['state']; failure?: FailureData | undefined; hasPrevious?: boolean }) => {
    const { failure: _, ...before } = all[place]!.source;
    const failure = 'failure' in part ? part.failure : _;
    const { failure: __, ...rest } = part;
    all[place]!.source = { ...before, ...rest, ...(failure ? { failure } : {}) };
    options.onChange();
  };
  const begin = (place: number) => {
    const followed = all[place]!;
    if (followed.hasBegun) return;
    if (running >= MOST_STREAMS) {
      const failure = new Failure('LOG_TOO_MANY', { limit: MOST_STREAMS }, `${all.length} containers`).toData();
      if (followed.source.state !== 'failed') set(place, { state: 'failed', failure });
      return;
    }
    followed.hasBegun = true;
    running += 1;
    set(place, { state: 'waiting', failure: undefined });
    followContainer({
      session, pods, namespace, pod: followed.pod, container: followed.source.container, previous, tail: followed.isLater ? undefined : options.tail, sinceSeconds: options.sinceSeconds,
      into: merge.open(place), signal, onGrow: options.onGrow,
      onState: (state, failure) => set(place, { state, failure }),
    }).catch(options.onError).finally(() => {
      running -= 1;
      if (signal.aborted) return;
      const next = all.findIndex(({ hasBegun }) => !hasBegun);
      if (next !== -1) begin(next);
    });
  };
  const take = (isFirst: boolean) => {
    const found = pods.list();
    if (found === 'unknown') return;
    const added: number[] = [];
    for (const pod of found) {
      const { name = '', uid = '' } = pod.metadata;
      for (const at of logContainers(pod)) {
        if (options.container !== undefined && at.name !== options.container) continue;
        const key = `${uid} ${at.name}`;
        const place = places.get(key);
        if (place !== undefined) {
          if (all[place]!.source.hasPrevious !== hasPrevious(at)) set(place, { hasPrevious: hasPrevious(at) });
          continue;
        }
        // Of several containers those are left out that have run once only; one that is asked for by name says so itself.
        if (previous && !hasPrevious(at) && options.container === undefined) continue;
        places.set(key, all.length);
        added.push(all.length);
        const source = { pod: name, uid, container: at.name, isInit: at.isInit, isPrevious: previous, state: 'waiting' as const, hasPrevious: hasPrevious(at) };
        all.push({ pod, source, hasBegun: false, isLater: !isFirst });
      }
    }
    if (isFirst && options.container !== undefined && target.of === 'pod' && all.length === 0) {
      throw new Failure('CONTAINER_NOT_FOUND', { pod: target.name, container: options.container }, `container ${options.container} is not valid for pod ${target.name}`);
    }
    for (const place of added) begin(place);
    if (added.length > 0) options.onChange();
  };
  take(true);
  // What was read before belongs to the run that there was; later pods have another one.
  const stop = pods.subscribe(() => { if (!signal.aborted) take(false); });
  signal.addEventListener('abort', stop, { once: true });
  return {
    list: () => all.map(({ source }) => source),
  };
}
