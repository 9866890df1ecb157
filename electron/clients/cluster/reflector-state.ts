import type { FailureData } from '../../../shared/contract/failures.ts';
import type { Clock } from './clock.ts';

export interface ReflectorState {
  /**
   * `connecting`: the first list is on its way. `live`: the list is whole and the watch is open. `reconnecting`: the watch broke a moment ago. `stale`:
   * it could not be had again for 5 s, what is shown is as old as `since`. `disconnected`: it was never live. `forbidden`, `unauthorized`: the server says no.
   */
  readonly state: 'connecting' | 'live' | 'reconnecting' | 'stale' | 'forbidden' | 'unauthorized' | 'disconnected';
  /** ISO time. Of `reconnecting` and `stale`: when it was last known to be live. */
  readonly since: string;
  readonly cause?: FailureData;
}

const STALE_AFTER_MS = 5_000;

export interface StateTracker {
  /** The list is whole and the watch is open. */
  opened(): void;
  /** What was live is not any more, since `at`. */
  broke(at: number, cause?: FailureData): void;
  /** An attempt failed. */
  failed(cause: FailureData): void;
  /** The server refuses. */
  refused(state: 'forbidden' | 'unauthorized', cause: FailureData): void;
}

/** Turns what happens to a watch into the state that a person sees; the same state is not told twice. */
export function trackState(onState: (state: ReflectorState) => void, clock: Clock, signal: AbortSignal): StateTracker {
  let current: ReflectorState | undefined;
  /** When it was last known to be live; undefined: never. */
  let lastLive: number | undefined;
  let latestCause: FailureData | undefined;
  let timer = new AbortController();

  const tell = (state: ReflectorState['state'], since: number, cause?: FailureData) => {
    timer.abort();
    // A state keeps its beginning while only its cause changes.
    const next: ReflectorState = { state, since: current?.state === state ? current.since : new Date(since).toISOString(), ...(cause ? { cause } : {}) };
    if (current && current.state === next.state && current.cause?.cause === next.cause?.cause && current.cause?.code === next.cause?.code) return;
    current = next;
    onState(next);
  };
  const reconnecting = (since: number) => {
    tell('reconnecting', since, latestCause);
    timer = new AbortController();
    const { signal: stopped } = timer;
    void clock.sleep(since + STALE_AFTER_MS - clock.now(), AbortSignal.any([stopped, signal])).then(() => {
      if (!stopped.aborted && !signal.aborted) tell('stale', since, latestCause);
    });
  };

  tell('connecting', clock.now());
  return {
    opened() {
      lastLive = clock.now();
      latestCause = undefined;
      tell('live', lastLive);
    },
    broke(at, cause) {
      latestCause = cause;
      lastLive = at;
      reconnecting(at);
    },
    failed(cause) {
      latestCause = cause;
      if (lastLive === undefined) tell('disconnected', clock.now(), cause);
      else if (clock.now() - lastLive >= STALE_AFTER_MS) tell('stale', lastLive, cause);
      else reconnecting(lastLive);
    },
    refused(state, cause) {
      latestCause = cause;
      tell(state, clock.now(), cause);
    },
  };
}
