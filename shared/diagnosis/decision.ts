// The kubelet's decision in four steps (EnsureImageExists in pkg/kubelet/images/image_manager.go), and which way this pod went.
import type { DecisionStep } from '../contract/findings.ts';
import { commonParams, originKey } from './image-case.ts';
import type { ImageCase } from './image-case.ts';

/** Tag, policy, node, registry; always all four. A step that this policy passes over is `skipped`. */
export function decisionOf(c: ImageCase): DecisionStep[] {
  const params = commonParams(c);
  const step = (id: DecisionStep['id'], state: DecisionStep['state'], detail: string): DecisionStep =>
    ({ id, state, title: { key: `decision.${id}.title`, params: {} }, detail: { key: `decision.${id}.${detail}`, params } });
  return [step('tag', 'passed', tagDetail(c)), step('policy', 'passed', originKey(c.policy)), nodeStep(c, step), registryStep(c, step)];
}

type MakeStep = (id: DecisionStep['id'], state: DecisionStep['state'], detail: string) => DecisionStep;

function tagDetail({ reference, located }: ImageCase): string {
  if (reference.tag === undefined) return 'digest';
  if (reference.tag !== 'latest') return 'other';
  return /:latest(?:@|$)/.test(located.container.image ?? '') ? 'latest' : 'none';
}

function nodeStep({ policy, presence }: ImageCase, step: MakeStep): DecisionStep {
  if (policy.policy === 'Always') {
    return step('node', 'skipped', presence.onNode === 'yes' ? 'ignored' : 'not-asked');
  }
  if (presence.onNode === 'unknown') return step('node', 'unknown', 'unknown');
  return presence.onNode === 'yes' ? step('node', 'passed', 'present') : step('node', 'failed', 'absent');
}

function registryStep({ policy, presence, outcome }: ImageCase, step: MakeStep): DecisionStep {
  if (policy.policy === 'Never') return step('registry', 'skipped', 'never');
  if (policy.policy === 'IfNotPresent' && presence.onNode === 'yes') return step('registry', 'skipped', 'not-needed');
  return step('registry', 'failed', outcome);
}
