// One view of logs: its lines, its filter, and what is asked about them.
import type { LineFilter, LineQuery, LogLine, LogState } from '../../../shared/contract/logs.ts';
import { Failure, type FailureData } from '../../../shared/contract/failures.ts';
import { stampText } from '../../clients/cluster/log-lines.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { createFinder } from './find.ts';
import { createLogBuffer, wholeCharacters } from './log-buffer.ts';
import { createMerge } from './merge.ts';
import { createRows, severityIn, type Rows } from './rows.ts';
import { startSlices } from './slices.ts';
import { openSources, type SourcesOptions } from './sources.ts';

export interface LogView {
  /** How it stands, after each change, at most 20 times a second. */
  watch(): AsyncGenerator<LogState, void, void>;
  setFilter(filter: LineFilter, signal: AbortSignal): Promise<LogState['shown']>;
  read(filter: number, from: number, count: number): { filter: number; lines: LogLine[] };
  rowOf(number: number): { filter: number; row: number };
  find(filter: number, query: LineQuery, from: number, direction: 'forward' | 'back', signal: AbortSignal): Promise<{ filter: number; matches: number; row?: number; place?: number }>;
  line(number: number): { text: string; isCut: boolean };
  text(options: TextOptions, signal: AbortSignal): AsyncGenerator<{ text: string; row: number }, void, void>;
}

export interface TextOptions {
  readonly filter: number;
  readonly from: number;
  readonly to: number;
  readonly withTime: boolean;
  readonly withSource: boolean;
}

const TELL_MS = 50;
/** A runtime writes longer lines in pieces of that size, and a kubelet counts those for `tailLines` (pkg/kubelet/kuberuntime/logs, pkg/util/tail). */
const RUNTIME_PIECE = 16 * 1024;
/** Of one line in a window; the rest is asked for. */
const SHOWN = 16 * 1024;
/** Of all lines in a window: then each is cut shorter. */
const MOST_WINDOW = 4 * 1024 * 1024;
const SHORT = 1024;
const WHOLE = 4 * 1024 * 1024;
/** Of a text that is told in parts: with what follows none is larger than 256 KiB. */
const PIECE = 32 * 1024;

export type ViewOptions = Omit<SourcesOptions, 'merge' | 'onChange' | 'onGrow' | 'onError'> & { readonly filter: LineFilter };

