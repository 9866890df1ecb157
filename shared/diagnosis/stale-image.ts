// IMG-16: a container that works, with another build of its image than the one that was made last. Three places may differ: Docker, the
// node's own store, and what runs. Claimed only where IDs of one kind were compared; which build is the newer one is told by their times.
import type { Finding, Message } from '../contract/findings.ts';
import type { ContainerStatus } from '../kubernetes/objects.ts';
import { asKnown, runningId, sameBuild, storeOf } from '../kubernetes/running-build.ts';
import { commonParams } from './image-case.ts';
import type { ImageCase } from './image-case.ts';
import { buildEvidence } from './image-evidence.ts';
import { renewBuild } from './image-fixes.ts';
import { diagnoseReplaced } from './replaced-image.ts';

/** `not-loaded`: Docker's build is not the node's. `not-restarted`: the build under the name is not the one that runs. */
export type StaleWhere = 'not-loaded' | 'not-restarted';

/** By the times of the two; `another`: they do not tell. */
type Age = 'newer' | 'another' | 'older';

/** Only what runs, or has run and crashed, is of a build. */
export function hasBuild({ state: { running, waiting } = {} }: Pick<ContainerStatus, 'state'>): boolean {
  return running !== undefined || waiting?.reason === 'CrashLoopBackOff';
}

/** What is stale about a container that runs, or that crashes again and again; undefined where nothing is, or nobody can tell. */
export function diagnoseStale(c: ImageCase): Finding | undefined {
  // A digest names one build for ever.
  if (c.reference.digest !== undefined) return undefined;
  if (!hasBuild(c.status)) return undefined;
  const { running } = c.status.state ?? {};
  // Not a build that waits to be loaded: the registry's took its place.
  if (diagnoseReplaced(c)) return undefined;
  return (running && notRestarted(c, true)) ?? notLoaded(c) ?? (running && notRestarted(c, false));
}

function notLoaded(c: ImageCase): Finding | undefined {
  const { hostImage, presence, nodeImage } = c.presence;
  if (presence !== 'older-build' || !hostImage || !nodeImage) return undefined;
  if (sameBuild(running(c), asKnown(hostImage)) === 'yes') return undefined;
  const age = compareTimes(hostImage.Created * 1000, nodeImage.createdAt ?? startedBefore(c, hostImage.Created * 1000));
  // An image that is in a registry, too, may be an old download here and a newer one there.
  if (age === 'older' || (age === 'another' && hostImage.RepoDigests?.length)) return undefined;
  return finding(c, 'not-loaded', age);
}

/** The name leads to another image than when the container was started: whoever moved it did so since. */
function notRestarted(c: ImageCase, shared: boolean): Finding | undefined {
  const { hostImage, nodeImage, known } = c.presence;
  if (shared !== (known === 'shared-docker')) return undefined;
  const now = shared ? hostImage && asKnown(hostImage) : nodeImage;
  if (sameBuild(running(c), now) !== 'no') return undefined;
  const made = builtAt(c, now?.id);
  // The image that runs is there still, without its name; else it was built before the container was started from it.
  const before = builtAt(c, running(c)) ?? c.status.state?.running?.startedAt;
  return finding(c, 'not-restarted', made !== undefined && compareTimes(made, before) === 'newer' ? 'newer' : 'another', shared);
}

function running(c: ImageCase): string | undefined {
  return runningId(c.status.imageID, storeOf(c.node, c.world));
}

/** When an image of the node's own store, or of the Docker that it shares, was built. */
function builtAt({ node, presence, world }: ImageCase, id: string | undefined): number | string | undefined {
  if (presence.known === 'shared-docker') {
    const image = world.hostImages === 'unknown' ? undefined : world.hostImages.find(({ Id }) => Id === id);
    return image && image.Created * 1000;
  }
  const list = world.nodeImages === 'unknown' ? undefined : world.nodeImages.find((each) => each.node === node);
  return list?.images.find((image) => image.id === id)?.createdAt;
}

/** Where a node does not tell when its image was made: it was before the container was started from it. */
function startedBefore(c: ImageCase, time: number): string | undefined {
  const startedAt = c.status.state?.running?.startedAt ?? c.status.lastState?.terminated?.startedAt;
  return startedAt && Date.parse(startedAt) < time ? startedAt : undefined;
}

function compareTimes(made: number | string, other: number | string | null | undefined): Age {
  if (other === undefined || other === null) return 'another';
  // Docker's list has whole seconds; builders that want equal images for equal sources write one time for all.
  const [a, b] = [made, other].map((time) => Math.floor(new Date(time).getTime() / 1000)) as [number, number];
  return a === b || Number.isNaN(a - b) ? 'another' : a > b ? 'newer' : 'older';
}

function finding(c: ImageCase, where: StaleWhere, age: Age, shared = false): Finding {
  const { controller } = c;
  const params: Message['params'] = {
    ...commonParams(c), age, owned: controller ? 'yes' : 'no', kind: controller?.kind ?? '', owner: controller?.name ?? '', shared: shared ? 'yes' : 'no',
  };
  return {
    id: 'IMG-16', container: c.located.container.name, severity: 'warning', confidence: where === 'not-loaded' && age === 'another' ? 'likely' : 'proven',
    message: { key: `finding.IMG-16.sentence-${where}`, params }, explanation: { key: `finding.IMG-16.explanation-${where}`, params },
    evidence: buildEvidence(c), fixes: renewBuild(c, where),
  };
}
