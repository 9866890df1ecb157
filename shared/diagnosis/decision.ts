// The kubelet's decision in four steps, and which way this pod went.
import type { DecisionStep } from '../contract/findings.ts';
import { decisionSteps } from '../kubernetes/decision-steps.ts';
import { commonParams, originKey } from './image-case.ts';
import type { ImageCase } from './image-case.ts';

/** Tag, policy, node, registry; always all four. The image did not come, so a registry that was asked did not give it. */
export function decisionOf(c: ImageCase): DecisionStep[] {
  return decisionSteps({
    image: c.located.container.image ?? '',
    reference: c.reference,
    policy: c.policy.policy,
    policyDetail: originKey(c.policy),
    onNode: c.presence.onNode,
    registry: { state: 'failed', detail: c.outcome },
    params: commonParams(c),
  });
}
