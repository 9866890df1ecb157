// Names with values as a person keeps them in a table: each can be switched off without being lost.
import type { Message } from '../../../shared/contract/findings.ts';

export interface PairRow {
  readonly name: string;
  readonly value: string;
  readonly isOn: boolean;
  /** Of a part of a multipart body: `value` is the path of a file on this computer. */
  readonly isFile?: boolean;
}
export type Pairs = [name: string, value: string][];

/** The rows that count: switched on, and with a name. */
export function pairsOf(rows: readonly PairRow[]): Pairs {
  return rows.filter(({ isOn, name }) => isOn && name.trim() !== '').map(({ name, value }) => [name.trim(), value]);
}

/** How many count, for the button that shows the table. */
export const countOn = (rows: readonly PairRow[]): number => rows.filter(({ isOn, name }) => isOn && name.trim() !== '').length;

/** A field name is a token (RFC 9110, 5.1 and 5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Which may hold no line break nor NUL (RFC 9110, 5.5), and nothing that does not fit into a byte. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Why a header cannot be sent; undefined where it can, or is not sent. */
export function headerProblem({ name, value, isOn }: PairRow): Message | undefined {
  if (!isOn || (name.trim() === '' && value === '')) return undefined;
  if (!NAME.test(name.trim())) return { key: 'http.headers.name-wrong', params: { name: name.trim() } };
  return VALUE.test(value) ? undefined : { key: 'http.headers.value-wrong', params: { name: name.trim() } };
}

/** Reads pasted `Name: value` lines as rows; undefined where a line is none. */
export function readHeaderLines(text: string): PairRow[] | undefined {
  const rows: PairRow[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const at = line.indexOf(':');
    const row = { name: line.slice(0, Math.max(at, 0)).trim(), value: line.slice(at + 1).trim(), isOn: true };
    if (headerProblem(row) !== undefined || row.name === '') return undefined;
    rows.push(row);
  }
  return rows;
}
