// The bytes of a log with timestamps, as lines. They are not decoded: what a program writes may be anything.

/** One line of a log. It may still grow: of a line that has no end (yet) the kept part is told, and `total` counts what comes. */
export interface LogEntry {
  /** Seconds since 1970; NaN where the line has no time, since it is the kubelet's own word and no container's. */
  readonly seconds: number;
  readonly nanos: number;
  /** Where its bytes are, without its end: no object for each of them, since there may be a hundred thousand a second. Who keeps them copies them. */
  readonly chunk: Buffer;
  readonly start: number;
  readonly length: number;
  /** Bytes that the line has, of which these may be the first part. */
  total: number;
  /** The times of the pieces after the first, where the kubelet wrote them. */
  readonly pieces: readonly string[];
  /** Set by who keeps the line. */
  number: number | undefined;
}

export const bytesOf = ({ chunk, start, length }: Pick<LogEntry, 'chunk' | 'start' | 'length'>): Buffer => chunk.subarray(start, start + length);

export interface LineReader {
  /** Gives the lines that are whole now, or have become too long to be kept whole. */
  feed(chunk: Buffer): LogEntry[];
  /** At the end: the line that has no end, if there is one. */
  end(): LogEntry | undefined;
}

/** As much of one line is kept. */
export const MOST_LINE = 1024 * 1024;
/**
 * The runtimes write a line of more in pieces: Docker (daemon/logger/copier.go, defaultBufSize) and containerd (max_container_log_line_size). A kubelet before
 * 1.23 or so prints the time before each piece, so in the middle of the line (pkg/kubelet/kuberuntime/logs; seen with 1.20 on both); newer ones do not.
 */
export const PIECE = 16 * 1024;
/** `2006-01-02T15:04:05.000000000+07:00 `. */
const LONGEST_STAMP = 36;
const NEWLINE = 10;
const SPACE = 32;
const NONE: readonly string[] = [];

/** @param onGrow hears of each entry that was given and has grown since */
export function createLineReader(onGrow: (entry: LogEntry) => void = () => {}): LineReader {
  /** The line that has begun, where it goes on in the next chunk. */
  let parts: Buffer[] = [];
  let kept = 0;
  let total = 0;
  let pieceBytes = 0;
  let pieces: string[] = [];
  let stamp: Stamp | undefined;
  let isBegun = false;
  /** Given although it has no end. */
  let given: LogEntry | undefined;
  /** What may become a time, at the begin of a line or of a piece. */
  let held: Buffer | undefined = Buffer.alloc(0);

  const entry = (): LogEntry => ({
    seconds: stamp?.seconds ?? Number.NaN, nanos: stamp?.nanos ?? 0, chunk: parts.length === 1 ? parts[0]! : Buffer.concat(parts), start: 0, length: kept, total,
    pieces: pieces.length > 0 ? pieces : NONE, number: undefined,
  });
  const add = (bytes: Buffer, lines: LogEntry[]) => {
    total += bytes.length;
    pieceBytes += bytes.length;
    if (given) {
      given.total = total;
      onGrow(given);
      return;
    }
    const room = MOST_LINE - kept;
    const part = bytes.length > room ? bytes.subarray(0, room) : bytes;
    if (part.length > 0) parts.push(part);
    kept += part.length;
    if (kept === MOST_LINE) lines.push((given = entry()));
  };
  const finish = (lines: LogEntry[]) => {
    if (!given) lines.push(entry());
    parts = [];
    kept = total = pieceBytes = 0;
    pieces = [];
    stamp = undefined;
    isBegun = false;
    given = undefined;
    held = Buffer.alloc(0);
  };
  /** What was held is a time, or is the line's own. */
  const settle = (lines: LogEntry[]) => {
    const bytes = held!;
    held = undefined;
    const found = readStamp(bytes, 0, bytes.length);
    if (!isBegun) stamp = found;
    else if (found && stamp) {
      pieces.push(stampKey(found));
      pieceBytes = 0;
    }
    isBegun = true;
    const rest = found && stamp ? bytes.subarray(found.end) : bytes;
    if (rest.length > 0) add(rest, lines);
  };

  return {
    feed(chunk) {
      const lines: LogEntry[] = [];
      let at = 0;
      while (at < chunk.length) {
        if (held) {
          if (held.length === 0 && !isBegun) {
            // What nearly every line is: all of it here, and in one piece.
            const found = readStamp(chunk, at, chunk.length);
            const end = found ? chunk.indexOf(NEWLINE, found.end) : -1;
            if (found && end !== -1 && end - found.end <= PIECE) {
              const length = end - found.end;
              lines.push({ seconds: found.seconds, nanos: found.nanos, chunk, start: found.end, length, total: length, pieces: NONE, number: undefined });
              at = end + 1;
              continue;
            }
          }
          const limit = Math.min(chunk.length, at + LONGEST_STAMP - held.length);
          let end = at;
          while (end < limit && chunk[end] !== SPACE && chunk[end] !== NEWLINE) end += 1;
          const isSpace = end < limit && chunk[end] === SPACE;
          held = Buffer.concat([held, chunk.subarray(at, isSpace ? end + 1 : end)]);
          const isSettled = end < limit || held.length >= LONGEST_STAMP;
          at = isSpace ? end + 1 : end;
          if (!isSettled) continue;
          settle(lines);
        }
        // A piece that has its whole length may be followed by a time.
        const boundary = at + PIECE - pieceBytes;
        const newline = chunk.indexOf(NEWLINE, at);
        const end = newline === -1 ? chunk.length : newline;
        if (pieceBytes < PIECE && boundary <= end) {
          add(chunk.subarray(at, boundary), lines);
          at = boundary;
          held = Buffer.alloc(0);
          continue;
        }
        if (end > at) add(chunk.subarray(at, end), lines);
        at = end;
        if (newline !== -1) {
          finish(lines);
          at += 1;
        }
      }
      // The chunk is not ours to keep for long, and is many times as large as what is left of it.
      if (parts.length > 0) parts[parts.length - 1] = Buffer.from(parts.at(-1)!);
      return lines;
    },
    end() {
      const lines: LogEntry[] = [];
      if (held && held.length > 0) settle(lines);
      if (isBegun) finish(lines);
      return lines[0];
    },
  };
}

