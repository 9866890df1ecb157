// The entry to the catalogue of causes: which containers are looked at, in which order, and when nothing may be said yet.
import type { Finding } from '../contract/findings.ts';
import { containersOf } from '../kubernetes/containers.ts';
import type { LocatedContainer } from '../kubernetes/containers.ts';
import { imageCase } from './image-case.ts';
import { diagnoseImage, isImageReason } from './image.ts';
import { diagnoseStale } from './stale-image.ts';
import type { World } from './world.ts';

/** A pod as young as this may only look stuck, unless Kubernetes itself names an error. */
const holdBack = 10_000;

/**
 * What is wrong with the pod, the headline first; [] where nothing is proven to be. Pure: the same world gives the same findings.
 * Says nothing of a pod that is being deleted or has ended, or whose node does not report, since what it shows is then old.
 */
export function diagnose(world: World): Finding[] {
  const { pod } = world;
  if (pod.metadata.deletionTimestamp) return [];
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return [];
  if (nodeIsSilent(world)) return [];
  const containers = containersToAsk(world);
  const stuck = containers.flatMap((located) => findingOf(world, located) ?? []);
  // What works and is old comes after what does not work.
  return [...stuck, ...containers.flatMap((located) => staleOf(world, located) ?? [])];
}

function staleOf(world: World, located: LocatedContainer): Finding | undefined {
  const subject = located.status && imageCase(world, located, located.status);
  return subject && diagnoseStale(subject);
}

function findingOf(world: World, located: LocatedContainer): Finding | undefined {
  const { status } = located;
  if (!status || !isImageReason(status.state?.waiting?.reason ?? '')) return undefined;
  const subject = imageCase(world, located, status);
  if (!subject) return undefined;
  const explicit = subject.cause !== undefined || status.state?.waiting?.reason === 'ErrImageNeverPull';
  return explicit || !isYoung(world) ? diagnoseImage(subject) : undefined;
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

function nodeIsSilent({ nodes, pod }: World): boolean {
  if (nodes === 'unknown') return false;
  const ready = nodes.find((n) => n.metadata.name === pod.spec?.nodeName)?.status?.conditions?.find((c) => c.type === 'Ready');
  return ready !== undefined && ready.status !== 'True';
}

function isYoung({ pod, now }: World): boolean {
  const { creationTimestamp } = pod.metadata;
  return creationTimestamp ? now.getTime() - Date.parse(creationTimestamp) < holdBack : false;
}
