// The line through a decision: where it passes, where it turns, where it ends.
import type { DecisionStep } from '../../shared/contract/findings.ts';

export interface Station {
  readonly step: DecisionStep;
  /** `turn`: answered with no, and something further on decided. `failed`: it ended here. */
  readonly look: 'passed' | 'turn' | 'failed' | 'skipped' | 'unknown';
  /** The answer of a question; `open` where nobody knows. Absent for a step that asks nothing. */
  readonly answer?: 'yes' | 'no' | 'open' | 'not-asked';
  /** The line from here to what follows: lit as far as the way is known, `off` where it ends. */
  readonly onward: 'lit' | 'unknown' | 'off';
}

const ANSWERS = { passed: 'yes', failed: 'no', unknown: 'open', skipped: 'not-asked' } as const;

/**
 * The stations of a decision. A skipped one is passed by, as long as something comes after it.
 * @param hasEnd whether the outcome is drawn after them; the line then goes on to it.
 */
export function lineOf(steps: readonly DecisionStep[], hasEnd: boolean): Station[] {
  const last = steps.findLastIndex(({ state }) => state !== 'skipped');
  const doubt = steps.findIndex(({ state }) => state === 'unknown');
  return steps.map((step, at) => ({
    step,
    look: step.state === 'failed' && at < last ? 'turn' : step.state,
    ...(step.id === 'node' || step.id === 'registry' ? { answer: ANSWERS[step.state] } : {}),
    onward: at >= last && !hasEnd ? 'off' : doubt >= 0 && at >= doubt ? 'unknown' : 'lit',
  }));
}
