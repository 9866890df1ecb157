// Where a text is found in a body, and the pieces in which a long body is drawn.

/** More are not looked for: who finds so many looks for something else next. */
export const MOST_FOUND = 10_000;

/** Where `needle` begins in `text`, in whatever case; at most MOST_FOUND places. */
export function foundIn(text: string, needle: string): number[] {
  if (needle === '') return [];
  const places: number[] = [];
  const pattern = new RegExp(needle.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), 'giu');
  for (const { index } of text.matchAll(pattern)) {
    places.push(index);
    if (places.length === MOST_FOUND) break;
  }
  return places;
}

/** The place after, or before, the present one, round and round. */
export function nextPlace(count: number, current: number, step: 1 | -1): number {
  return count === 0 ? 0 : (current + step + count) % count;
}

/** A piece of a text that is drawn on its own, and where it begins. */
export interface Piece {
  readonly from: number;
  readonly text: string;
}

const LINES_IN_A_PIECE = 200;

/** The text in pieces of whole lines, so that only those in sight are laid out. The line break between two pieces belongs to neither. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines += 1;
    if (lines < LINES_IN_A_PIECE) continue;
    pieces.push({ from, text: text.slice(from, at) });
    from = at + 1;
    lines = 0;
  }
  return [...pieces, { from, text: text.slice(from) }];
}

/** The piece in which a place of the text is, and the place in it. */
export function placeIn(pieces: readonly Piece[], at: number): { readonly piece: number; readonly offset: number } {
  const piece = Math.max(0, pieces.findLastIndex(({ from }) => from <= at));
  const { from = 0, text = '' } = pieces[piece] ?? {};
  return { piece, offset: Math.min(at - from, text.length) };
}
