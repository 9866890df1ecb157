// The entry to the catalogue of causes: which parts of a pod are looked at, in which order, and when nothing may be said.
import type { Finding } from '../contract/findings.ts';
import { containersOf } from '../kubernetes/containers.ts';
import type { LocatedContainer } from '../kubernetes/containers.ts';
import { containerCase, firstOf, isYoung, podCase } from './cause.ts';
import type { Cause, ContainerCase } from './cause.ts';
import { configCauses } from './config.ts';
import { crashCauses } from './crash.ts';
import { createCauses } from './create.ts';
import { imageCase } from './image-case.ts';
import { diagnoseImage, isImageReason } from './image.ts';
import { diagnoseImageName } from './image-name.ts';
import { inStep, initCauses } from './init.ts';
import { endedCauses, endingCauses, nodeCauses, silentNode } from './node.ts';
import { otherCauses } from './other.ts';
import { probeCauses } from './probe.ts';
import { schedulingCauses } from './scheduling.ts';
import { serviceFindings } from './service.ts';
import { soundWorld } from './sound-world.ts';
import { diagnoseDownload, mayBePulled } from './download.ts';
import { diagnoseReplaced } from './replaced-image.ts';
import { diagnoseStale, hasBuild } from './stale-image.ts';
import { startCauses } from './volume.ts';
import type { World } from './world.ts';

/** What a container may suffer from, the exact before the general: its image, its configuration, its creation, its end, its probes, and what nobody knows. */
const containerCauses: readonly Cause<ContainerCase>[] = [
  { id: 'IMG', find: imageFinding },
  ...configCauses,
  ...createCauses,
  // A probe that kills is the cause of the crash that it makes.
  ...probeCauses.filter(({ id }) => id !== 'PRB-03' && id !== 'PRB-04'),
  ...crashCauses,
  ...probeCauses.filter(({ id }) => id === 'PRB-03' || id === 'PRB-04'),
  ...otherCauses,
];

/**
 * What is wrong with the pod, the headline first; [] where nothing is proven to be. Pure: the same world gives the same findings.
 * The order is research/diagnosis.md 3.3: what makes everything else old news, then in the order in which a pod comes to life.
 */
export function diagnose(given: World): Finding[] {
  const world = soundWorld(given);
  const subject = podCase(world);
  const { pod } = world;
  if (pod.metadata.deletionTimestamp) return one(firstOf(endingCauses, subject));
  if (pod.status?.phase === 'Succeeded') return [];
  const ended = firstOf(endedCauses, subject);
  if (ended) return [ended];
  const silent = firstOf(silentNode, subject);
  if (silent) return [silent];
  if (!pod.spec?.nodeName) return one(firstOf(schedulingCauses, subject));
  const located = containersToAsk(world);
  const containers = located.flatMap((each) => containerCase(subject, each) ?? []);
  const starting = containers.some(({ waiting }) => waiting.reason === 'ContainerCreating' || waiting.reason === 'PodInitializing') || containers.length === 0;
  const notStarted = starting && !isYoung(subject) ? one(firstOf(startCauses, subject)) : [];
  const broken = containers.flatMap((each) => brokenContainer(each) ?? []);
  const quiet = broken.length === 0 && notStarted.length === 0;
  const reached = quiet ? serviceFindings(subject) : [];
  return [
    ...notStarted,
    ...broken,
    ...reached.filter(({ severity }) => severity !== 'info'),
    // What works and is old or another comes after what does not work.
    ...containers.flatMap((each) => silentImage(each) ?? []),
    ...reached.filter(({ severity }) => severity === 'info'),
    ...one(firstOf(nodeCauses, subject)),
  ];
}

function one(finding: Finding | undefined): Finding[] {
  return finding ? [finding] : [];
}

/** Of an init container it is said, too, what waits for it. */
function brokenContainer(subject: ContainerCase): Finding | undefined {
  const found = firstOf(containerCauses, subject);
  if (!subject.located.init) return found;
  return found ? inStep(subject, found) : firstOf(initCauses, subject);
}

function imageFinding(c: ContainerCase): Finding | undefined {
  const named = diagnoseImageName(c);
  if (named) return named;
  const isImage = isImageReason(c.waiting.reason);
  if (!isImage && !mayBePulled(c.status)) return undefined;
  // A pod that is over pulls nothing any more, though its containers may still say that they wait.
  const subject = c.pod.status?.phase === 'Failed' ? undefined : imageCase(c.world, c.located, c.status);
  if (!subject) return undefined;
  if (!isImage) return diagnoseDownload(subject);
  const explicit = subject.cause !== undefined || c.waiting.reason === 'ErrImageNeverPull';
  return explicit || !isYoung(c) ? diagnoseImage(subject) : undefined;
}

function silentImage({ world, located, status }: ContainerCase): Finding | undefined {
  const subject = hasBuild(status) ? imageCase(world, located, status) : undefined;
  return subject && (diagnoseStale(subject) ?? diagnoseReplaced(subject));
}

/** The first unfinished init container alone, since nothing after it has begun; else the sidecars and the app containers. */
function containersToAsk({ pod }: World): readonly LocatedContainer[] {
  const containers = containersOf(pod);
  const unfinished = containers.find(({ init, container, status }) => {
    if (!init) return false;
    const { terminated } = status?.state ?? {};
    if (terminated && (terminated.exitCode ?? 0) === 0) return false;
    return !(container.restartPolicy === 'Always' && status?.started === true);
  });
  // Initialized stays true while a sidecar that had started fails, and the app containers are worth a look then.
  const initialized = pod.status?.conditions?.some((c) => c.type === 'Initialized' && c.status === 'True');
  if (unfinished && !initialized) return [unfinished];
  return containers.filter(({ init, container }) => !init || container.restartPolicy === 'Always');
}
