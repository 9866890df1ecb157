// How fast bytes move, and how long the rest will take.

/** How much had been moved at a time, in milliseconds. */
export interface Sample {
  readonly at: number;
  readonly sent: number;
}
export interface Pace {
  readonly perSecond: number;
  /** Absent where the whole is not known. */
  readonly secondsLeft?: number;
}

/** A rate over a shorter time jumps about, over a longer one it comes late. */
const WINDOW_MS = 3000;
/** Less says nothing: the first bytes go into a buffer at once. */
const SHORTEST_MS = 500;

/** The samples of the last seconds with the new one, and one from before them to measure from. What begins anew with fewer bytes is measured anew. */
export function keepRecent(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples.at(-1);
  if (last && next.sent < last.sent) return [next];
  const firstRecent = samples.findIndex(({ at }) => next.at - at <= WINDOW_MS);
  return [...(firstRecent < 0 ? samples.slice(-1) : samples.slice(Math.max(0, firstRecent - 1))), next];
}

/** The pace at `now`: it falls while nothing arrives. Undefined while too little is known, and where nothing moves. */
export function paceOf(samples: readonly Sample[], total: number | undefined, now: number): Pace | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last) return undefined;
  const milliseconds = Math.max(now, last.at) - first.at;
  const perSecond = ((last.sent - first.sent) / milliseconds) * 1000;
  if (milliseconds < SHORTEST_MS || perSecond <= 0) return undefined;
  return { perSecond, ...(total === undefined ? {} : { secondsLeft: Math.ceil(Math.max(0, total - last.sent) / perSecond) }) };
}
