// The time that an entry of Activity took.

/** How long something took; undefined while it runs, and where the clock was set back meanwhile. */
export function tookMilliseconds(startedAt: string, finishedAt: string | undefined): number | undefined {
  const took = Date.parse(finishedAt ?? '') - Date.parse(startedAt);
  return Number.isNaN(took) || took < 0 ? undefined : took;
}
