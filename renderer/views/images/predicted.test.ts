import { describe, expect, test } from 'vitest';
import type { DecisionStep, Presence } from '../../../shared/contract/findings.ts';
import type { PredictedFate, Prediction } from '../../../shared/contract/images.ts';
import { groupNodes, reasonKey } from './predicted.ts';

const step = (id: DecisionStep['id'], state: DecisionStep['state'], node = 'a'): DecisionStep =>
  ({ id, state, title: { key: 'decision.label', params: {} }, detail: { key: 'decision.label', params: { node } } });
const fate = (more: Partial<PredictedFate> = {}): PredictedFate => ({ policy: 'none', effective: 'Always', verdict: 'V9', fate: 'stuck', decision: [], ...more });
const on = (node: string, presence: Presence, fates: PredictedFate[]): Prediction['nodes'][number] => ({ node, presence, fates });

describe('nodes of the same fate', () => {
  test('are told together, though each step names its own node', () => {
    const groups = groupNodes(['a', 'b'].map((node) => on(node, 'present', [fate({ decision: [step('node', 'passed', node)] })])));
    expect(groups.map(({ nodes }) => nodes)).toEqual([['a', 'b']]);
  });

  test('but not where the image is on one of them', () => {
    const groups = groupNodes([on('a', 'present', [fate()]), on('b', 'not-found', [fate({ verdict: 'V12' })]), on('c', 'present', [fate()])]);
    expect(groups.map(({ nodes, presence }) => [nodes.join(' '), presence])).toEqual([['a c', 'present'], ['b', 'not-found']]);
  });
});

test.each<[string, Partial<PredictedFate>, Presence, string]>([
  ['a row of the table', { verdict: 'V9', fate: 'stuck', warning: 'ignored' }, 'present', 'V9'],
  ['an older build', { verdict: 'V3', fate: 'starts', warning: 'stale' }, 'older-build', 'older-build'],
  ['what may become old', { verdict: 'V3', fate: 'starts', warning: 'stale' }, 'present', 'V3'],
  ['nobody asked the registry', { verdict: 'unknown', fate: 'unknown', decision: [step('node', 'skipped'), step('registry', 'unknown')] }, 'present', 'unknown.registry'],
  ['the node is not known, and Never', { verdict: 'unknown', fate: 'unknown', decision: [step('node', 'unknown'), step('registry', 'skipped')] }, 'unknown', 'unknown.node'],
  ['neither is known', { verdict: 'unknown', fate: 'unknown', decision: [step('node', 'unknown'), step('registry', 'unknown')] }, 'unknown', 'unknown.both'],
  ['the registry has one of the name', { verdict: 'unknown', fate: 'unknown', decision: [step('node', 'skipped'), step('registry', 'passed')] }, 'present', 'unknown.which'],
  ['the registry lacks it, whatever the node has', { verdict: 'unknown', fate: 'stuck' }, 'unknown', 'either-way.stuck'],
  ['the registry has another one, whatever the node has', { verdict: 'unknown', fate: 'downloads' }, 'unknown', 'either-way.downloads'],
])('why: %s', (_, more, presence, key) => expect(reasonKey(fate(more), presence)).toBe(`verdict.${key}`));
