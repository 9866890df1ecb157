// Whether a node has the image that a container names, and whether the Docker on this computer has it. Names are compared in their
// normal form, builds by image ID; a list that may be incomplete proves what it shows and nothing by what it does not show.
import type { Presence } from '../contract/findings.ts';
import type { HostImage, NodeImage, NodeImages, NodeStore, World } from '../diagnosis/world.ts';
import { containersOf } from './containers.ts';
import { isPulling } from './events.ts';
import { comparable, parseImageReference } from './image-reference.ts';
import type { ImageReference } from './image-reference.ts';
import type { ContainerStatus, Pod } from './objects.ts';

export type YesNoUnknown = 'yes' | 'no' | 'unknown';

export interface ImagePresence {
  readonly presence: Presence;
  readonly onNode: YesNoUnknown;
  readonly onHost: YesNoUnknown;
  readonly hostImage?: HostImage;
  readonly nodeImage?: NodeImage;
  /** How it is known that the node has it or not; `container-ran`: a container was started from it. */
  readonly known: NodeImages['source'] | 'container-ran' | 'not-read';
  /** How many images were read from the node, and when (RFC 3339; absent where Docker's own live list was used). */
  readonly read?: { readonly count: number; readonly at?: string };
  readonly store?: NodeStore;
}

type Pieces = Pick<World, 'hostImages' | 'nodeImages' | 'stores'>;

/** The presence of an image on a node. A name that cannot be read is nowhere. */
export function imagePresence(image: string, node: string | undefined, pieces: Pieces): ImagePresence {
  const reference = parseImageReference(image);
  if (!reference.ok) return { presence: 'not-found', onNode: 'no', onHost: 'no', known: 'not-read' };
  const store = pieces.stores === 'unknown' ? undefined : pieces.stores.find((s) => s.node === node);
  const host = pieces.hostImages === 'unknown' ? undefined : pieces.hostImages;
  const hostImage = host && findHostImage(host, reference);
  const onHost: YesNoUnknown = host ? (hostImage ? 'yes' : 'no') : 'unknown';
  const common = { onHost, ...(hostImage && { hostImage }), ...(store && { store }) };

  if (store?.sharesDocker === 'yes' && host) {
    return { ...common, presence: hostImage ? 'present' : 'not-found', onNode: hostImage ? 'yes' : 'no', known: 'shared-docker', read: { count: host.length } };
  }
  const list = pieces.nodeImages === 'unknown' ? undefined : pieces.nodeImages.find((n) => n.node === node);
  if (!list) return { ...common, presence: 'unknown', onNode: 'unknown', known: 'not-read' };
  const read = { count: list.images.length, at: list.readAt };
  const nodeImage = findNodeImage(list.images, reference);
  if (nodeImage) {
    const older = hostImage && reference.digest === undefined && list.source !== 'shared-docker' && buildsDiffer(hostImage, nodeImage);
    return { ...common, presence: older ? 'older-build' : 'present', onNode: 'yes', nodeImage, known: list.source, read };
  }
  const absence = absenceBy(list, hostImage, store);
  return { ...common, presence: absence, onNode: absence === 'unknown' ? 'unknown' : 'no', known: list.source, read };
}

/**
 * The presence of a container's image on the pod's node. Beyond the lists it knows a pull that is under way (`downloading`), and that a
 * container which was started has its image.
 */
export function containerPresence(world: Pieces & Pick<World, 'pod' | 'events'>, container: string): ImagePresence {
  const { pod, events } = world;
  const located = containersOf(pod).find((c) => c.container.name === container);
  const presence = imagePresence(located?.container.image ?? '', pod.spec?.nodeName, world);
  if (isDownloading(pod, events, container, located?.status)) return { ...presence, presence: 'downloading' };
  const { running, terminated } = located?.status?.state ?? {};
  if (presence.onNode === 'unknown' && located?.status?.imageID && (running || terminated)) {
    return { ...presence, presence: 'present', onNode: 'yes', known: 'container-ran' };
  }
  return presence;
}

