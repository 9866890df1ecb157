// What the Pods table shows of a pod: which of its containers speaks for it, and whether it passes the filter.
import type { Presence } from '../../../shared/contract/findings.ts';
import type { ContainerRow, PodRow } from '../../../shared/contract/pods.ts';
import { WORKLOAD_KINDS } from '../../../shared/kubernetes/workload-kinds.ts';
import { hasWords } from '../../state/has-words.ts';

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
  return hasWords(filter, [pod.name, pod.status, ...pod.containers.flatMap((container) => [container.image, words(container)])]);
}

export interface PodGroup {
  readonly key: string;
  /** Undefined for pods without an owner. */
  readonly owner: { readonly kind: string; readonly name: string } | undefined;
  /** The owner, where it can be looked at: as long as the root is not known, the next one may be what a workload makes. */
  readonly workload: { readonly kind: string; readonly name: string } | undefined;
  readonly namespace: string;
  readonly pods: readonly PodRow[];
  /** Of the pods that are not over: how many are ready as a whole. */
  readonly ready: number;
  readonly of: number;
  /** The pod that is worst off, where one is not well. */
  readonly worst: PodRow | undefined;
}

const WORST_HEALTH: readonly PodRow['health'][] = ['failing', 'degraded', 'unknown', 'progressing', 'ending', 'ok'];

/** The pods by what made them, in the order in which each owner comes first; pods without an owner come last. */
export function groupByOwner(pods: readonly PodRow[]): PodGroup[] {
  const groups = Map.groupBy(pods, ({ namespace, root, owner }) => {
    const { kind, name } = root ?? owner ?? { kind: '', name: '' };
    return JSON.stringify([namespace, kind, name]);
  });
  const all = [...groups].map(([key, members]): PodGroup => {
    const [first] = members;
    const lasting = members.filter(({ status }) => status !== 'Completed');
    const worst = members.toSorted((a, b) => WORST_HEALTH.indexOf(a.health) - WORST_HEALTH.indexOf(b.health))[0];
    return {
      key, owner: first?.root ?? first?.owner, workload: WORKLOAD_KINDS.some((kind) => kind === first?.root?.kind) ? first?.root : undefined,
      namespace: first?.namespace ?? '', pods: members,
      ready: lasting.filter(({ ready }) => isWholeReady(ready)).length, of: lasting.length,
      worst: worst?.health === 'ok' ? undefined : worst,
    };
  });
  return [...all.filter(({ owner }) => owner), ...all.filter(({ owner }) => !owner)];
}

/** `2/2`, and not `0/0`. */
function isWholeReady(ready: string): boolean {
  const [some, all] = ready.split('/');
  return some === all && some !== '0';
}
