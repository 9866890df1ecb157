import { expect, test } from 'vitest';
import type { PredictedFate, Prediction } from '../../../shared/contract/images.ts';
import { fateInOneWord, fatesOf } from './policy-fates.ts';

const fate = (policy: PredictedFate['policy'], verdict: string, of: PredictedFate['fate']): PredictedFate => ({ policy, effective: 'Always', verdict, fate: of, decision: [] });
const node = (name: string, fates: PredictedFate[]): Prediction['nodes'][number] => ({ node: name, presence: 'present', fates });
const stuck = [fate('none', 'V9', 'stuck'), fate('Always', 'V9', 'stuck'), fate('IfNotPresent', 'V3', 'starts')];

test('nodes of the same fate are told together, with the sentence why', () => {
  const prediction: Prediction = { image: 'a', registry: 'lacks', nodes: [node('x', stuck), node('y', stuck)] };
  expect(fatesOf(prediction, 'Always')).toEqual([{ nodes: ['x', 'y'], effective: 'Always', fate: 'stuck', key: 'verdict.V9' }]);
  expect(fateInOneWord(prediction, 'none')).toBe('stuck');
  expect(fateInOneWord(prediction, 'IfNotPresent')).toBe('starts');
});

test('no word for all where nodes differ, or nobody knows', () => {
  const prediction: Prediction = { image: 'a', registry: 'lacks', nodes: [node('x', stuck), node('y', [fate('Always', 'V11', 'downloads')])] };
  expect(fatesOf(prediction, 'Always')).toHaveLength(2);
  expect(fateInOneWord(prediction, 'Always')).toBeUndefined();
  expect(fateInOneWord(undefined, 'Always')).toBeUndefined();
});