/** Docker's image of that name. */
export function findHostImage(images: readonly HostImage[], reference: ImageReference): HostImage | undefined {
  return indexOf(images, ({ RepoTags, RepoDigests }) => [...(RepoTags ?? []), ...(RepoDigests ?? [])]).get(comparable(reference));
}

/** The node's image of that name. */
export function findNodeImage(images: readonly NodeImage[], reference: ImageReference): NodeImage | undefined {
  return indexOf(images, ({ names }) => names).get(comparable(reference));
}

const indexes = new WeakMap<object, ReadonlyMap<string, unknown>>();

/** By each of their names, the first of the list that has it. Kept for as long as the list: every container of every pod asks. */
function indexOf<Image>(images: readonly Image[], namesOf: (image: Image) => readonly string[]): ReadonlyMap<string, Image> {
  const known = indexes.get(images) as ReadonlyMap<string, Image> | undefined;
  if (known) return known;
  const index = new Map<string, Image>();
  for (const image of images) for (const name of imageNames(namesOf(image))) if (!index.has(comparable(name))) index.set(comparable(name), image);
  indexes.set(images, index);
  return index;
}

/** The references among an image's names. Not among them: `<none>`, and `import-DATE@digest`, which containerd calls a load without a name. */
export function imageNames(names: readonly string[]): readonly ImageReference[] {
  return names
    .filter((name) => !name.includes('<none>') && !/(?:^|\/)import-\d{4}-\d{2}-\d{2}@/.test(name))
    .map(parseImageReference)
    .filter((reference) => reference.ok);
}

function isDownloading(pod: Pod, events: World['events'], container: string, status: ContainerStatus | undefined): boolean {
  const waiting = status?.state?.waiting;
  if (events === 'unknown' || !waiting || !/^(?:ContainerCreating|PodInitializing)?$/.test(waiting.reason ?? '')) return false;
  return isPulling(events, pod, container) !== undefined;
}

/** Whether the two are different builds, as far as their IDs tell: never claimed where they cannot be compared. */
export function buildsDiffer(host: HostImage, node: Pick<NodeImage, 'id'>): boolean {
  if (node.id === '') return false;
  // Docker's containerd store gives the manifest's digest as the ID, and a node the config's: they say nothing about each other.
  if (host.RepoDigests?.some((d) => d.endsWith(`@${host.Id}`))) return false;
  return bareId(host.Id) !== bareId(node.id);
}

function bareId(id: string): string {
  return id.replace(/^sha256:/, '');
}

/**
 * What it means that an image's name is not in a node's list. 'unknown' where the list need not have it; and where Docker has it and it was not
 * measured that the node has a store of its own: it may be Docker's, and then the image is there.
 */
export function absenceBy(list: NodeImages, hostImage: HostImage | undefined, store: NodeStore | undefined): 'only-in-docker' | 'not-found' | 'unknown' {
  if (!provesAbsence(list, hostImage)) return 'unknown';
  if (!hostImage) return 'not-found';
  return store?.sharesDocker === 'no' ? 'only-in-docker' : 'unknown';
}

/** The kubelet renews its list every 30 s and sends it every 10 s (pkg/kubelet/images, nodeStatusUpdateFrequency). */
const STATUS_LAG_MS = 60_000;

/** node.status.images holds the 50 largest images with five names each (pkg/kubelet/nodestatus, nodeStatusMaxImages and maxNamesPerImageInNodeStatus). */
function provesAbsence({ complete, source, images, readAt }: NodeImages, hostImage: HostImage | undefined): boolean {
  if (!complete) return false;
  if (source !== 'node-status') return true;
  if (images.length >= 50 || images.some((i) => i.names.length >= 5)) return false;
  return !hostImage || Date.parse(readAt) - hostImage.Created * 1000 >= STATUS_LAG_MS;
}
