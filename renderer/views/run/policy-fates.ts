// What each choice of policy would come to, as the form tells it.
import type { PredictedFate, Prediction } from '../../../shared/contract/images.ts';
import { groupNodes, reasonKey } from '../images/predicted.ts';

export type PolicyChoice = PredictedFate['policy'];
export const policyChoices: readonly PolicyChoice[] = ['none', 'IfNotPresent', 'Always', 'Never'];

export interface PolicyFate {
  readonly nodes: readonly string[];
  readonly effective: PredictedFate['effective'];
  readonly fate: PredictedFate['fate'];
  /** The sentence why. */
  readonly key: string;
}

/** The fates of one policy, nodes of the same fate together. */
export function fatesOf(prediction: Prediction | undefined, policy: PolicyChoice): PolicyFate[] {
  return groupNodes(prediction?.nodes ?? []).flatMap(({ nodes, presence, fates }) => {
    const found = fates.find((each) => each.policy === policy);
    return found ? [{ nodes, effective: found.effective, fate: found.fate, key: reasonKey(found, presence) }] : [];
  });
}

/** One word for all nodes; undefined where they differ or nothing is known. */
export function fateInOneWord(prediction: Prediction | undefined, policy: PolicyChoice): PolicyFate['fate'] | undefined {
  const [first, ...others] = fatesOf(prediction, policy);
  return first && others.every(({ fate }) => fate === first.fate) ? first.fate : undefined;
}
