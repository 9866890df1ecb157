// IMG-15 and IMG-19: a name that cannot be read, and a node that cannot read its own images.
import type { Finding, Fix } from '../contract/findings.ts';
import { parseImageReference } from '../kubernetes/image-reference.ts';
import { defaultPullPolicy, policyOrigin } from '../kubernetes/pull-policy.ts';
import { findingOf, isChangeable, retryFix, writeFix } from './cause.ts';
import type { ContainerCase } from './cause.ts';
import { correctedName } from './corrected-name.ts';
import { eventEvidence, fieldEvidence, nodeEvidence, waitingEvidence } from './evidence.ts';
import { restartRuntime } from './image-lines.ts';
import type { NodeStore } from './world.ts';

export function diagnoseImageName(c: ContainerCase): Finding | undefined {
  if (c.waiting.reason === 'InvalidImageName') return invalidName(c);
  return c.waiting.reason === 'ImageInspectError' ? unreadableStore(c) : undefined;
}

/** IMG-15. */
function invalidName(c: ContainerCase): Finding {
  const { image = '' } = c.located.container;
  const better = correctedName(image) ?? nameOfId(c, image);
  return findingOf(c, 'IMG-15', {
    confidence: 'proven',
    params: { image, why: whyInvalid(image), better: better ?? 'none', corrected: better === undefined ? 'no' : 'yes' },
    evidence: [fieldEvidence(c, `${c.located.path}.image`, image), waitingEvidence(c)],
    raw: c.waiting.message,
    fixes: [...(better === undefined ? [] : useName(c, better)), writeFix('F5.image', { path: `${c.located.path}.image` }, { recommended: better === undefined, params: { container: c.name } })],
  });
}

/** A word for the sentence; the order is that in which the kubelet's library looks. */
function whyInvalid(image: string): string {
  if (/^[a-z]+:\/\//.test(image)) return 'scheme';
  if (/::/.test(image)) return 'colons';
  if (/:(?:@|$)/.test(image)) return 'empty_tag';
  const reference = parseImageReference(image);
  return reference.ok ? 'format' : reference.reason.replaceAll('-', '_');
}

/** Docker's image with that ID: it has a name. */
function nameOfId({ world: { hostImages } }: ContainerCase, image: string): string | undefined {
  if (hostImages === 'unknown' || !/^[a-f0-9]{64}$/.test(image)) return undefined;
  return hostImages.find(({ Id }) => Id === `sha256:${image}`)?.RepoTags?.find((tag) => parseImageReference(tag).ok && !tag.includes('<none>'));
}

/** A policy that nobody set would be Always for this name: then only a registry could give what may be here. */
function useName(c: ContainerCase, image: string): Fix[] {
  if (!isChangeable(c)) return [];
  const { policy, origin } = policyOrigin(c.pod, c.name, c.world.owners);
  const kept = origin === 'set' || origin === 'changed-later' || origin === 'earlier-tag' ? policy : defaultPullPolicy(image);
  return [{ action: 'recreate', image, ...(kept === 'Always' && origin !== 'set' && { policy: 'IfNotPresent' as const }), recommended: true, danger: 'y' }];
}

/** IMG-19: a failed look into the store (pkg/kubelet/images/image_manager.go, ErrImageInspect); nothing about this image is known by it. */
function unreadableStore(c: ContainerCase): Finding {
  const { nodes } = c.world;
  const node = nodes === 'unknown' ? undefined : nodes.find(({ metadata }) => metadata.name === c.pod.spec?.nodeName);
  const pressed = node?.status?.conditions?.filter(({ type, status }) => (type === 'Ready' ? status !== 'True' : status === 'True')) ?? [];
  const failed = c.ownEvents.find(({ reason }) => reason === 'InspectFailed');
  return findingOf(c, 'IMG-19', {
    confidence: 'proven',
    params: { image: c.located.container.image ?? '' },
    evidence: [
      waitingEvidence(c), ...(failed ? [eventEvidence(failed)] : []),
      ...(node ? pressed.map((each) => nodeEvidence(node, `status.conditions[${node.status?.conditions?.indexOf(each) ?? 0}]`, `${each.type}=${each.status}`)) : []),
    ],
    raw: c.waiting.message,
    fixes: [...retryFix(c), ...restartRuntime(storeKind(c), c.pod.spec?.nodeName ?? '')],
  });
}

function storeKind({ world: { stores }, pod }: ContainerCase): NodeStore['kind'] | undefined {
  return stores === 'unknown' ? undefined : stores.find(({ node }) => node === pod.spec?.nodeName)?.kind;
}