/** @throws Failure POD_GONE, NOT_ALLOWED, CONTAINER_NOT_FOUND, LOG_PATTERN_INVALID */
export async function openLogView({ filter: asked, ...options }: ViewOptions): Promise<LogView> {
  const { signal } = options;
  const buffer = createLogBuffer();
  let rows = createRows(buffer, asked);
  let filterNumber = 0;
  let problem: FailureData | undefined;
  let broken: unknown;
  let version = 0;
  let wakeTeller: () => void = () => {};
  let wakePump: () => void = () => {};
  let isAwake = false;
  let isReading = true;
  let mayHaveOlder = false;

  const changed = () => {
    version += 1;
    wakeTeller();
  };
  const wake = () => {
    isAwake = true;
    wakePump();
  };
  const lines: number[] = [];
  const merge = createMerge((entry, source) => {
    entry.number = buffer.end;
    buffer.add(entry, source);
    lines[source] = (lines[source] ?? 0) + 1;
  }, wake);
  const found = await openSources({
    ...options, merge, onChange: changed,
    onGrow(entry) {
      if (entry.number === undefined) return;
      buffer.grow(entry.number, entry.total);
      changed();
    },
    onError(error) {
      broken = error;
      changed();
    },
  });

  /** Once it was stopped the filter looks at no more lines, and says so. */
  const look = (which: Rows, slices: ReturnType<typeof startSlices>) => {
    if (problem) return;
    try {
      which.look(slices);
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      problem = failure.toData();
    }
  };
  const pump = async () => {
    const slices = startSlices();
    while (!signal.aborted) {
      isAwake = false;
      const before = buffer.end;
      const wait = merge.release(slices);
      const rowsBefore = rows.end;
      look(rows, slices);
      rows.drop();
      const isBehind = !problem && rows.looked < buffer.end;
      const hasRead = isReading && !isBehind && !merge.isReading;
      if (hasRead) {
        isReading = false;
        mayHaveOlder = options.tail !== undefined && Math.max(0, ...lines.map((count) => count ?? 0)) + buffer.keptBytes / RUNTIME_PIECE >= options.tail;
      }
      if (hasRead || buffer.end !== before || rows.end !== rowsBefore) changed();
      if (wait > 0 && !isBehind && !isAwake) await sleep(wait);
      await slices.next();
    }
  };
  const sleep = (ms: number) => new Promise<void>((resolve) => {
    const timer = ms < Infinity ? setTimeout(() => resolve(), ms) : undefined;
    wakePump = () => {
      wakePump = () => {};
      clearTimeout(timer);
      resolve();
    };
  });
  signal.addEventListener('abort', () => { wake(); wakeTeller(); }, { once: true });
  pump().catch((error: unknown) => {
    broken = error;
    changed();
  });

  const shown = (): LogState['shown'] => ({ filter: filterNumber, first: rows.first, end: rows.end, ...(problem ? { failure: problem } : {}) });
  const line = (row: number, most: number): LogLine => {
    const number = rows.number(row);
    const text = buffer.text(number, most);
    const at = stampText(buffer.seconds(number), buffer.nanos(number));
    const severity = severityIn(buffer, number);
    const bytes = buffer.total(number);
    return {
      row, number, source: buffer.source(number), text, bytes, isCut: bytes > Math.min(most, buffer.length(number)),
      ...(at === undefined ? {} : { at }), ...(severity === undefined ? {} : { severity }),
    };
  };
  const finder = createFinder(buffer);
  return {
    async *watch() {
      for (let told = -1; ; ) {
        if (broken !== undefined) throw broken;
        if (signal.aborted) return;
        if (told === version) {
          await new Promise<void>((resolve) => { wakeTeller = resolve; });
          continue;
        }
        told = version;
        rows.drop();
        yield { sources: found.list().map((source, place) => ({ ...source, lines: lines[place] ?? 0 })), read: buffer.end, firstKept: buffer.first, skipped: 0, keptBytes: buffer.keptBytes, isReading, mayHaveOlder, shown: shown() };
        await new Promise((resolve) => setTimeout(resolve, TELL_MS));
      }
    },
    async setFilter(filter, until) {
      const next = createRows(buffer, filter);
      const slices = startSlices();
      while (next.looked < buffer.end) {
        next.look(slices);
        next.drop();
        if (next.looked >= buffer.end) break;
        await slices.next();
        until.throwIfAborted();
      }
      rows = next;
      problem = undefined;
      filterNumber += 1;
      changed();
      return shown();
    },
    read(filter, from, count) {
      if (filter !== filterNumber) return { filter: filterNumber, lines: [] };
      rows.drop();
      const first = Math.max(from, rows.first);
      const end = Math.min(from + count, rows.end);
      const lines: LogLine[] = [];
      let bytes = 0;
      for (let row = first; row < end; row += 1) {
        const next = line(row, bytes < MOST_WINDOW ? SHOWN : SHORT);
        bytes += next.text.length;
        lines.push(next);
      }
      return { filter, lines };
    },
    rowOf(number) {
      rows.drop();
      return { filter: filterNumber, row: rows.rowOf(number) };
    },
    async find(filter, query, from, direction, until) {
      if (filter !== filterNumber) return { filter: filterNumber, matches: 0 };
      const { matches, row, place } = await finder(rows, filter, query, from, direction, until);
      return { filter, matches, ...(row === undefined ? {} : { row, place: place! }) };
    },
    line(number) {
      if (number < buffer.first || number >= buffer.end) throw new Failure('LOG_LINE_GONE', { number: number + 1 }, `the oldest line that is kept is number ${buffer.first + 1}`);
      return { text: buffer.text(number, WHOLE), isCut: buffer.total(number) > buffer.length(number) };
    },
    async *text({ filter, from, to, withTime, withSource }, until) {
      if (filter !== filterNumber) return;
      // Another filter that is set meanwhile does not change what is copied.
      const which = rows;
      const prefixOf = (number: number) => {
        const at = withTime ? stampText(buffer.seconds(number), buffer.nanos(number)) : undefined;
        const source = withSource ? found.list()[buffer.source(number)] : undefined;
        return `${at === undefined ? '' : `${at} `}${source ? `${source.pod}/${source.container} ` : ''}`;
      };
      let text = '';
      const slices = startSlices();
      const end = Math.min(to, which.end);
      for (let row = from; row < end; row += 1) {
        which.drop();
        row = Math.max(row, which.first);
        if (row >= end) break;
        const number = which.number(row);
        text += prefixOf(number);
        // A long line in parts, each of whole characters.
        const bytes = Buffer.from(buffer.bytes(number));
        for (let at = 0; at < bytes.length; ) {
          const part = bytes.subarray(at, at + PIECE);
          const length = at + PIECE < bytes.length ? wholeCharacters(part) || part.length : part.length;
          text += part.toString('utf8', 0, length);
          at += length;
          if (text.length < PIECE) continue;
          yield { text, row };
          text = '';
          until.throwIfAborted();
        }
        text += '\n';
        if (slices.isOver) await slices.next();
      }
      if (text !== '') yield { text, row: end - 1 };
    },
  };
}
