// The image family of the catalogue: IMG-01, 02, 03, 05, 08, 09 and 18, for one container. The order is: the image is here after all (01, 02),
// then what the registry said (03, 05), then that it said nothing (08, 09); so the headline is what can be repaired here.
import type { Finding, Fix, Message } from '../contract/findings.ts';
import type { PullErrorClass } from '../kubernetes/pull-error.ts';
import { decisionOf } from './decision.ts';
import { commonParams } from './image-case.ts';
import type { ImageCase } from './image-case.ts';
import { credentialsEvidence, imageEvidence } from './image-evidence.ts';
import { allowDownload, bringImage, hurry, useLocalImage, useNearName } from './image-fixes.ts';

const pullReasons: readonly string[] = ['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable'];

/** Failures that a policy or a load would not cure, because the pull got past the question whether the registry has the image. */
const pastTheRegistry: readonly PullErrorClass[] = ['DISK_FULL', 'CORRUPT', 'SIGNATURE', 'QPS', 'CANCELED'];
const registrySaysNo: readonly PullErrorClass[] = ['DENIED_OR_MISSING', 'TAG_MISSING', 'AUTH', 'DNS', 'NO_ROUTE', 'TIMEOUT', 'REFUSED'];

/** Whether this waiting reason is one that the image family explains. */
export function isImageReason(reason: string): boolean {
  return reason === 'ErrImageNeverPull' || pullReasons.includes(reason);
}

/** Why this container's image does not come; undefined where no cause of this family is proven or matched. */
export function diagnoseImage(c: ImageCase): Finding | undefined {
  const { policy, presence, cause } = c;
  if (c.status.state?.waiting?.reason === 'ErrImageNeverPull') return neverPull(c);
  if (policy.policy !== 'Always' && presence.onNode === 'yes') return cause && arrived(c, cause.error.class);
  if (policy.policy === 'Always' && presence.onNode === 'yes' && (!cause || registrySaysNo.includes(cause.error.class))) return localButAlways(c);
  if (isOnlyInDocker(c) && !(cause && pastTheRegistry.includes(cause.error.class))) return onlyInDocker(c);
  return cause && byClass(c, cause.error.class);
}

/** IMG-01. */
function localButAlways(c: ImageCase): Finding {
  const explanation = c.outcome === 'not-recorded' ? 'explanation-not-recorded' : c.presence.presence === 'older-build' ? 'explanation-older-build' : 'explanation';
  return finding(c, 'IMG-01', c.cause ? 'strong' : 'likely', 'sentence', explanation, useLocalImage(c));
}

/** IMG-02. */
function onlyInDocker(c: ImageCase): Finding {
  const sure = c.cause && c.presence.onNode === 'no' && c.presence.store?.sharesDocker === 'no';
  const explanation = c.outcome === 'not-recorded' ? 'explanation-not-recorded' : 'explanation';
  return finding(c, 'IMG-02', sure ? 'strong' : 'likely', 'sentence', explanation, bringImage(c, 'IfNotPresent'));
}

/**
 * Whether Docker has the image and the node does not. Where the node's list could not be read, the kubelet's own complaint proves it too:
 * only under Always does it go to the registry for an image that it has.
 */
function isOnlyInDocker({ presence, policy }: ImageCase): boolean {
  if (presence.onHost !== 'yes') return false;
  return presence.onNode === 'no' || (presence.onNode === 'unknown' && policy.policy !== 'Always' && presence.store?.sharesDocker === 'no');
}

/** IMG-18. Setting Never without bringing the image only changes the error, so the image comes first. */
function neverPull(c: ImageCase): Finding {
  if (c.presence.onNode === 'yes') return { ...finding(c, 'IMG-18', 'likely', 'sentence-arrived', 'explanation-arrived', hurry(c)), severity: 'info' };
  if (isOnlyInDocker(c)) return finding(c, 'IMG-18', 'proven', 'sentence-only-in-docker', 'explanation-only-in-docker', bringImage(c, 'Never'));
  const near = useNearName(c);
  return finding(c, 'IMG-18', 'proven', 'sentence', c.near.length > 0 ? 'explanation-near' : 'explanation', [...near, ...allowDownload(c, near.length === 0)]);
}

/** The image came after the last try; under this policy the kubelet finds it by itself. */
function arrived(c: ImageCase, pullClass: PullErrorClass): Finding | undefined {
  const usual = byClass(c, pullClass);
  const params = commonParams(c);
  return usual && {
    ...usual, severity: 'info', confidence: 'likely', fixes: hurry(c),
    message: { key: 'finding.arrived.sentence', params }, explanation: { key: 'finding.arrived.explanation', params },
  };
}

/** IMG-03, 05, 08, 09: by what the pull error says. */
function byClass(c: ImageCase, pullClass: PullErrorClass): Finding | undefined {
  const { onNode, onHost } = c.presence;
  if (pullClass === 'DENIED_OR_MISSING') {
    if (onNode === 'no' && onHost !== 'yes' && c.near.length > 0) return finding(c, 'IMG-03', 'likely', 'sentence', 'explanation', useNearName(c));
    return { ...finding(c, 'IMG-05', 'strong', 'sentence', 'explanation', []), evidence: [...imageEvidence(c), credentialsEvidence(c)] };
  }
  if (pullClass === 'DNS') return unreachable(c, 'IMG-08');
  return pullClass === 'REFUSED' || pullClass === 'NO_ROUTE' || pullClass === 'TIMEOUT' ? unreachable(c, 'IMG-09') : undefined;
}

/** The registry could not be asked: what it has is not known, and nothing is said about it. */
function unreachable(c: ImageCase, id: 'IMG-08' | 'IMG-09'): Finding {
  const explanation = c.near.length > 0 ? 'explanation-near' : 'explanation';
  return finding(c, id, 'strong', 'sentence', explanation, useNearName(c));
}

function finding(c: ImageCase, id: string, confidence: Finding['confidence'], sentence: string, explanation: string, fixes: Fix[]): Finding {
  const params: Message['params'] = { ...commonParams(c), ...causeParams(c), near: c.near[0]?.name ?? '' };
  const raw = c.cause?.message ?? c.status.state?.waiting?.message;
  return {
    id, container: c.located.container.name, severity: 'error', confidence,
    message: { key: `finding.${id}.${sentence}`, params }, explanation: { key: `finding.${id}.${explanation}`, params },
    evidence: imageEvidence(c), ...(raw && { raw }), fixes, decision: decisionOf(c),
  };
}

function causeParams({ cause, reference }: ImageCase): Message['params'] {
  const registry = reference.domain || 'docker.io';
  return { class: cause?.error.class ?? 'OTHER', host: cause?.error.lookedUp ?? cause?.error.host ?? cause?.error.address ?? registry };
}
