// Which containers use an image: under which policy, what a start of theirs would meet, and which build they run now.
import type { PullPolicy } from '../../../shared/contract/findings.ts';
import type { ImageRow } from '../../../shared/contract/images.ts';
import type { World } from '../../../shared/diagnosis/world.ts';
import { containersOf, type LocatedContainer } from '../../../shared/kubernetes/containers.ts';
import { registryKey, type RegistryAnswer } from '../../../shared/kubernetes/registry-knowledge.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { imagePresence } from '../../../shared/kubernetes/presence.ts';
import { startVerdict } from '../../../shared/kubernetes/prediction.ts';
import { defaultPullPolicy } from '../../../shared/kubernetes/pull-policy.ts';
import { isRunning, runningId, sameBuild, storeOf, type KnownImage } from '../../../shared/kubernetes/running-build.ts';

export type Images = Pick<World, 'stores' | 'hostImages' | 'nodeImages'>;
export type Use = ImageRow['usedBy'][number];
/** What is known of the registry of an image. */
export type RegistryOf = (image: string) => { readonly answer: RegistryAnswer; readonly pulledId?: string };

export interface Users {
  /** The containers that name the image. */
  ofName(key: string, row: KnownImage): Use[];
  /** The containers that run the image, whatever name they give: for an image whose name another one has now. */
  ofId(row: KnownImage): Use[];
}

interface User {
  readonly use: Omit<Use, 'runs'>;
  /** The ID of what it runs, '' where that is not known, undefined where it does not run. */
  readonly running: string | undefined;
}

/** @param nodes every node that a pod without one may come to */
export function usersOf(pods: readonly Pod[], images: Images, nodes: readonly string[], registryOf: RegistryOf): Users {
  const byName = new Map<string, User[]>();
  const verdictOf = verdicts(images, nodes, registryOf);
  for (const pod of pods)
    for (const located of containersOf(pod)) {
      const image = located.container.image ?? '';
      const key = registryKey(image) ?? image;
      byName.set(key, [...(byName.get(key) ?? []), userOf(pod, located, images, verdictOf)]);
    }
  const all = [...byName.values()].flat();
  return {
    ofName: (key, row) => (byName.get(key) ?? []).map(({ use, running }) => ({ ...use, runs: runsOf(running, row) })),
    ofId: (row) => all.filter(({ running }) => sameBuild(running, row) === 'yes').map(({ use }) => ({ ...use, runs: 'this-build' as const })),
  };
}

type VerdictOf = (image: string, policy: PullPolicy, node: string | undefined) => string;

function userOf(pod: Pod, { container, status }: LocatedContainer, images: Images, verdictOf: VerdictOf): User {
  const image = container.image ?? '';
  const policy = (container.imagePullPolicy ?? defaultPullPolicy(image)) as PullPolicy;
  const node = pod.spec?.nodeName;
  const verdict = verdictOf(image, policy, node);
  return {
    use: { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name ?? '', container: container.name, policy, verdict },
    running: isRunning(status) ? (runningId(status?.imageID, storeOf(node, images)) ?? '') : undefined,
  };
}

/** A pod that has no node yet meets the same everywhere, or nobody knows what. Many pods use one image: each answer is made once. */
function verdicts(images: Images, nodes: readonly string[], registryOf: RegistryOf): VerdictOf {
  const known = new Map<string, string>();
  const onNode = (image: string, policy: PullPolicy, node: string): string => {
    const { answer, pulledId } = registryOf(image);
    return startVerdict({ policy, presence: imagePresence(image, node, images), registry: answer, pulledId }).id;
  };
  return (image, policy, node) => {
    const key = JSON.stringify([image, policy, node]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const ids = new Set((node ? [node] : nodes).map((each) => onNode(image, policy, each)));
    const verdict = ids.size === 1 ? ([...ids][0] ?? 'unknown') : 'unknown';
    known.set(key, verdict);
    return verdict;
  };
}

function runsOf(running: string | undefined, row: KnownImage): Use['runs'] {
  if (running === undefined) return 'none';
  const same = sameBuild(running, row);
  return same === 'yes' ? 'this-build' : same === 'no' ? 'another-build' : 'unknown';
}
