// A pod that the scheduler refused, and the reason that is told.
import type { Evidence } from '../contract/findings.ts';
import type { KubeNode } from '../kubernetes/objects.ts';
import type { PodCase } from './cause.ts';
import type { SchedulerMessage, Token } from './scheduling-tokens.ts';

export interface Refused {
  readonly subject: PodCase;
  readonly message: SchedulerMessage;
  readonly token: Token;
  /** [] where they are not known. */
  readonly nodes: readonly KubeNode[];
  /** The scheduler's own words, as evidence. */
  readonly said: readonly Evidence[];
}

/** How many of the nodes say so, for a sentence: `hindered` of `total`, 0 where it is about the pod as a whole. */
export function counts({ total }: SchedulerMessage, { nodes }: Token): Record<'hindered' | 'total', number> {
  return { hindered: nodes, total };
}
