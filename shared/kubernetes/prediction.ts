// What a start of a container would meet on a node, before anybody tries: for each policy that may be written, and for none.
import type { PullPolicy } from '../contract/findings.ts';
import type { PredictedFate } from '../contract/images.ts';
import { decisionSteps } from './decision-steps.ts';
import type { DecisionFacts } from './decision-steps.ts';
import { familiarName, parseImageReference } from './image-reference.ts';
import type { ImageReference } from './image-reference.ts';
import type { ImagePresence } from './presence.ts';
import { defaultPullPolicy } from './pull-policy.ts';
import type { RegistryAnswer } from './registry-knowledge.ts';
import { sameBuild } from './running-build.ts';
import { verdict } from './verdict.ts';
import type { Verdict } from './verdict.ts';

export interface PredictionQuestion {
  readonly image: string;
  readonly node: string;
  readonly presence: Pick<ImagePresence, 'presence' | 'onNode' | 'onHost' | 'hostImage' | 'nodeImage' | 'known'>;
  /** What is known of the registry. */
  readonly registry: RegistryAnswer;
  /** The ID of the image that the registry gave, where it is known. */
  readonly pulledId?: string | undefined;
}

const policies: readonly PredictedFate['policy'][] = ['none', 'Always', 'IfNotPresent', 'Never'];

/** The four fates of an image on one node; [] for a text that is no image's name. What is not known stays 'unknown'. */
export function predictFates(question: PredictionQuestion): PredictedFate[] {
  const reference = parseImageReference(question.image);
  return reference.ok ? policies.map((policy) => fateOf(question, reference, policy)) : [];
}

function fateOf(question: PredictionQuestion, reference: ImageReference, policy: PredictedFate['policy']): PredictedFate {
  const effective = policy === 'none' ? defaultPullPolicy(question.image) : policy;
  const { onNode } = question.presence;
  const { id, fate, ...rest } = startVerdict({ ...question, policy: effective });
  return {
    policy, effective, verdict: id, fate,
    ...(rest.warning && { warning: rest.warning }),
    decision: decisionSteps({
      image: question.image, reference, policy: effective, onNode,
      policyDetail: policy !== 'none' ? 'set' : effective === 'Always' ? 'default-latest' : 'default-tag',
      registry: registryStep(question.registry, effective === 'IfNotPresent' && onNode === 'unknown'),
      params: {
        image: familiarName(reference), node: question.node, policy: effective,
        registry: reference.domain || 'docker.io',
        hub: reference.domain === 'docker.io' || reference.domain === '' ? 'yes' : 'no',
      },
    }),
  };
}

/** The verdict for a container that is started on a node now, by what is known of the builds there. */
export function startVerdict({ policy, presence, registry, pulledId }: Pick<PredictionQuestion, 'presence' | 'registry' | 'pulledId'> & { readonly policy: PullPolicy }): Pick<Verdict, 'id' | 'fate' | 'warning'> {
  const { onNode } = presence;
  if (registry === 'has' && policy === 'Always' && onNode !== 'no') {
    const isIt = onNode === 'yes' ? sameBuild(pulledId, nodesOwn(presence)) : 'unknown';
    // Either it is the node's image or it takes its place; which of the two is not known.
    if (isIt === 'unknown') return { id: 'unknown', fate: 'unknown' };
    return verdict({ policy, onNode, registry: isIt === 'yes' ? 'has' : 'has-other' });
  }
  const { id, fate, warning } = verdict({ policy, onNode, registry });
  const told = id === 'V1' || id === 'V3' ? staleness(presence, warning) : warning;
  return { id, fate, ...(told && { warning: told }) };
}

/** An older build is one whatever the policy; one that is the very build of this computer's Docker, and in no registry, is not old. */
function staleness({ presence, hostImage, nodeImage, known }: PredictionQuestion['presence'], warning: Verdict['warning']): Verdict['warning'] {
  if (presence === 'older-build') return 'stale';
  const isLocal = hostImage !== undefined && !hostImage.RepoDigests?.length;
  const isDockers = known === 'shared-docker' || sameBuild(hostImage?.Id, nodeImage) === 'yes';
  return isLocal && isDockers ? undefined : warning;
}

function nodesOwn({ nodeImage, hostImage, known }: PredictionQuestion['presence']) {
  if (nodeImage) return nodeImage;
  return known === 'shared-docker' && hostImage ? { id: hostImage.Id, names: hostImage.RepoDigests ?? [] } : undefined;
}

function registryStep(answer: RegistryAnswer, onlyIfAbsent: boolean): DecisionFacts['registry'] {
  if (onlyIfAbsent) return { state: 'unknown', detail: 'if-absent' };
  if (answer === 'has') return { state: 'passed', detail: 'has' };
  if (answer === 'lacks') return { state: 'failed', detail: 'missing' };
  return answer === 'down' ? { state: 'failed', detail: 'unreachable' } : { state: 'unknown', detail: 'unknown' };
}
