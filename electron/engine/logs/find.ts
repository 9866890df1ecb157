// Where a person's words are among the rows that are shown.
import type { LineQuery } from '../../../shared/contract/logs.ts';
import { lineMatch, type LineMatch } from './line-match.ts';
import type { LogBuffer } from './log-buffer.ts';
import type { Rows } from './rows.ts';
import { startSlices } from './slices.ts';

export interface Found {
  readonly matches: number;
  /** The nearest one, and which of them it is, from 1 on. */
  readonly row?: number;
  readonly place?: number;
}

const BATCH = 256;

/** @throws Failure LOG_PATTERN_INVALID */
export type Finder = (rows: Rows, filter: number, query: LineQuery, from: number, direction: 'forward' | 'back', signal: AbortSignal) => Promise<Found>;

/** Remembers what it found last: going to the next match looks only at what has come since. */
export function createFinder(buffer: LogBuffer): Finder {
  let last: { readonly key: string; readonly match: LineMatch; found: number[]; looked: number } | undefined;
  return async (rows, filter, query, from, direction, signal) => {
    if (query.text === '') return { matches: 0 };
    const key = JSON.stringify([filter, query.text, query.isRegex, query.matchesCase]);
    if (last?.key !== key) last = { key, match: lineMatch(query), found: [], looked: rows.first };
    const search = last;
    const slices = startSlices();
    for (search.looked = Math.max(search.looked, rows.first); search.looked < rows.end; ) {
      const to = Math.min(rows.end, search.looked + BATCH);
      const batch = Array.from({ length: to - search.looked }, (_, at) => search.looked + at);
      const found: number[] = [];
      search.match.batch(buffer.text, batch.map((row) => rows.number(row)), (place, matches) => { if (matches) found.push(batch[place]!); });
      search.found.push(...found);
      search.looked = to;
      if (!slices.isOver) continue;
      await slices.next();
      signal.throwIfAborted();
      rows.drop();
      // Another call of the same words may have gone on meanwhile.
      search.looked = Math.max(search.looked, rows.first);
    }
    const gone = search.found.findIndex((row) => row >= rows.first);
    if (gone !== 0) search.found = gone === -1 ? [] : search.found.slice(gone);
    const { found } = search;
    if (found.length === 0) return { matches: 0 };
    const after = found.findIndex((row) => row >= from);
    const place = direction === 'forward' ? Math.max(0, after) : after === -1 ? found.length - 1 : found[after] === from ? after : after === 0 ? found.length - 1 : after - 1;
    return { matches: found.length, row: found[place]!, place: place + 1 };
  };
}
