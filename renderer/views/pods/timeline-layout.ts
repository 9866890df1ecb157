// Where the bars and marks of a pod's timeline stand, in hundredths of the axis.
import type { TimeBar, TimeMark, TimeRow } from '../../../shared/contract/timeline.ts';

export interface PlacedBar extends TimeBar {
  readonly left: number;
  readonly width: number;
  /** Seconds that it lasted, or lasts by now. */
  readonly seconds: number;
}
export interface PlacedMark extends TimeMark {
  readonly left: number;
}
export interface PlacedRow extends Omit<TimeRow, 'bars' | 'marks'> {
  readonly bars: readonly PlacedBar[];
  readonly marks: readonly PlacedMark[];
}

/** A bar is at least so wide, or it would not be seen. */
const LEAST = 0.6;

/** From `from` to `to` (milliseconds); what lies outside is left out, what reaches out is cut. A clock that is ahead of ours cannot put a bar past the end. */
export function placeRows(rows: readonly TimeRow[], from: number, to: number): PlacedRow[] {
  const span = Math.max(to - from, 1);
  const at = (time: number) => Math.min(100, Math.max(0, ((time - from) / span) * 100));
  return rows.map((row) => ({
    ...row,
    bars: row.bars.flatMap((bar) => {
      const begin = Date.parse(bar.from);
      const end = bar.to === undefined ? Math.max(to, begin) : Date.parse(bar.to);
      if (end < from || begin > to) return [];
      const left = Math.min(at(begin), 100 - LEAST);
      return [{ ...bar, left, width: Math.max(at(end) - left, LEAST), seconds: Math.round((end - begin) / 1000) }];
    }),
    marks: row.marks.flatMap((mark) => {
      const time = Date.parse(mark.at);
      return time < from || time > to ? [] : [{ ...mark, left: at(time) }];
    }),
  }));
}
