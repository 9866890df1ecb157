// Which rows of the Images table are selected, by key.

/** With one more or one less. */
export function toggled(selected: ReadonlySet<string>, key: string): Set<string> {
  const next = new Set(selected);
  if (!next.delete(key)) next.add(key);
  return next;
}

/**
 * With all rows from `from` to `to` in the shown order, both included; what was selected stays so. A beginning that is not shown (any more)
 * is none: then only `to` is added.
 */
export function extended(selected: ReadonlySet<string>, shown: readonly string[], from: string | undefined, to: string): Set<string> {
  const end = shown.indexOf(to);
  const begin = from === undefined ? -1 : shown.indexOf(from);
  if (end < 0) return new Set(selected);
  const range = begin < 0 ? [to] : shown.slice(Math.min(begin, end), Math.max(begin, end) + 1);
  return new Set([...selected, ...range]);
}

/** All that are shown, or none of them where all are; what is hidden stays as it is. */
export function allToggled(selected: ReadonlySet<string>, shown: readonly string[]): Set<string> {
  const all = shown.every((key) => selected.has(key));
  return all ? new Set([...selected].filter((key) => !shown.includes(key))) : new Set([...selected, ...shown]);
}
