// The image family of the catalogue for one container whose image does not come. The order is: the image is here after all (01, 02, 18, 22),
// then what the registry said, or that it said nothing (image-registry.ts); so the headline is what can be repaired here.
import type { Finding } from '../contract/findings.ts';
import { eventTime } from '../kubernetes/events.ts';
import type { PullErrorClass } from '../kubernetes/pull-error.ts';
import { podCase } from './cause.ts';
import { commonParams, isForced } from './image-case.ts';
import type { ImageCase } from './image-case.ts';
import { pullFinding } from './image-finding.ts';
import { allowDownload, bringImage, hurry, useLocalImage, useNearName } from './image-fixes.ts';
import { whoForces, writeImage } from './image-lines.ts';
import { whatTheRegistrySaid } from './image-registry.ts';

const pullReasons: readonly string[] = ['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable', 'SignatureValidationFailed'];

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
  const isHere = policy.policy === 'Always' && presence.onNode === 'yes' && (!cause || registrySaysNo.includes(cause.error.class));
  const isNear = isOnlyInDocker(c) && !(cause && pastTheRegistry.includes(cause.error.class));
  if ((isHere || isNear) && isForced(c)) return forced(c);
  if (isHere) return localButAlways(c);
  if (isNear) return onlyInDocker(c);
  return cause && whatTheRegistrySaid(c, cause.error.class);
}

/** IMG-01. */
function localButAlways(c: ImageCase): Finding {
  const explanation = c.outcome === 'not-recorded' ? 'explanation-not-recorded' : c.presence.presence === 'older-build' ? 'explanation-older-build' : 'explanation';
  return pullFinding(c, 'IMG-01', { confidence: c.cause ? 'strong' : 'likely', explanation, fixes: useLocalImage(c) });
}

/** IMG-02. */
function onlyInDocker(c: ImageCase): Finding {
  const sure = c.cause && c.presence.onNode === 'no' && c.presence.store?.sharesDocker === 'no';
  const explanation = c.outcome === 'not-recorded' ? 'explanation-not-recorded' : 'explanation';
  return pullFinding(c, 'IMG-02', { confidence: sure ? 'strong' : 'likely', explanation, fixes: bringImage(c, 'IfNotPresent') });
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
  if (c.presence.onNode === 'yes') return refusedThoughHere(c) ?? pullFinding(c, 'IMG-18', {
    confidence: 'likely', severity: 'info', sentence: 'sentence-arrived', explanation: 'explanation-arrived', fixes: hurry(c),
  });
  if (isOnlyInDocker(c)) {
    return pullFinding(c, 'IMG-18', { confidence: 'proven', sentence: 'sentence-only-in-docker', explanation: 'explanation-only-in-docker', fixes: bringImage(c, 'Never') });
  }
  const near = useNearName(c);
  const explanation = c.near.length > 0 ? 'explanation-near' : 'explanation';
  return pullFinding(c, 'IMG-18', { confidence: 'proven', explanation, fixes: [...near, ...allowDownload(c, near.length === 0)] });
}

/** IMG-22: the cluster itself set Always, so another policy would be overwritten on the next pod, too. */
function forced(c: ImageCase): Finding {
  return pullFinding(c, 'IMG-22', { confidence: c.cause ? 'strong' : 'likely', params: { where: c.presence.onNode === 'yes' ? 'node' : 'docker' }, fixes: [...writeImage(c, false), ...whoForces(c)] });
}

/** The kubelet checks who downloaded an image since 1.33 (KEP-2535, on by default in 1.35), and says of one that it may not use that it is not there. */
const CHECKS_CREDENTIALS_SINCE = 33;

/** IMG-22: the image was on the node already when the kubelet said that it is not. */
function refusedThoughHere(c: ImageCase): Finding | undefined {
  const { serverMinor = 0 } = c.world;
  if (serverMinor < CHECKS_CREDENTIALS_SINCE) return undefined;
  const said = podCase(c.world).events.find(({ reason }) => reason === 'ErrImageNeverPull');
  const readAt = Date.parse(c.presence.read?.at ?? '');
  if (!said || !(Date.parse(eventTime(said)) > readAt)) return undefined;
  return pullFinding(c, 'IMG-22', { confidence: 'likely', sentence: 'sentence-checked', explanation: 'explanation-checked', fixes: allowDownload(c, false) });
}

/** The image came after the last try; under this policy the kubelet finds it by itself. */
function arrived(c: ImageCase, pullClass: PullErrorClass): Finding | undefined {
  const usual = whatTheRegistrySaid(c, pullClass);
  const params = commonParams(c);
  return usual && {
    ...usual, severity: 'info', confidence: 'likely', fixes: hurry(c),
    message: { key: 'finding.arrived.sentence', params }, explanation: { key: 'finding.arrived.explanation', params },
  };
}
