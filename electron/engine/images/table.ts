// Every image of Docker and of a cluster's nodes in one table: which is where, compared by ID, and which pods use it.
import type { ImageRow } from '../../../shared/contract/images.ts';
import type { Presence } from '../../../shared/contract/findings.ts';
import type { HostImage, NodeImages, NodeStore } from '../../../shared/diagnosis/world.ts';
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { absenceBy, buildsDiffer } from '../../../shared/kubernetes/presence.ts';
import { asKnown } from '../../../shared/kubernetes/running-build.ts';
import { usersOf, type RegistryOf } from './used-by.ts';

export interface ImageFacts {
  readonly hostImages: readonly HostImage[] | 'unknown';
  readonly stores: readonly NodeStore[];
  readonly nodeImages: readonly NodeImages[];
  readonly pods: readonly Pod[];
  readonly registryOf: RegistryOf;
}

interface Draft {
  reference: string;
  host?: HostImage;
  /** By node. */
  nodes: Map<string, OnNode>;
}

interface OnNode {
  readonly id: string;
  readonly size: number;
  readonly createdAt?: string;
}

/** Docker's name for an image without a name. */
const NO_NAME = '<none>:<none>';

/** One row a name, and one for each image without a name. */
export function imageRows({ hostImages, stores, nodeImages, pods, registryOf }: ImageFacts): ImageRow[] {
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
    for (const { names, ...there } of list.images) {
      const tags = names.filter((name) => !name.includes('@') && !name.startsWith('<none>'));
      for (const name of tags) draft(normal(name), familiar(name)).nodes.set(list.node, there);
      if (tags.length === 0) draft(there.id || names[0] || '', '').nodes.set(list.node, there);
    }
  }
  // A name went to a newer build in Docker: the older one has none there, and may be the node's still.
  for (const { reference, host, nodes } of drafts.values()) {
    if (reference !== '' || !host) continue;
    for (const list of nodeImages) {
      const same = list.images.find(({ id }) => id === host.Id);
      if (same) nodes.set(list.node, same);
    }
  }
  const users = usersOf(pods, { hostImages, stores, nodeImages }, stores.map(({ node }) => node), registryOf);
  return [...drafts]
    .map(([key, { reference, host, nodes }]): ImageRow => {
      const first = [...nodes.values()][0];
      const imageId = host?.Id ?? first?.id ?? '';
      const createdAt = host ? new Date(host.Created * 1000).toISOString() : first?.createdAt;
      const known = host ? asKnown(host) : { id: imageId, names: [] };
      return {
        key,
        reference,
        imageId,
        size: host?.Size ?? first?.size ?? 0,
        ...(createdAt === undefined ? {} : { createdAt }),
        inDocker: host ? 'yes' : hostImages === 'unknown' ? 'unknown' : 'no',
        nodes: stores.map((store) => onNode(store, hostImages !== 'unknown', host, nodes.get(store.node), nodeImages)),
        usedBy: reference === '' ? users.ofId(known) : users.ofName(key, known),
      };
    })
    .sort((a, b) => a.reference.localeCompare(b.reference) || a.key.localeCompare(b.key));
}

/** By the rules of imagePresence, for an image that may have no name. */
function onNode(store: NodeStore, dockerRead: boolean, host: HostImage | undefined, there: OnNode | undefined, lists: readonly NodeImages[]): ImageRow['nodes'][number] {
  const { node } = store;
  if (store.sharesDocker === 'yes' && dockerRead) {
    return host ? { node, presence: 'present', imageId: host.Id, size: host.Size } : { node, presence: 'not-found' };
  }
  const list = lists.find((each) => each.node === node);
  const presence: Presence = there ? (host && buildsDiffer(host, there) ? 'older-build' : 'present') : list ? absenceBy(list, host, store) : 'unknown';
  return { node, presence, ...(there && { size: there.size, ...(there.id && { imageId: there.id }) }) };
}

function normal(name: string): string {
  const reference = parseImageReference(name);
  return reference.ok ? reference.normalized : name;
}

function familiar(name: string): string {
  const reference = parseImageReference(name);
  return reference.ok ? familiarName(reference) : name;
}