interface Stamp {
  readonly seconds: number;
  readonly nanos: number;
  /** Where the text begins, after the blank. */
  readonly end: number;
}

let knownDay = 0;
let knownDaySeconds = 0;

/**
 * The time before a line, as the kubelet prints it: RFC3339Nano, with nine digits or fewer, in the node's own zone (pkg/kubelet/kuberuntime/logs/logs.go, timeFormatOut).
 * @returns undefined where there is none, or not all of it
 */
export function readStamp(bytes: Buffer, from: number, to: number): Stamp | undefined {
  if (to - from < 21 || bytes[from + 4] !== 45 || bytes[from + 10] !== 84 || bytes[from + 13] !== 58 || bytes[from + 16] !== 58) return undefined;
  const two = (at: number) => (bytes[from + at]! - 48) * 10 + bytes[from + at + 1]! - 48;
  const day = two(0) * 1_000_000 + two(2) * 10_000 + two(5) * 100 + two(8);
  if (day !== knownDay) {
    const seconds = Date.parse(`${bytes.toString('latin1', from, from + 10)}T00:00:00Z`) / 1000;
    if (!Number.isFinite(seconds)) return undefined;
    knownDay = day;
    knownDaySeconds = seconds;
  }
  const [hours, minutes, second] = [two(11), two(14), two(17)];
  if (!(hours >= 0 && hours < 25 && minutes >= 0 && minutes < 60 && second >= 0 && second < 61)) return undefined;
  let at = from + 19;
  let nanos = 0;
  if (bytes[at] === 46) {
    let digits = 0;
    for (at += 1; at < to && isDigit(bytes[at]!) && digits < 9; at += 1, digits += 1) nanos = nanos * 10 + bytes[at]! - 48;
    for (; digits < 9; digits += 1) nanos *= 10;
  }
  let offset = 0;
  if (bytes[at] === 90) at += 1;
  else if ((bytes[at] === 43 || bytes[at] === 45) && bytes[at + 3] === 58) {
    offset = (two(at - from + 1) * 60 + two(at - from + 4)) * (bytes[at] === 45 ? -60 : 60);
    at += 6;
  } else return undefined;
  if (!(at < to) || bytes[at] !== SPACE || !Number.isFinite(offset)) return undefined;
  return { seconds: knownDaySeconds + hours * 3600 + minutes * 60 + second - offset, nanos, end: at + 1 };
}

const isDigit = (byte: number) => byte >= 48 && byte <= 57;

export const stampKey = ({ seconds, nanos }: { readonly seconds: number; readonly nanos: number }): string => `${seconds}.${nanos}`;

/** In UTC, with nanoseconds; undefined for NaN. */
export function stampText(seconds: number, nanos: number): string | undefined {
  if (!Number.isFinite(seconds)) return undefined;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`;
}
