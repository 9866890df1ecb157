// One container whose image does not come, with everything that the findings of the image family look at.
import type { Message } from '../contract/findings.ts';
import type { LocatedContainer } from '../kubernetes/containers.ts';
import { familiarName, parseImageReference } from '../kubernetes/image-reference.ts';
import type { ImageReference } from '../kubernetes/image-reference.ts';
import type { ContainerStatus, OwnerReference } from '../kubernetes/objects.ts';
import { containerPresence } from '../kubernetes/presence.ts';
import type { ImagePresence } from '../kubernetes/presence.ts';
import { isUnreachable } from '../kubernetes/pull-error.ts';
import { policyOrigin } from '../kubernetes/pull-policy.ts';
import type { PolicyOriginResult } from '../kubernetes/pull-policy.ts';
import { nearNames } from './near-names.ts';
import type { NearName } from './near-names.ts';
import { pullCause } from './pull-cause.ts';
import type { PullCause } from './pull-cause.ts';
import type { World } from './world.ts';

/** How the registry answered: it does not offer the image, asks for a login, could not be reached, failed otherwise; or nobody remembers. */
export type Outcome = 'missing' | 'login' | 'unreachable' | 'failed' | 'not-recorded';

export interface ImageCase {
  readonly world: World;
  readonly located: LocatedContainer;
  readonly status: ContainerStatus;
  readonly reference: ImageReference;
  /** As people write it, with its tag. */
  readonly image: string;
  readonly node: string;
  readonly policy: PolicyOriginResult;
  readonly presence: ImagePresence;
  readonly cause: PullCause | undefined;
  readonly outcome: Outcome;
  /** Names near to it that exist; only looked for where the image is neither on the node nor in Docker. */
  readonly near: readonly NearName[];
  /** The controller that would make the pod again as it was. */
  readonly controller: OwnerReference | undefined;
}

/** Gathers the case of a container; undefined where its image's name cannot be read. */
export function imageCase(world: World, located: LocatedContainer, status: ContainerStatus): ImageCase | undefined {
  const name = located.container.name;
  const reference = parseImageReference(located.container.image ?? '');
  if (!reference.ok) return undefined;
  const node = world.pod.spec?.nodeName ?? '';
  const presence = containerPresence(world, name);
  const elsewhere = presence.onNode === 'yes' || presence.onHost === 'yes';
  // What not every finding asks for is looked up when it is asked for: most containers have a case, and few of them a finding.
  return {
    world, located, status, reference, node, presence,
    image: familiarName(reference),
    controller: world.pod.metadata.ownerReferences?.find((o) => o.controller),
    get cause() { return kept(this, 'cause', pullCause(world, name, status)); },
    get policy() { return kept(this, 'policy', policyOrigin(world.pod, name, world.owners)); },
    get outcome() { return kept(this, 'outcome', outcomeOf(this.cause)); },
    get near() { return kept(this, 'near', elsewhere ? [] : nearNames(reference, node, world)); },
  };
}

/** The value takes the place of what found it. */
function kept<Value>(subject: object, name: string, value: Value): Value {
  Object.defineProperty(subject, name, { value, enumerable: true });
  return value;
}

/** The parameters that most sentences of the family use. `hub` is there because a sentence cannot select on a name with dots. */
export function commonParams({ image, reference, node, policy, outcome, presence }: ImageCase): Message['params'] {
  return {
    image, node, outcome: selectable(outcome),
    registry: reference.domain || 'docker.io',
    hub: reference.domain === 'docker.io' || reference.domain === '' ? 'yes' : 'no',
    policy: policy.policy,
    origin: selectable(originKey(policy)),
    store: selectable(presence.store?.kind ?? 'generic'),
  };
}

/** The last part of the keys that tell a policy's origin. */
export function originKey({ certain, origin }: PolicyOriginResult): string {
  return certain ? origin : 'set-or-earlier-tag';
}

/** A word as a sentence can select on it: ICU's keywords have no hyphens. */
export function selectable(word: string): string {
  return word.replaceAll('-', '_');
}

/** Whether the node can be given an image from Docker: its store can be written only inside a node container that we know. */
export function canLoad({ presence, reference }: ImageCase): boolean {
  // A digest is not kept by a load: the image would be there and still not be found.
  return presence.onHost === 'yes' && reference.digest === undefined && (presence.store?.kind === 'kind' || presence.store?.kind === 'minikube');
}

/** A cluster that forces Always on every pod does so on the next one too. */
export function isForced({ policy }: ImageCase): boolean {
  return policy.origin === 'admission' && policy.policy === 'Always';
}

function outcomeOf(cause: PullCause | undefined): Outcome {
  if (!cause) return 'not-recorded';
  if (isUnreachable(cause.error)) return 'unreachable';
  const { class: found } = cause.error;
  if (found === 'DENIED_OR_MISSING' || found === 'TAG_MISSING') return 'missing';
  return found === 'AUTH' || found === 'FORBIDDEN' ? 'login' : 'failed';
}
