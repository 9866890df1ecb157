// IMG-17: it runs, but what the registry has, and not what was built here.
import type { Finding } from '../contract/findings.ts';
import { repositoryOf, parseImageReference } from '../kubernetes/image-reference.ts';
import { asKnown, runningId, sameBuild, storeOf } from '../kubernetes/running-build.ts';
import { commonParams, isForced } from './image-case.ts';
import type { ImageCase } from './image-case.ts';
import { buildEvidence } from './image-evidence.ts';
import { bringImage } from './image-fixes.ts';

/**
 * Under Always a container starts from what the registry has at that moment, though Docker has a build of the same name that was never in a
 * registry. Only where the node has a store of its own: in a shared one the pull takes the name from the local build, and nothing tells of it any more.
 */
export function diagnoseReplaced(c: ImageCase): Finding | undefined {
  const { hostImage, store } = c.presence;
  const { imageID, state } = c.status;
  if (!state?.running || c.policy.policy !== 'Always' || isForced(c) || c.reference.digest !== undefined) return undefined;
  if (store?.sharesDocker !== 'no' || !hostImage || isDownloaded(hostImage.RepoDigests)) return undefined;
  if (!isOfRegistry(c, imageID ?? '')) return undefined;
  const running = runningId(imageID, storeOf(c.node, c.world));
  if (sameBuild(running, asKnown(hostImage)) !== 'no') return undefined;
  const params = commonParams(c);
  return {
    id: 'IMG-17', container: c.located.container.name, severity: 'warning', confidence: 'likely',
    message: { key: 'finding.IMG-17.sentence', params }, explanation: { key: 'finding.IMG-17.explanation', params },
    evidence: buildEvidence(c), fixes: bringImage(c, 'IfNotPresent'),
  };
}

/** A digest of a registry is what Docker notes of an image that it pushed or pulled. */
function isDownloaded(digests: readonly string[] | null | undefined): boolean {
  return (digests ?? []).some((digest) => !digest.includes('<none>'));
}

/** Whether the runtime names the image by a manifest of this repository: so it came from there, since a load gives it no such name. */
function isOfRegistry({ reference }: ImageCase, imageID: string): boolean {
  const of = parseImageReference(imageID.replace(/^docker(?:-pullable)?:\/\//, ''));
  return of.ok && of.digest !== undefined && repositoryOf(of) === repositoryOf(reference);
}
