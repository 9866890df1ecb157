// One interface for the image store of a node, wherever it is.
import type { Readable } from 'node:stream';
import type { NodeImage, NodeImages, NodeStore } from '../../../shared/diagnosis/world.ts';
import { parseImageReference, repositoryOf, sameImage } from '../../../shared/kubernetes/image-reference.ts';

export interface NodeImageStore {
  readonly node: string;
  readonly kind: NodeStore['kind'];
  /** amd64, arm64, ... as the node's status says it. */
  readonly architecture: string | undefined;
  /** Throws NODE_STORE_UNREACHABLE. */
  list(signal?: AbortSignal): Promise<NodeImages>;
  /** The image that the node has under this name, read anew. Throws NODE_STORE_UNREACHABLE. */
  identify(reference: string, signal?: AbortSignal): Promise<NodeImage | undefined>;
  /**
   * Takes an image archive with `manifest.json` (as `docker save` writes it), mostly an OCI layout too; absent where nothing can be loaded.
   * An abort ends the work in the node before this rejects with the signal's reason. Throws the archive's error, or an Error with the node's words.
   */
  readonly load?: (archive: Readable, signal: AbortSignal) => Promise<void>;
  /**
   * Which of an image's layers the node has, so that they may be missing in the archive of a `load`; absent where all must be in it.
   * @param layers diff IDs (RootFS.Layers), the lowest first
   * @returns the size of each layer that the node has, by its digest; undefined where only its being there is known. Other digests may be in it.
   * Throws NODE_STORE_UNREACHABLE.
   */
  readonly holds?: (layers: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, number | undefined>>;
  /**
   * After a load that did not end well: the name leads to `before` again, which the node had under it; without one, or where it has gone, to nothing.
   * What had only this name goes. Nothing happens where the name leads to `before`. Throws the tool's words or NODE_STORE_UNREACHABLE, which is also
   * said where `before` has gone.
   */
  readonly giveBack?: (reference: string, before?: NodeImage) => Promise<void>;
  /**
   * Removes a name, and the image with its last one; by an ID, an image with all its names. Resolves when it was not there, too. Absent where
   * nothing can be removed. A container that runs from the image goes on in containerd, and misses it at its next start; Docker refuses the last
   * name instead: IMAGE_IN_USE, with the containers. Throws IMAGE_NOT_REMOVED with the node's words, or NODE_STORE_UNREACHABLE.
   */
  readonly remove?: (reference: string, signal?: AbortSignal) => Promise<void>;
  /**
   * The image under this name, or with this ID, as an archive that `load` takes: what brings it back after a `remove`. Absent where none can be
   * had. What goes wrong is the stream's error: IMAGE_NOT_KEPT where the node has discarded the layers of a registry's image once they were
   * unpacked, an Error with the node's words, NODE_STORE_UNREACHABLE, or the signal's reason.
   */
  readonly export?: (reference: string, signal: AbortSignal) => Readable;
  /** The line a person would type to load this image. */
  loadCommand(reference: string): string | undefined;
  /** The store's own events: calls back at each change and resolves when they end. Absent where there are none. */
  readonly watch?: (signal: AbortSignal, onChange: () => void) => Promise<void>;
  /** How often a store without events is worth reading while somebody looks; watchNodeImages has its own idea where this is absent. */
  readonly readEveryMs?: number;
}

/** The image with this name, after normalisation of both. */
export function findNodeImage({ images }: Pick<NodeImages, 'images'>, reference: string): NodeImage | undefined {
  return images.find(({ names }) => names.some(name => sameImage(name, reference)));
}

export interface Removal {
  readonly image: NodeImage;
  /** The names that go; none for an image that has none. */
  readonly names: readonly string[];
  /** With them the image goes. */
  readonly isLast: boolean;
}

/**
 * What a removal by a name or an ID takes; undefined where there is no such image. As Docker does it: when the last tag of a repository goes, the
 * digests by which the image was pulled from there go with it.
 */
export function removalOf(list: NodeImages, reference: string): Removal | undefined {
  const image = list.images.find(({ id }) => id !== '' && id === reference) ?? findNodeImage(list, reference);
  if (!image) return undefined;
  if (image.id === reference) return { image, names: image.names, isLast: true };
  const named = image.names.filter(name => sameImage(name, reference));
  const rest = image.names.filter(name => !named.includes(name));
  const repository = repositoryName(reference);
  const hasOtherTag = rest.some(name => !name.includes('@') && repositoryName(name) === repository);
  const digests = hasOtherTag ? [] : rest.filter(name => name.includes('@') && repositoryName(name) === repository);
  return { image, names: [...named, ...digests], isLast: rest.length === digests.length };
}

function repositoryName(reference: string): string {
  const parsed = parseImageReference(reference);
  return parsed.ok ? repositoryOf(parsed) : reference;
}
