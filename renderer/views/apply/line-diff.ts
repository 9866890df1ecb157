// What changed between two texts, by lines, with a little of what stayed around it.

export interface DiffLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
  /** Counted from 1: in the new text, for a removed line in the old one. */
  readonly line: number;
}
/** Lines that belong together; between two of them something was left out. */
export type Hunk = readonly DiffLine[];

const AROUND = 3;
/** The table of a comparison grows with the product of both sides: beyond this the middle is told as taken out and put in. */
const MOST_CELLS = 4_000_000;

/** [] where both are the same. Line endings count: a line that only lost its CR is another line. */
export function lineDiff(before: string, after: string): Hunk[] {
  const all = compared(before.split('\n'), after.split('\n'));
  const hunks: DiffLine[][] = [];
  let last = -Infinity;
  all.forEach(({ sign }, index) => {
    if (sign === ' ') return;
    const from = Math.max(0, index - AROUND, last + 1);
    if (from > last + 1 || hunks.length === 0) hunks.push([]);
    const to = Math.min(all.length - 1, index + AROUND);
    hunks.at(-1)!.push(...all.slice(from, to + 1));
    last = Math.max(last, to);
  });
  return hunks;
}

function compared(old: readonly string[], fresh: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < fresh.length - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail += 1;
  const same = (index: number): DiffLine => ({ sign: ' ', text: fresh[index]!, line: index + 1 });
  const lines: DiffLine[] = Array.from({ length: head }, (_, index) => same(index));
  lines.push(...middle(old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail), head));
  for (let index = fresh.length - tail; index < fresh.length; index += 1) lines.push(same(index));
  return lines;
}

/** The longest common subsequence; removed lines come before added ones. */
function middle(old: readonly string[], fresh: readonly string[], offset: number): DiffLine[] {
  const removed = (index: number): DiffLine => ({ sign: '-', text: old[index]!, line: offset + index + 1 });
  const added = (index: number): DiffLine => ({ sign: '+', text: fresh[index]!, line: offset + index + 1 });
  const width = fresh.length + 1;
  if (old.length * fresh.length > MOST_CELLS) return [...old.keys()].map(removed).concat([...fresh.keys()].map(added));
  const length = new Uint32Array((old.length + 1) * width);
  for (let a = old.length - 1; a >= 0; a -= 1) {
    for (let b = fresh.length - 1; b >= 0; b -= 1) {
      length[a * width + b] = old[a] === fresh[b] ? length[(a + 1) * width + b + 1]! + 1 : Math.max(length[(a + 1) * width + b]!, length[a * width + b + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let a = 0;
  let b = 0;
  while (a < old.length || b < fresh.length) {
    if (a < old.length && b < fresh.length && old[a] === fresh[b]) {
      lines.push({ sign: ' ', text: fresh[b]!, line: offset + b + 1 });
      a += 1;
      b += 1;
    } else if (a < old.length && (b === fresh.length || length[(a + 1) * width + b]! >= length[a * width + b + 1]!)) lines.push(removed(a++));
    else lines.push(added(b++));
  }
  return lines;
}
