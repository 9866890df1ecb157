import { expect, test } from 'vitest';
import { readVariableRows, variableRows } from './variable-rows.ts';

test('rows are what was kept, and what is kept of them', () => {
  const values = { token: 'a', 이름: '', 'a.b-c_1': '{{x}}' };
  expect(readVariableRows([...variableRows(values), { name: ' ', value: '' }])).toEqual({ ok: true, values });
});

test.each([
  [' ', 'x', 'http.variables.name-missing'], ['a b', '', 'http.variables.name-wrong'], ['1a', '', 'http.variables.name-wrong'], ['{{a}}', '', 'http.variables.name-wrong'],
  ['__proto__', '', 'http.variables.name-wrong'], [' first', '', 'http.variables.name-twice'],
])('%j with %j is not kept, and its row is told', (name, value, key) => {
  expect(readVariableRows([{ name: 'first', value: '1' }, { name, value }])).toMatchObject({ ok: false, row: 1, problem: { key } });
});
