import { expect, test } from 'vitest';
import type { DecisionStep } from '../../shared/contract/findings.ts';
import { lineOf } from './decision-line.ts';

type State = DecisionStep['state'];
const ids = ['tag', 'policy', 'node', 'registry'] as const;
const message = { key: 'decision.label', params: {} };
const steps = (...states: State[]): DecisionStep[] => states.map((state, at) => ({ id: ids[at]!, state, title: message, detail: message }));

test.each<[string, State[], boolean, string, string, string]>([
  ['Always, and the registry lacks it', ['passed', 'passed', 'skipped', 'failed'], true, 'passed passed skipped failed', '- - not-asked no', 'lit lit lit lit'],
  ['the same without an outcome', ['passed', 'passed', 'skipped', 'failed'], false, 'passed passed skipped failed', '- - not-asked no', 'lit lit lit off'],
  ['IfNotPresent, and it is there', ['passed', 'passed', 'passed', 'skipped'], true, 'passed passed passed skipped', '- - yes not-asked', 'lit lit lit lit'],
  ['the same without an outcome', ['passed', 'passed', 'passed', 'skipped'], false, 'passed passed passed skipped', '- - yes not-asked', 'lit lit off off'],
  ['IfNotPresent, not there, the registry has it: no failure anywhere', ['passed', 'passed', 'failed', 'passed'], true, 'passed passed turn passed', '- - no yes', 'lit lit lit lit'],
  ['IfNotPresent, nowhere', ['passed', 'passed', 'failed', 'failed'], true, 'passed passed turn failed', '- - no no', 'lit lit lit lit'],
  ['Never, not there', ['passed', 'passed', 'failed', 'skipped'], true, 'passed passed failed skipped', '- - no not-asked', 'lit lit lit lit'],
  ['the node is not known', ['passed', 'passed', 'unknown', 'unknown'], true, 'passed passed unknown unknown', '- - open open', 'lit lit unknown unknown'],
  ['only the registry is not known', ['passed', 'passed', 'failed', 'unknown'], true, 'passed passed turn unknown', '- - no open', 'lit lit lit unknown'],
])('%s', (_, states, hasEnd, looks, answers, onward) => {
  const line = lineOf(steps(...states), hasEnd);
  expect(line.map(({ look }) => look).join(' ')).toBe(looks);
  expect(line.map(({ answer }) => answer ?? '-').join(' ')).toBe(answers);
  expect(line.map((station) => station.onward).join(' ')).toBe(onward);
});
