// Where the time of a request goes: the rows of its waterfall.
import type { HttpPhase } from '../../../shared/contract/http.ts';

type Name = HttpPhase['phase'];

export interface Phases {
  /** Milliseconds since the request began. */
  now(): number;
  /** Begins one; what is given back ends it. One that never ended is not in the list. */
  begin(phase: Name): () => void;
  /** The same around some work; a failed one is in the list, too. */
  during<T>(phase: Name, work: () => Promise<T>): Promise<T>;
  /** Those that have ended, by their start. */
  list(): HttpPhase[];
}

/** The clock runs from now on. */
export function startPhases(): Phases {
  const began = performance.now();
  const ended: HttpPhase[] = [];
  const now = () => tenths(performance.now() - began);
  const begin = (phase: Name) => {
    const start = now();
    let isOver = false;
    return () => {
      if (!isOver) ended.push({ phase, start, milliseconds: tenths(now() - start) });
      isOver = true;
    };
  };
  return {
    now,
    begin,
    async during(phase, work) {
      const end = begin(phase);
      try {
        return await work();
      } finally {
        end();
      }
    },
    list: () => ended.toSorted((a, b) => a.start - b.start),
  };
}

const tenths = (milliseconds: number) => Math.round(milliseconds * 10) / 10;
