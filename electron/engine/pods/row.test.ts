import { expect, test } from 'vitest';
import type { Finding } from '../../../shared/contract/findings.ts';
import { now, podOf, sharedWorld } from '../../../shared/diagnosis/sample-worlds.ts';
import { podRowOf } from './row.ts';

const finding = (id: string, severity: Finding['severity']): Finding => ({ id, severity, confidence: 'proven', message: { key: id, params: {} }, evidence: [], fixes: [] });
const well = podOf({ status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ name: 'app', ready: true, state: { running: { startedAt: now.toISOString() } } }] } });
const headlineOf = (pod: typeof well, ...findings: Finding[]) => podRowOf(sharedWorld(pod), findings).headline?.id;

test.each([
  ['a pod that is well: no hint', headlineOf(well, finding('SVC-07', 'info')), undefined],
  ['but what is wrong with it', headlineOf(well, finding('SVC-07', 'info'), finding('IMG-16', 'warning')), 'IMG-16'],
  ['a pod that is not: also what is only told', headlineOf(podOf(), finding('IMG-23', 'info')), 'IMG-23'],
  ['nothing', headlineOf(podOf()), undefined],
])('%s', (_, headline, expected) => {
  expect(headline).toBe(expected);
});
