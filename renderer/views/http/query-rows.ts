// The query as a table, in two ways: rows read out of the path, and the path written from the rows. The path alone is what is sent; rows that
// are switched off stand only in the table.
import { VARIABLE } from '../../../shared/http/variables.ts';
import type { PairRow } from './pair-rows.ts';

/** `raw`: how a row that was read stands in the path: while it is not edited it is written so again. */
export type QueryRow = PairRow & { readonly raw?: string };

/** The rows of a path's query. Of the rows `before`, those that are switched off keep their places. */
export function queryRows(path: string, before: readonly QueryRow[] = []): QueryRow[] {
  const query = /\?([^#]*)/.exec(path)?.[1] ?? '';
  const rows = query.split('&').filter((part) => part !== '').map(rowOf);
  for (const [at, row] of before.entries()) if (!row.isOn) rows.splice(Math.min(at, rows.length), 0, row);
  return rows;
}

/** The path with the rows as its query: those that are on, and have a name or a value. */
export function withQuery(path: string, rows: readonly QueryRow[]): string {
  const before = path.replace(/[?#].*$/s, '');
  const query = rows.filter(({ isOn, name, value }) => isOn && (name !== '' || value !== '')).map(rawOf).join('&');
  return query === '' ? before : `${before}?${query}`;
}

function rowOf(raw: string): QueryRow {
  const at = raw.indexOf('=');
  return { name: decoded(at < 0 ? raw : raw.slice(0, at)), value: at < 0 ? '' : decoded(raw.slice(at + 1)), isOn: true, raw };
}

function rawOf({ name, value, raw }: QueryRow): string {
  const read = raw === undefined ? undefined : rowOf(raw);
  if (raw !== undefined && read?.name === name && read.value === value) return raw;
  return `${encoded(name)}=${encoded(value)}`;
}

/** A variable stays one: its value is encoded when it is sent. */
function encoded(text: string): string {
  const whole = text.toWellFormed();
  let written = '';
  let from = 0;
  for (const { index, 0: variable } of whole.matchAll(VARIABLE)) {
    written += encodeURIComponent(whole.slice(from, index)) + variable;
    from = index + variable.length;
  }
  return written + encodeURIComponent(whole.slice(from));
}

/** + is a blank in the query of a form, which is what servers read (URL Standard, 5.1). What is not encoded rightly stays as it is. */
function decoded(text: string): string {
  const blanks = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(blanks);
  } catch {
    return blanks;
  }
}
