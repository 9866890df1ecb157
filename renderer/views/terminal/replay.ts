// What was written before is drawn again when a terminal is shown again. A question in it (where is the cursor? what are you?) was answered then:
// answered again, the answer would arrive in the shell as if it had been typed.

/** A piece of what arrived; `wasSeen`: its questions are answered already. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly wasSeen: boolean;
  /** The count of the bytes up to its end. */
  readonly upTo: number;
}

/** Divides what arrived where the new begins. `seen`: the count of the bytes that were drawn before. */
export function piecesOf(from: number, bytes: Uint8Array, seen: number): Piece[] {
  const end = from + bytes.length;
  const cut = Math.min(Math.max(seen - from, 0), bytes.length);
  const pieces = [
    { bytes: bytes.subarray(0, cut), wasSeen: true, upTo: from + cut },
    { bytes: bytes.subarray(cut), wasSeen: false, upTo: end },
  ];
  return pieces.filter((piece) => piece.bytes.length > 0);
}

const ESC = 27;
/** An answer, and not what a person types: those reports begin with the escape character. */
export function isReport(data: string): boolean {
  return data.charCodeAt(0) === ESC && data.length > 1;
}

const LF = 10;
/** The beginning of what is kept may be in the middle of an escape sequence or of a letter: what comes before its first line end is left out. */
export function fromWholeLine(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(LF);
  return end < 0 ? bytes : bytes.subarray(end + 1);
}
