// Where the searched words stand in a line that is drawn in pieces.
import type { Piece } from './ansi.ts';

export interface MarkedPiece extends Piece {
  readonly isMark: boolean;
}

/** @param words '' marks nothing; they are looked for in any case, across the ends of pieces */
export function markedPieces(pieces: readonly Piece[], words: string): MarkedPiece[] {
  const unmarked = () => pieces.map((piece) => ({ ...piece, isMark: false }));
  if (words === '') return unmarked();
  const text = pieces.map((piece) => piece.text).join('');
  const lower = text.toLowerCase();
  const sought = words.toLowerCase();
  // A letter whose small form is longer moves all that follows: then nothing is marked rather than something else.
  if (lower.length !== text.length || !lower.includes(sought)) return unmarked();
  const cuts = new Set<number>();
  const marks: { from: number; to: number }[] = [];
  for (let from = lower.indexOf(sought); from !== -1; from = lower.indexOf(sought, from + sought.length)) {
    marks.push({ from, to: from + sought.length });
    cuts.add(from).add(from + sought.length);
  }
  const all = [...cuts].sort((one, other) => one - other);
  const result: MarkedPiece[] = [];
  let start = 0;
  let cut = 0;
  let mark = 0;
  for (const { text: own, look } of pieces) {
    const end = start + own.length;
    for (let at = start; at < end; ) {
      while ((all[cut] ?? Infinity) <= at) cut += 1;
      while ((marks[mark]?.to ?? Infinity) <= at) mark += 1;
      const next = Math.min(end, all[cut] ?? Infinity);
      result.push({ text: text.slice(at, next), look, isMark: (marks[mark]?.from ?? Infinity) <= at });
      at = next;
    }
    start = end;
  }
  return result;
}
