// The variables as they are typed, before they are kept.
import type { Message } from '../../../../shared/contract/findings.ts';
import { isVariableName } from '../../../../shared/http/variables.ts';

export interface VariableRow {
  readonly name: string;
  readonly value: string;
}
export type ReadVariables = { readonly ok: true; readonly values: Record<string, string> } | { readonly ok: false; readonly problem: Message; readonly row: number };

export function variableRows(values: Readonly<Record<string, string>>): VariableRow[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** What the rows say, without those in which nothing is typed; or the first row that cannot be kept. */
export function readVariableRows(rows: readonly VariableRow[]): ReadVariables {
  const values = new Map<string, string>();
  for (const [row, { name: typed, value }] of rows.entries()) {
    const name = typed.trim();
    if (name === '' && value === '') continue;
    if (!isVariableName(name) || name === '__proto__') return { ok: false, row, problem: { key: name === '' ? 'http.variables.name-missing' : 'http.variables.name-wrong', params: { name } } };
    if (values.has(name)) return { ok: false, row, problem: { key: 'http.variables.name-twice', params: { name } } };
    values.set(name, value);
  }
  return { ok: true, values: Object.fromEntries(values) };
}
