// The kubelet's decision as a picture of four steps (EnsureImageExists in pkg/kubelet/images/image_manager.go): the same for what a pod met
// and for what one would meet.
import type { DecisionStep, Message, PullPolicy } from '../contract/findings.ts';
import type { ImageReference } from './image-reference.ts';
import type { YesNoUnknown } from './presence.ts';

export interface DecisionFacts {
  /** As the manifest writes it. */
  readonly image: string;
  readonly reference: ImageReference;
  /** The policy that applies, and the last part of `decision.policy.*`: how it came to be. */
  readonly policy: PullPolicy;
  readonly policyDetail: string;
  readonly onNode: YesNoUnknown;
  /** How the registry answers, if it is asked: the last part of `decision.registry.*`. */
  readonly registry: { readonly state: 'passed' | 'failed' | 'unknown'; readonly detail: string };
  readonly params: Message['params'];
}

/** Tag, policy, node, registry; always all four. A step that this policy passes over is `skipped`. */
export function decisionSteps(facts: DecisionFacts): DecisionStep[] {
  const step = (id: DecisionStep['id'], [state, detail]: Outcome): DecisionStep =>
    ({ id, state, title: { key: `decision.${id}.title`, params: {} }, detail: { key: `decision.${id}.${detail}`, params: facts.params } });
  return [step('tag', ['passed', tagDetail(facts)]), step('policy', ['passed', facts.policyDetail]), step('node', node(facts)), step('registry', registry(facts))];
}

type Outcome = readonly [state: DecisionStep['state'], detail: string];

function tagDetail({ reference, image }: DecisionFacts): string {
  if (reference.tag === undefined) return 'digest';
  if (reference.tag !== 'latest') return 'other';
  return /:latest(?:@|$)/.test(image) ? 'latest' : 'none';
}

function node({ policy, onNode }: DecisionFacts): Outcome {
  if (policy === 'Always') return ['skipped', onNode === 'yes' ? 'ignored' : 'not-asked'];
  if (onNode === 'unknown') return ['unknown', 'unknown'];
  return onNode === 'yes' ? ['passed', 'present'] : ['failed', 'absent'];
}

function registry({ policy, onNode, registry: { state, detail } }: DecisionFacts): Outcome {
  if (policy === 'Never') return ['skipped', 'never'];
  if (policy === 'IfNotPresent' && onNode === 'yes') return ['skipped', 'not-needed'];
  return [state, detail];
}
