// Every case of the catalogue, and on which clusters it runs.
import type { Here, LiveCase } from './live-case.ts';

const files = import.meta.glob<{ cases: readonly LiveCase[] }>('./cases/*.ts', { eager: true });

export interface Run {
  readonly live: LiveCase;
  readonly context: Here['context'];
  /** `ID what context`. */
  readonly title: string;
  readonly inCi: boolean;
}

/** `only`: a part of the titles; all when it is ''. */
export function allRuns(only = ''): Run[] {
  return Object.values(files).flatMap(({ cases }) => cases.flatMap((live) =>
    (live.on ?? ['docker-desktop'] as const).map((context, at) => (
      { live, context, title: `${live.id} ${live.what} ${context}`, inCi: live.inCi === 'all' || (live.inCi === true && at === 0) })),
  )).filter(({ title }) => title.includes(only));
}
