// Loads one image of Docker into the nodes that keep their own images, and says only what was read back.
import type { LoadedOnNode } from '../../../shared/contract/images.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { loadImage } from '../../clients/nodes/load.ts';
import type { Teller } from '../activity/activity.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';

/**
 * @param nodes only these; all that can be loaded into when left out
 * @throws Failure IMAGE_NAME_INVALID, IMAGE_NOT_IN_DOCKER, NOTHING_TO_LOAD_INTO, LOAD_FAILED, LOAD_NOT_VERIFIED, DOCKER_*
 */
export async function loadIntoNodes(parts: { session: ClusterSession; docker: Docker }, image: string, tell: Teller, signal: AbortSignal, nodes?: readonly string[]): Promise<LoadedOnNode[]> {
  const { session, docker } = parts;
  const stores = session.nodeStores.loadable().filter(({ node }) => !nodes || nodes.includes(node));
  if (stores.length === 0) throw new Failure('NOTHING_TO_LOAD_INTO', { image }, `no node of ${session.context} has an image store that Podlab can load into`);
  const loaded: LoadedOnNode[] = [];
  for (const store of stores) {
    tell.step('step.load-image', { image, node: store.node });
    const { alreadyThere, command, imageId, bytes } = await loadImage({
      docker: docker.connection.docker(),
      store,
      reference: image,
      signal,
      onProgress: ({ sentBytes, totalBytes }) => tell.bytes(sentBytes, totalBytes),
    });
    tell.command(command);
    loaded.push({ node: store.node, imageId, alreadyThere, sentBytes: bytes });
  }
  await session.nodeStores.refresh();
  return loaded;
}
