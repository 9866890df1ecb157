// A log that was cut and is read again: what comes twice is left out, exactly. Pure.
import { crc32 } from 'node:zlib';
import { bytesOf, stampKey, type LogEntry } from '../../clients/cluster/log-lines.ts';

export interface LogJoin {
  /** Whether the line is a new one. It is remembered. */
  take(entry: LogEntry): boolean;
  /** From which second on to ask again; undefined where no line was had. */
  readonly since: number | undefined;
  /** The log is read again, from `since` on. */
  again(): void;
}

/**
 * The API's sinceTime has whole seconds, so all lines of a second come again. The two streams of a container are read by two readers of the runtime, and so a
 * line may stand after one that is a little later: one second more is asked for.
 */
const MARGIN_S = 1;

/**
 * The lines that come again are those that were had from that second on, in the same order, since the kubelet reads the same file and leaves out what is
 * older. Each is known by its time and its bytes, and of equal ones there are as many as were had. A line that is not among them is new: one of the next run,
 * whose file is another, too.
 */
export function createJoin(): LogJoin {
  let known = createMarks(64);
  /** The later pieces of the newest line that has some: of a line in pieces only those may come, since the kubelet compares each piece's time. */
  let pieces: readonly string[] = [];
  let keptFrom = -Infinity;
  let newest = -Infinity;
  /** What may come again, how far it has come, and where each is. */
  let expected: { readonly marks: Marks; at: number; places?: Map<string, number[]> } | undefined;
  let isFirst = false;

  const remember = ({ seconds, nanos, pieces: later }: LogEntry, hash: number) => {
    if (seconds > newest) newest = seconds;
    if (newest - MARGIN_S > keptFrom) {
      keptFrom = newest - MARGIN_S;
      known = known.since(keptFrom);
    }
    if (later.length > 0) pieces = later;
    known.add(seconds, nanos, hash);
  };
  const comesAgain = (entry: LogEntry, hash: number): boolean => {
    if (!expected) return false;
    const { marks, at } = expected;
    let place: number | undefined = at;
    if (!marks.is(at, entry, hash)) {
      // Some are not there any more, where the log was rotated.
      expected.places ??= marks.places();
      place = expected.places.get(markKey(entry.seconds, entry.nanos, hash))?.find((each) => each >= at);
    }
    // Older than what was had first: only the newest lines were asked for.
    if (place === undefined) return at === 0 && marks.isNotAfter(entry, 0);
    expected.at = place + 1;
    if (expected.at === marks.count) expected = undefined;
    return true;
  };
  return {
    get since() {
      return newest === -Infinity ? undefined : newest - MARGIN_S;
    },
    again() {
      expected = newest === -Infinity ? undefined : { marks: known.since(keptFrom), at: 0 };
      isFirst = true;
    },
    take(entry) {
      const isRest = isFirst && expected !== undefined && (Number.isNaN(entry.seconds) || pieces.includes(stampKey(entry)));
      isFirst = false;
      if (Number.isNaN(entry.seconds)) return !isRest;
      const hash = hashOf(entry);
      if (comesAgain(entry, hash) || isRest) return false;
      remember(entry, hash);
      return true;
    },
  };
}

interface Marks {
  readonly count: number;
  add(seconds: number, nanos: number, hash: number): void;
  is(place: number, entry: LogEntry, hash: number): boolean;
  isNotAfter(entry: LogEntry, place: number): boolean;
  /** Those that are not older. */
  since(seconds: number): Marks;
  places(): Map<string, number[]>;
}

/** Lines of a second or two may be very many: sixteen bytes for each. */
function createMarks(room: number): Marks {
  let seconds = new Float64Array(room);
  let nanos = new Uint32Array(room);
  let hashes = new Uint32Array(room);
  let count = 0;
  const marks: Marks = {
    get count() {
      return count;
    },
    add(second, nano, hash) {
      if (count === seconds.length) {
        const larger = <Kind extends Float64Array | Uint32Array>(from: Kind, to: Kind): Kind => (to.set(from), to);
        seconds = larger(seconds, new Float64Array(count * 2));
        nanos = larger(nanos, new Uint32Array(count * 2));
        hashes = larger(hashes, new Uint32Array(count * 2));
      }
      seconds[count] = second;
      nanos[count] = nano;
      hashes[count] = hash;
      count += 1;
    },
    is: (place, entry, hash) => place < count && seconds[place] === entry.seconds && nanos[place] === entry.nanos && hashes[place] === hash,
    isNotAfter: (entry, place) => entry.seconds < seconds[place]! || (entry.seconds === seconds[place]! && entry.nanos <= nanos[place]!),
    since(second) {
      let many = 0;
      for (let place = 0; place < count; place += 1) if (seconds[place]! >= second) many += 1;
      const rest = createMarks(Math.max(64, many));
      for (let place = 0; place < count; place += 1) if (seconds[place]! >= second) rest.add(seconds[place]!, nanos[place]!, hashes[place]!);
      return rest;
    },
    places() {
      const places = new Map<string, number[]>();
      for (let place = 0; place < count; place += 1) {
        const key = markKey(seconds[place]!, nanos[place]!, hashes[place]!);
        const of = places.get(key);
        if (of) of.push(place);
        else places.set(key, [place]);
      }
      return places;
    },
  };
  return marks;
}

const markKey = (seconds: number, nanos: number, hash: number) => `${seconds}.${nanos}.${hash}`;

/** Two lines of one nanosecond that differ are told apart by it. Short ones are hashed here: a call of the library takes longer than the work. */
function hashOf(entry: LogEntry): number {
  const { chunk, start, length } = entry;
  if (length > 256) return (crc32(bytesOf(entry)) ^ length) >>> 0;
  let hash = 0x811c9dc5; // FNV-1a
  for (let at = start; at < start + length; at += 1) hash = Math.imul(hash ^ chunk[at]!, 0x01000193);
  return hash >>> 0;
}
