// Brings an image from the host's Docker into a node's own store, as `kind load docker-image` and `minikube image load` do, but streamed:
// no temporary file, one platform, and read back afterwards (an image that was loaded without its name is a common trap: kind 4184).
import type Dockerode from 'dockerode';
import { Failure, causeText } from '../../../shared/contract/failures.ts';
import { parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import { inspectImage } from '../docker/images.ts';
import { saveImage } from '../docker/save.ts';
import { archiveIdentity } from './archive-identity.ts';
import type { NodeImageStore } from './node-image-store.ts';

export interface LoadProgress {
  readonly sentBytes: number;
  /** Docker's size of the image: the archive is about as long. */
  readonly totalBytes?: number;
}

export interface LoadOptions {
  readonly docker: Dockerode;
  readonly store: NodeImageStore;
  readonly reference: string;
  readonly signal: AbortSignal;
  onProgress?(progress: LoadProgress): void;
}

export interface LoadedImage {
  /** sha256:... as the node has it. */
  readonly imageId: string;
  /** What was sent; 0 when it was there already. */
  readonly bytes: number;
  /** The line a person would type; '' where the node needs no loading. */
  readonly command: string;
  readonly alreadyThere: boolean;
}

/**
 * Resolves once the node has the image under its full name and with the right ID. Throws IMAGE_NAME_INVALID, IMAGE_NOT_IN_DOCKER,
 * NOTHING_TO_LOAD_INTO (the store takes nothing), LOAD_FAILED (with the other architecture, or the node's words), LOAD_NOT_VERIFIED,
 * NODE_STORE_UNREACHABLE, or the signal's reason: then the name is as it was.
 */
export async function loadImage({ docker, store, reference, signal, onProgress }: LoadOptions): Promise<LoadedImage> {
  const name = parseImageReference(reference);
  if (!name.ok) throw new Failure('IMAGE_NAME_INVALID', { image: reference, reason: name.reason }, `${reference}: ${name.reason}`);
  const image = await inspectImage(docker, reference, signal);
  const { node, architecture } = store;
  const fault = (cause: unknown) => new Failure('LOAD_FAILED', { image: reference, node }, cause);
  if (architecture && image.architecture && image.architecture !== architecture) {
    throw fault(`the image is for ${image.os}/${image.architecture}, the node is linux/${architecture}`);
  }
  const command = store.loadCommand(reference) ?? '';
  const before = await store.identify(reference, signal);
  if (before?.id === image.id) return { imageId: image.id, bytes: 0, command, alreadyThere: true };
  if (!store.load) throw new Failure('NOTHING_TO_LOAD_INTO', { image: reference }, `${node}: ${store.kind}`);

  let bytes = 0;
  // Ends the sending with the signal, and with a node that stops reading.
  const archive = await saveImage(docker, name.normalized, {
    signal,
    ...(architecture && { platform: { os: 'linux', architecture } }),
    onBytes(total) {
      bytes = total;
      onProgress?.({ sentBytes: total, totalBytes: image.size });
    },
  });
  const sent = archiveIdentity(archive);
  try {
    await store.load(sent.archive, signal);
  } catch (error) {
    if (!signal.aborted) throw error instanceof Failure && error.code === 'DOCKER_STOPPED' ? error : fault(error);
    // The last byte may have been there before the cancel. A name that replaced an older build stays: the older one has no name to come back to.
    if (!before && await store.identify(reference).catch(() => undefined)) await store.untag?.(reference).catch(() => {});
    throw signal.reason;
  } finally {
    archive.destroy();
  }
  // Docker with its images in containerd gives a manifest's digest as ID; what counts is the config that was sent.
  const expected = await sent.imageId() ?? image.id;
  const after = await store.identify(reference, signal);
  if (after?.id !== expected) throw new Failure('LOAD_NOT_VERIFIED', { image: reference, node }, causeText(`${expected} was sent, the node has ${after?.id ?? 'none'}`));
  return { imageId: after.id, bytes, command, alreadyThere: false };
}
