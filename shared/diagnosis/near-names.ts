// Names that somebody may have meant: images that do exist, on the node or in Docker, and that are written almost like the one asked for.
import { familiarName, repositoryOf } from '../kubernetes/image-reference.ts';
import type { ImageReference } from '../kubernetes/image-reference.ts';
import { onceFor } from '../kubernetes/once-for.ts';
import { imageNames } from '../kubernetes/presence.ts';
import type { HostImage, NodeImage, World } from './world.ts';

export interface NearName {
  /** The short form with its tag, e.g. `spring-server:1`. */
  readonly name: string;
  readonly where: 'node' | 'docker' | 'both';
  /** When the image was made, Unix seconds; only Docker tells. */
  readonly created?: number;
}

/**
 * The images whose name is near, the nearest first, at most three: the same repository with another tag, or a repository within an edit
 * distance of two (one where the name is shorter than five letters, since everything is near to those).
 */
export function nearNames(wanted: ImageReference, node: string | undefined, world: Pick<World, 'hostImages' | 'nodeImages' | 'stores'>): readonly NearName[] {
  const shared = world.stores !== 'unknown' && world.stores.some((s) => s.node === node && s.sharesDocker === 'yes');
  const repository = repositoryOf(wanted);
  const list = world.nodeImages === 'unknown' ? undefined : world.nodeImages.find((n) => n.node === node);
  const onHost = world.hostImages === 'unknown' ? [] : ofLikeLength(repository, hostNames(world.hostImages));
  const onNode = list ? ofLikeLength(repository, nodeNames(list.images)) : [];
  const candidates = [
    ...onHost.map((each) => ({ ...each, where: shared ? 'both' as const : 'docker' as const })), ...onNode.map((each) => ({ ...each, where: 'node' as const })),
  ];

  const found = new Map<string, NearName & { readonly distance: number }>();
  for (const { reference, where, created } of candidates) {
    const distance = distanceBetween(wanted, repository, reference);
    if (distance === undefined) continue;
    const name = familiarName(reference);
    const before = found.get(name);
    const made = created ?? before?.created;
    found.set(name, { name, where: before && before.where !== where ? 'both' : where, distance, ...(made !== undefined && { created: made }) });
  }
  return [...found.values()]
    .toSorted((a, b) => a.distance - b.distance || (b.created ?? 0) - (a.created ?? 0) || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ distance: _distance, ...near }) => near);
}

interface Named {
  readonly reference: ImageReference;
  readonly created: number | undefined;
}
/** By the length of the repository: names of another length are not near, and most are. */
type ByLength = ReadonlyMap<number, readonly Named[]>;
const byLength = (all: readonly Named[]): ByLength => Map.groupBy(all, ({ reference }) => repositoryOf(reference).length);
const hostNames = onceFor((images: readonly HostImage[]) =>
  byLength(images.flatMap(({ RepoTags, Created }) => imageNames(RepoTags ?? []).map((reference) => ({ reference, created: Created })))));
const nodeNames = onceFor((images: readonly NodeImage[]) =>
  byLength(images.flatMap(({ names }) => imageNames(names).map((reference) => ({ reference, created: undefined })))));

function ofLikeLength(repository: string, names: ByLength): Named[] {
  const most = mostLetters(repository);
  const lengths = Array.from({ length: 2 * most + 1 }, (_, at) => repository.length - most + at);
  return lengths.flatMap((length) => names.get(length) ?? []);
}

/** Everything is near to a short name. */
const mostLetters = (repository: string) => ((repository.split('/').at(-1) ?? '').length < 5 ? 1 : 2);

/** Letters of the repository weigh more than those of the tag; undefined where the name is not near, or the very same. */
function distanceBetween(wanted: ImageReference, repository: string, other: ImageReference): number | undefined {
  if (other.tag === undefined) return undefined;
  const letters = editDistance(repository, repositoryOf(other));
  if (letters > mostLetters(repository)) return undefined;
  const tags = editDistance(wanted.tag ?? '', other.tag);
  if (letters + tags === 0) return undefined;
  return letters * 1000 + tags;
}

/** Damerau-Levenshtein (optimal string alignment): insertions, deletions, substitutions, and swaps of neighbours count one each. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
