// After a fix: whether the finding is gone. It tells what was seen, and no more.
import type { Finding } from '../../../shared/contract/findings.ts';
import { containersOf } from '../../../shared/kubernetes/containers.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import type { Teller } from '../activity/activity.ts';
import { controllerOf } from '../cluster/owners.ts';
import { holdPodsView, type PodEntry, type PodsView } from '../pods/view.ts';
import type { WorldSources } from '../pods/world.ts';
import { waitFor } from '../topic.ts';

/** A finding that is there for so long after its fix has not gone. */
export const WATCH_SECONDS = 120;
/** What is wrong instead is said when it has been so for a while: a pod that starts goes through states of a moment. */
const SETTLED_MS = 20_000;
const LONGEST_RUN_SECONDS = 60;

export interface Watched {
  readonly finding: Pick<Finding, 'id' | 'container'>;
  /** What is looked at: the pods of this root owner, or this one pod, by uid. */
  readonly root?: string | undefined;
  readonly uid?: string | undefined;
  /** The pod's name, where none is seen. */
  readonly name: string;
  readonly runSeconds: number;
}

/**
 * How long a container has to have run before it can be said that it does not crash any more: longer than it ran before, and longer than a probe takes to
 * kill it. 0 for what is proven by being ready.
 */
export function runSeconds({ id, container }: Pick<Finding, 'id' | 'container'>, pod: Pod): number {
  if (!/^(CRA|PRB)-/.test(id)) return 0;
  const located = containersOf(pod).find(({ container: { name } }) => name === container);
  const { startedAt = '', finishedAt = '' } = located?.status?.state?.terminated ?? located?.status?.lastState?.terminated ?? {};
  const ran = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000 || 0;
  const killed = ['livenessProbe', 'startupProbe'].map((kind) => {
    const probe = located?.container[kind] as { initialDelaySeconds?: number; periodSeconds?: number; failureThreshold?: number } | undefined;
    return probe ? (probe.initialDelaySeconds ?? 0) + (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3) : 0;
  });
  return Math.min(LONGEST_RUN_SECONDS, Math.ceil(Math.max(5, ran, ...(id.startsWith('PRB') ? killed : [])) + 5));
}

/** What the pods say at one moment, the worst first. */
type Seen =
  | { readonly is: 'unseen' }
  | { readonly is: 'stays' | 'other'; readonly entry: PodEntry; readonly finding: Finding }
  | { readonly is: 'starting' | 'well'; readonly entry: PodEntry };

/** Of the entries that are looked at. Pods that are being deleted are the old ones. */
export function look(entries: readonly PodEntry[], { id, container }: Pick<Finding, 'id' | 'container'>): Seen {
  const live = entries.filter(({ pod: { metadata, status } }) => metadata.deletionTimestamp === undefined && status?.reason !== 'Evicted');
  const first = (has: (entry: PodEntry) => Finding | undefined) => {
    for (const entry of live) {
      const finding = has(entry);
      if (finding) return { entry, finding };
    }
    return undefined;
  };
  const same = first(({ findings }) => findings.find((each) => each.id === id && each.container === container));
  if (same) return { is: 'stays', ...same };
  const other = first(({ findings, row }) => (isWell(row) ? undefined : findings.find(({ severity }) => severity === 'error')));
  if (other) return { is: 'other', ...other };
  const starting = live.find(({ row }) => !isWell(row));
  if (starting) return { is: 'starting', entry: starting };
  return live[0] ? { is: 'well', entry: live[0] } : { is: 'unseen' };
}

function isWell({ ready, status }: PodEntry['row']): boolean {
  const [up, all] = ready.split('/');
  return up === all || status === 'Completed';
}

/** Looks until all pods are ready without the finding, until something else is wrong for a while, or until the time is up; never fails. */
export async function watchFinding(sources: WorldSources, watched: Watched, tell: Teller): Promise<void> {
  const { finding, name, runSeconds: run } = watched;
  tell.step('step.watch-finding', { pod: name, seconds: WATCH_SECONDS, run });
  using held = holdPodsView(sources);
  const end = performance.now() + WATCH_SECONDS * 1000;
  let since = performance.now();
  let before = '';
  for (;;) {
    const { value } = held.view;
    const seen = look(entriesOf(value, watched, sources), finding);
    const key = JSON.stringify([seen.is, ...('entry' in seen ? [seen.entry.row.uid, seen.entry.row.restarts] : []), ...('finding' in seen ? [seen.finding.id] : [])]);
    const now = performance.now();
    if (key !== before) since = now;
    before = key;
    const settles = seen.is === 'well' ? since + run * 1000 : seen.is === 'other' ? since + SETTLED_MS : end;
    if (now >= Math.min(settles, end)) return tellSeen(seen, watched, tell, now >= settles);
    const pause = AbortSignal.timeout(Math.max(1, Math.ceil(Math.min(settles, end) - now)));
    await waitFor(held.view, (next) => next !== value, pause).catch(() => {});
  }
}

function tellSeen(seen: Seen, { name, runSeconds: run }: Watched, tell: Teller, isSettled: boolean): void {
  const seconds = WATCH_SECONDS;
  if (seen.is === 'unseen') return tell.step('step.finding-unseen', { pod: name, seconds });
  const { row } = seen.entry;
  const pod = row.name;
  if ('finding' in seen) {
    tell.step(seen.is === 'stays' ? 'step.finding-stays' : 'step.finding-other', { pod, seconds });
    // What is wrong, in the words of the finding itself.
    tell.step(seen.finding.message.key, seen.finding.message.params);
    tell.stepFailed();
    return;
  }
  if (seen.is === 'well') return isSettled ? tell.step('step.finding-gone', { pod, run }) : tell.step('step.finding-too-soon', { pod, seconds });
  tell.step('step.finding-not-ready', { pod, seconds, status: row.status });
}

function entriesOf({ entries }: PodsView, { root, uid }: Watched, { session }: WorldSources): PodEntry[] {
  if (entries === 'unknown') return [];
  if (root === undefined) return [...entries.values()].filter(({ row }) => row.uid === uid);
  return [...entries.values()].filter(({ pod }) => {
    const chain = controllerOf(pod) ? session.owners.of(pod) : [];
    return chain !== 'unknown' && chain.at(-1)?.metadata.uid === root;
  });
}
