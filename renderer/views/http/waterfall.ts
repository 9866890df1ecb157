// The phases of a request as bars on one line of time.
import type { HttpPhase } from '../../../shared/contract/http.ts';

export interface Bar {
  readonly phase: HttpPhase['phase'];
  /** In milliseconds, rounded as it is shown. */
  readonly start: number;
  readonly milliseconds: number;
  /** In percent of the whole. */
  readonly left: number;
  readonly width: number;
}

/** A bar for each phase, in the order of time. The line is as long as the request took, or as its phases did where they took longer. */
export function barsOf(phases: readonly HttpPhase[], milliseconds: number): Bar[] {
  const whole = Math.max(milliseconds, ...phases.map((phase) => phase.start + phase.milliseconds), Number.MIN_VALUE);
  return phases.toSorted((a, b) => a.start - b.start).map((phase) => ({
    phase: phase.phase,
    start: rounded(phase.start),
    milliseconds: rounded(phase.milliseconds),
    left: (phase.start / whole) * 100,
    width: (phase.milliseconds / whole) * 100,
  }));
}

/** Under 10 ms the tenths tell something. */
export function rounded(milliseconds: number): number {
  return milliseconds < 10 ? Math.round(milliseconds * 10) / 10 : Math.round(milliseconds);
}
