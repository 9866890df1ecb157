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
const LETTERS_IN_A_PIECE = 20_000;

/**
 * The text in pieces of whole lines, so that only those in sight are laid out. The line break between two pieces belongs to neither; a line that is
 * longer than a piece may be goes on in the next one, where it would be wrapped in any case.
 */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  while (text.length - from > 0) {
    const end = endOfPiece(text, from);
    pieces.push({ from, text: text.slice(from, end) });
    from = text.charAt(end) === '\n' ? end + 1 : end;
  }
  return pieces;
}

function endOfPiece(text: string, from: number): number {
  const most = from + LETTERS_IN_A_PIECE;
  let end = -1;
  for (let lines = 0; lines < LINES_IN_A_PIECE; lines += 1) {
    const next = text.indexOf('\n', end < 0 ? from : end + 1);
    if (next < 0) return text.length <= most ? text.length : end < 0 ? whole(text, most) : end;
    if (next > most) return end < 0 ? whole(text, most) : end;
    end = next;
  }
  return end;
}

/** Not between the two halves of one letter. */
const whole = (text: string, end: number) => (/[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end);

/** The piece in which a place of the text is, and the place in it. */
export function placeIn(pieces: readonly Piece[], at: number): { readonly piece: number; readonly offset: number } {
  const piece = Math.max(0, pieces.findLastIndex(({ from }) => from <= at));
  const { from = 0, text = '' } = pieces[piece] ?? {};
  return { piece, offset: Math.min(at - from, text.length) };
}
