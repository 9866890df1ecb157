// What the Pods table shows of a pod: which of its containers speaks for it, and whether it passes the filter.
import type { Presence } from '../../../shared/contract/findings.ts';
import type { ContainerRow, PodRow } from '../../../shared/contract/pods.ts';

// The worse first: what keeps a container from starting, then what deserves a look.
const WORST_FIRST: readonly Presence[] = ['not-found', 'only-in-docker', 'older-build', 'downloading', 'unknown', 'present'];

/**
 * The container that the row's headline is about; else, of those that run or still have to, the one whose image is worst off, the first of
 * equals. Undefined for a pod without containers.
 */
export function spokenFor(pod: Pick<PodRow, 'containers' | 'status' | 'headline'>): ContainerRow | undefined {
  const named = pod.containers.find(({ name }) => name === pod.headline?.container);
  if (named) return named;
  const rank = ({ presence }: ContainerRow) => WORST_FIRST.indexOf(presence);
  const candidates = [...pod.containers.filter(({ init }) => !init), ...unfinishedInits(pod)];
  return candidates.reduce<ContainerRow | undefined>((worst, next) => (worst && rank(worst) <= rank(next) ? worst : next), undefined);
}

/** The init containers that have not finished, as far as kubectl's word tells: `Init:1/3` has two of them, `Init:ErrImagePull` at least one. */
function unfinishedInits({ containers, status }: Pick<PodRow, 'containers' | 'status'>): ContainerRow[] {
  const inits = containers.filter(({ init }) => init);
  const finished = /^Init:(\d+)\/\d+$/.exec(status)?.[1];
  if (finished !== undefined) return inits.slice(Number(finished));
  return status.startsWith('Init:') || status === 'Pending' ? inits : [];
}

/** On how many of its possible nodes a container's image is present. */
export function presentOn(container: Pick<ContainerRow, 'nodes'>): { present: number; of: number } {
  return { present: container.nodes.filter(({ presence }) => presence === 'present').length, of: container.nodes.length };
}

/** Whether every word of the filter is in the pod's name, its images, its status or its policies, in any case. */
export function passes(pod: PodRow, filter: string, words: (container: ContainerRow) => string): boolean {
  const text = [pod.name, pod.status, ...pod.containers.flatMap((container) => [container.image, words(container)])].join(' ').toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
