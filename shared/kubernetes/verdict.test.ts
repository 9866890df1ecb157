import { expect, test } from 'vitest';
import { fateOf, verdict } from './verdict.ts';
import type { Verdict, VerdictQuestion } from './verdict.ts';

const pulling = ['ErrImagePull', 'ImagePullBackOff'];
const never = ['ErrImageNeverPull'];
type Row = readonly [policy: VerdictQuestion['policy'], onNode: VerdictQuestion['onNode'], registry: VerdictQuestion['registry'],
  possible: string, fate: Verdict['fate'], reasons: readonly string[], asksRegistry: boolean, warning?: Verdict['warning']];
const anyRegistry = ['has', 'has-other', 'lacks', 'down', 'unknown'] as const;

const rows: readonly Row[] = [
  ...anyRegistry.map((registry): Row => ['Never', 'yes', registry, 'V1', 'starts', [], false]),
  ...anyRegistry.map((registry): Row => ['Never', 'no', registry, 'V2', 'stuck', never, false]),
  ...anyRegistry.map((registry): Row => ['Never', 'unknown', registry, 'V1 V2', 'unknown', [], false]),
  ...anyRegistry.map((registry): Row => ['IfNotPresent', 'yes', registry, 'V3', 'starts', [], false, 'stale']),
  ['IfNotPresent', 'no', 'has', 'V4', 'downloads', [], true],
  ['IfNotPresent', 'no', 'has-other', 'V4', 'downloads', [], true],
  ['IfNotPresent', 'no', 'lacks', 'V5', 'stuck', pulling, true],
  ['IfNotPresent', 'no', 'down', 'V6', 'stuck', pulling, true],
  ['IfNotPresent', 'no', 'unknown', 'V4 V5 V6', 'unknown', [], true],
  ['IfNotPresent', 'unknown', 'has', 'V3 V4', 'unknown', [], true],
  ['IfNotPresent', 'unknown', 'has-other', 'V3 V4', 'unknown', [], true],
  ['IfNotPresent', 'unknown', 'lacks', 'V3 V5', 'unknown', [], true],
  ['IfNotPresent', 'unknown', 'down', 'V3 V6', 'unknown', [], true],
  ['IfNotPresent', 'unknown', 'unknown', 'V3 V4 V5 V6', 'unknown', [], true],
  ['Always', 'yes', 'has', 'V7', 'starts', [], true],
  ['Always', 'yes', 'has-other', 'V8', 'downloads', [], true, 'other-image'],
  ['Always', 'yes', 'lacks', 'V9', 'stuck', pulling, true, 'ignored'],
  ['Always', 'yes', 'down', 'V10', 'stuck', pulling, true, 'ignored'],
  ['Always', 'yes', 'unknown', 'V7 V8 V9 V10', 'unknown', [], true],
  ['Always', 'no', 'has', 'V11', 'downloads', [], true],
  ['Always', 'no', 'has-other', 'V11', 'downloads', [], true],
  ['Always', 'no', 'lacks', 'V12', 'stuck', pulling, true],
  ['Always', 'no', 'down', 'V12', 'stuck', pulling, true],
  ['Always', 'no', 'unknown', 'V11 V12', 'unknown', [], true],
  ['Always', 'unknown', 'has', 'V7 V11', 'unknown', [], true],
  ['Always', 'unknown', 'has-other', 'V8 V11', 'downloads', [], true],
  ['Always', 'unknown', 'lacks', 'V9 V12', 'stuck', pulling, true],
  ['Always', 'unknown', 'down', 'V10 V12', 'stuck', pulling, true],
  ['Always', 'unknown', 'unknown', 'V7 V8 V9 V10 V11 V12', 'unknown', [], true],
];

test('the table has every question', () => {
  expect(new Set(rows.map(([policy, onNode, registry]) => `${policy} ${onNode} ${registry}`)).size).toBe(3 * 3 * 5);
});

test.each(rows.map((row) => ({ row })))('$row.0, on node: $row.1, registry: $row.2 -> $row.3', ({ row }) => {
  const [policy, onNode, registry, possible, fate, reasons, asksRegistry, warning] = row;
  const ids = possible.split(' ');
  expect(verdict({ policy, onNode, registry })).toEqual({
    id: ids.length === 1 ? ids[0] : 'unknown', possible: ids, fate, reasons, asksRegistry, ...(warning && { warning }),
  });
});

test('the fate of a row of the table, and of what is none', () => {
  expect(['V1', 'V2', 'V4', 'V10', 'V12'].map(fateOf)).toEqual(['starts', 'stuck', 'downloads', 'stuck', 'stuck']);
  expect(['unknown', 'V13', 'constructor', ''].map(fateOf)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
});
