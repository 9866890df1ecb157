// Which build a container runs, out of `imageID` in its status, and whether it is a given image. IDs are compared only where both are of one
// kind: never is a difference claimed between an image's ID and a manifest's digest.
import type { HostImage, World } from '../diagnosis/world.ts';
import type { ContainerStatus } from './objects.ts';
import { onceFor } from './once-for.ts';

/** An image as both Docker and a node can tell of it; `id` is '' where the source has none. */
export interface KnownImage {
  /** sha256:...; the config's digest, or with Docker's images in containerd the manifest's. */
  readonly id: string;
  /** With name@digest among them where the source has such. */
  readonly names: readonly string[];
}

/** Docker's image in that form. */
export const asKnown = ({ Id, RepoTags, RepoDigests }: HostImage): KnownImage => ({ id: Id, names: [...RepoTags ?? [], ...RepoDigests ?? []] });

/** Every container of a node that shares Docker's images asks. */
const allKnown = onceFor((images: readonly HostImage[]): readonly KnownImage[] => images.map(asKnown));

/** What a node's containers can be made from: its own list, or Docker's where the node shares that; [] where it was not read. */
export function storeOf(node: string | undefined, { stores, hostImages, nodeImages }: Pick<World, 'stores' | 'hostImages' | 'nodeImages'>): readonly KnownImage[] {
  const shares = stores !== 'unknown' && stores.some((store) => store.node === node && store.sharesDocker === 'yes');
  if (shares && hostImages !== 'unknown') return allKnown(hostImages);
  return nodeImages === 'unknown' ? [] : (nodeImages.find((list) => list.node === node)?.images ?? []);
}

/**
 * The image ID that a status names, `sha256:...`; undefined where it names none, or only a digest that no image of the list carries.
 * The forms (pkg/kubelet/dockershim/convert.go, toPullableImageID; CRI ImageStatus): `docker://sha256:ID` and `sha256:ID` are an ID,
 * `docker-pullable://name@sha256:DIGEST` and `name@sha256:DIGEST` a manifest's digest, which the store's list leads to an ID.
 */
export function runningId(imageID: string | undefined, store: readonly KnownImage[]): string | undefined {
  const text = (imageID ?? '').replace(/^docker(-pullable)?:\/\//, '');
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return text;
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(text)?.[1];
  if (digest === undefined) return undefined;
  const ids = new Set(store.filter(({ id, names }) => id !== '' && names.some((name) => name.endsWith(`@${digest}`))).map(({ id }) => id));
  return ids.size === 1 ? [...ids][0] : undefined;
}

/** Whether a container runs now, by its status. */
export function isRunning(status: ContainerStatus | undefined): boolean {
  return status?.state?.running !== undefined;
}

/** Whether the two are one build; 'unknown' where one has no ID, or where they are of two kinds. */
export function sameBuild(id: string | undefined, image: KnownImage | undefined): 'yes' | 'no' | 'unknown' {
  if (!id || !image || image.id === '') return 'unknown';
  if (bare(id) === bare(image.id)) return 'yes';
  return isManifestDigest(image) ? 'unknown' : 'no';
}

/** Docker with its images in containerd gives the manifest's digest as the ID: it is then among the image's own digests. */
export function isManifestDigest({ id, names }: KnownImage): boolean {
  return id !== '' && names.some((name) => name.endsWith(`@${id}`));
}

function bare(id: string): string {
  return id.replace(/^sha256:/, '');
}
