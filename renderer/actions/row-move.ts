// How the keyboard moves between the rows of a table.

/** The row that a key leads to from the row `at` of `count`, never beyond the first or the last; undefined for a key that does not move. */
export function rowAfter(key: string, at: number, count: number): number | undefined {
  const last = count - 1;
  switch (key) {
    case 'ArrowDown': return Math.min(at + 1, last);
    case 'ArrowUp': return Math.max(at - 1, 0);
    case 'Home': return 0;
    case 'End': return last;
    default: return undefined;
  }
}
