// Finding an entry of Activity again: every word of the query is somewhere in it, whatever the case.

/** @param texts what the entry shows: its title, its lines, its failure, its state */
export function isFound(query: string, texts: readonly string[]): boolean {
  const shown = texts.join('\n').toLocaleLowerCase();
  return query.toLocaleLowerCase().split(/\s+/).every((word) => shown.includes(word));
}

/** How long something took; undefined while it runs, and where the clock was set back meanwhile. */
export function tookMilliseconds(startedAt: string, finishedAt: string | undefined): number | undefined {
  const took = Date.parse(finishedAt ?? '') - Date.parse(startedAt);
  return Number.isNaN(took) || took < 0 ? undefined : took;
}
