// Every image of Docker and of a cluster's nodes in one table: which is where, compared by ID, and which pods use it.
import type { ImageRow } from '../../../shared/contract/images.ts';
import type { Presence, PullPolicy } from '../../../shared/contract/findings.ts';
import type { HostImage, NodeImages, NodeStore } from '../../../shared/diagnosis/world.ts';
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { absenceBy, buildsDiffer } from '../../../shared/kubernetes/presence.ts';
import { containersOf } from '../../../shared/kubernetes/containers.ts';

export interface ImageFacts {
  readonly hostImages: readonly HostImage[] | 'unknown';
  readonly stores: readonly NodeStore[];
  readonly nodeImages: readonly NodeImages[];
  readonly pods: readonly Pod[];
}

interface Draft {
  reference: string;
  host?: HostImage;
  /** By node. */
  nodes: Map<string, { id: string; size: number }>;
}

/** Docker's name for an image without a name. */
const NO_NAME = '<none>:<none>';

export function imageRows({ hostImages, stores, nodeImages, pods }: ImageFacts): ImageRow[] {
  const drafts = new Map<string, Draft>();
  const draft = (key: string, reference: string): Draft => {
    const known = drafts.get(key);
    if (known) return known;
    const made: Draft = { reference, nodes: new Map() };
    drafts.set(key, made);
    return made;
  };
  if (hostImages !== 'unknown')
    for (const host of hostImages) {
      const names = (host.RepoTags ?? []).filter((name) => name !== NO_NAME);
      if (names.length === 0) draft(host.Id, '').host = host;
      for (const name of names) draft(normal(name), name).host = host;
    }
  for (const list of nodeImages) {
    if (list.source === 'shared-docker') continue; // The node's images are Docker's: the rows are there already.
    for (const { id, names, size } of list.images) {
      const tags = names.filter((name) => !name.includes('@') && !name.startsWith('<none>'));
      for (const name of tags) draft(normal(name), familiar(name)).nodes.set(list.node, { id, size });
      if (tags.length === 0) draft(id || names[0] || '', '').nodes.set(list.node, { id, size });
    }
  }
  const uses = usedBy(pods);
  return [...drafts]
    .map(([key, { reference, host, nodes }]): ImageRow => {
      const first = [...nodes.values()][0];
      return {
        key,
        reference,
        imageId: host?.Id ?? first?.id ?? '',
        size: host?.Size ?? first?.size ?? 0,
        ...(host ? { createdAt: new Date(host.Created * 1000).toISOString() } : {}),
        inDocker: host ? 'yes' : hostImages === 'unknown' ? 'unknown' : 'no',
        nodes: stores.map((store) => ({ node: store.node, presence: onNode(store, hostImages !== 'unknown', host, nodes.get(store.node), nodeImages) })),
        usedBy: uses.get(key) ?? [],
      };
    })
    .sort((a, b) => a.reference.localeCompare(b.reference) || a.key.localeCompare(b.key));
}

/** By the rules of imagePresence, for an image that may have no name. */
function onNode(store: NodeStore, dockerRead: boolean, host: HostImage | undefined, there: { id: string } | undefined, lists: readonly NodeImages[]): Presence {
  if (store.sharesDocker === 'yes' && dockerRead) return host ? 'present' : 'not-found';
  if (there) return host && buildsDiffer(host, there) ? 'older-build' : 'present';
  const list = lists.find(({ node }) => node === store.node);
  return list ? absenceBy(list, host, store) : 'unknown';
}

function usedBy(pods: readonly Pod[]): Map<string, ImageRow['usedBy']> {
  const uses = new Map<string, ImageRow['usedBy']>();
  for (const pod of pods)
    for (const { container } of containersOf(pod)) {
      const key = normal(container.image ?? '');
      const use = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name ?? '', container: container.name, policy: (container.imagePullPolicy ?? 'IfNotPresent') as PullPolicy, verdict: 'unknown', runs: 'unknown' as const };
      uses.set(key, [...(uses.get(key) ?? []), use]);
    }
  return uses;
}

function normal(name: string): string {
  const reference = parseImageReference(name);
  return reference.ok ? reference.normalized : name;
}

function familiar(name: string): string {
  const reference = parseImageReference(name);
  return reference.ok ? familiarName(reference) : name;
}
