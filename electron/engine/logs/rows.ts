// The rows that a filter shows: the kept lines that it lets through.
import type { LineFilter, Severity } from '../../../shared/contract/logs.ts';
import { SEVERITY_LOOKS_AT, severityOf } from '../../../shared/logs/severity.ts';
import { lineMatch, type LineMatch } from './line-match.ts';
import type { LogBuffer } from './log-buffer.ts';
import type { Slices } from './slices.ts';

export interface Rows {
  readonly first: number;
  /** After the last one. */
  readonly end: number;
  /** Up to which line it has looked. */
  readonly looked: number;
  /** The number of a row's line. */
  number(row: number): number;
  /** The row of a line, or of the next one that is shown; `end` where there is none. */
  rowOf(number: number): number;
  /** Looks at lines that came since, for one slice or until there are no more. @throws Failure LOG_PATTERN_INVALID where the expression takes too long */
  look(slices: Slices): void;
  /** Forgets the rows of lines that are not kept any more. */
  drop(): void;
}

const BATCH = 256;

/** @throws Failure LOG_PATTERN_INVALID */
export function createRows(buffer: LogBuffer, filter: LineFilter): Rows {
  const match = lineMatch(filter);
  const asked = new Set(filter.severities);
  return match.isAll && !filter.isNegated && asked.size === 0 ? allRows(buffer) : foundRows(buffer, filter, match, asked);
}

function allRows(buffer: LogBuffer): Rows {
  // Rows are numbered from 0 on, also where the first lines are not kept any more.
  const offset = buffer.first;
  return {
    get first() { return buffer.first - offset; },
    get end() { return buffer.end - offset; },
    get looked() { return buffer.end; },
    number: (row) => row + offset,
    rowOf: (number) => Math.min(Math.max(number, buffer.first), buffer.end) - offset,
    look() {},
    drop() {},
  };
}

function foundRows(buffer: LogBuffer, filter: LineFilter, match: LineMatch, asked: ReadonlySet<Severity>): Rows {
  let numbers = new Float64Array(1024);
  let first = 0;
  let end = 0;
  let looked = buffer.first;
  const push = (number: number) => {
    if (end - first === numbers.length) {
      const larger = new Float64Array(numbers.length * 2);
      for (let row = first; row < end; row += 1) larger[row % larger.length] = numbers[row % numbers.length]!;
      numbers = larger;
    }
    numbers[end % numbers.length] = number;
    end += 1;
  };
  const number = (row: number) => numbers[row % numbers.length]!;
  return {
    get first() { return first; },
    get end() { return end; },
    get looked() { return looked; },
    number,
    rowOf(sought) {
      let [low, high] = [first, end];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (number(middle) < sought) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    look(slices) {
      looked = Math.max(looked, buffer.first);
      while (looked < buffer.end && !slices.isOver) {
        const batch: number[] = [];
        const to = Math.min(buffer.end, looked + BATCH);
        for (let next = looked; next < to; next += 1) if (asked.size === 0 || isAsked(asked, severityIn(buffer, next))) batch.push(next);
        const fits = new Uint8Array(batch.length);
        looked = to;
        try {
          match.batch(buffer.text, batch, (place, matches) => { fits[place] = matches === filter.isNegated ? 0 : 1; });
        } finally {
          for (const [place, line] of batch.entries()) if (fits[place] === 1) push(line);
        }
      }
    },
    drop() {
      while (first < end && number(first) < buffer.first) first += 1;
    },
  };
}

const isAsked = (asked: ReadonlySet<Severity>, severity: Severity | undefined) => severity !== undefined && asked.has(severity);

const severities: readonly (Severity | undefined)[] = [undefined, 'error', 'warning', 'info', 'debug'];

/** Guessed once for each line, when it is asked for. */
export function severityIn(buffer: LogBuffer, number: number): Severity | undefined {
  const mark = buffer.mark(number);
  if (mark > 0) return severities[mark - 1];
  const severity = severityOf(buffer.text(number, SEVERITY_LOOKS_AT));
  buffer.setMark(number, severities.indexOf(severity) + 1);
  return severity;
}
