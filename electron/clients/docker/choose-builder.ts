// Which of the three builders builds here, and why.
import type Dockerode from 'dockerode';
import type { Builder } from '../../../shared/contract/builds.ts';

export interface ChosenBuilder {
  readonly builder: Builder;
  /** For a log. */
  readonly why: string;
}

/** Never throws for want of a builder: the classic one is always left. */
export function chooseBuilder(_docker: Dockerode, { signal }: { readonly signal: AbortSignal }): Promise<ChosenBuilder> {
  signal.throwIfAborted();
  return Promise.resolve({ builder: 'classic', why: 'it is the only one so far' });
}
