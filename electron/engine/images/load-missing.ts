// Loads what a pod's node would need and only the Docker of this computer has. Where it is not known what is missing, nothing is claimed.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import type { Teller } from '../activity/activity.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';
import { loadIntoNodes } from './load-into-nodes.ts';
import { imagesOnlyInDocker, nodesOf } from './only-in-docker.ts';

/** @returns the images that were loaded. @throws Failure DOCKER_*, NODE_STORE_UNREACHABLE, NOTHING_TO_LOAD_INTO, and those of loadIntoNodes. */
export async function loadMissing(parts: { session: ClusterSession; docker: Docker }, pod: Pod, tell: Teller, signal: AbortSignal): Promise<string[]> {
  const { session, docker } = parts;
  docker.connection.docker(); // Throws why there is none.
  const nodes = nodesOf(session, pod);
  const { read, problems } = session.nodeStores.images.value;
  const unread = nodes.find((node) => !read.some((list) => list.node === node));
  if (unread !== undefined) throw new Failure('NODE_STORE_UNREACHABLE', { node: unread }, problems.get(unread)?.cause ?? 'the images of the node were not read yet');
  const images = imagesOnlyInDocker(parts, pod);
  for (const image of images) await loadIntoNodes(parts, image, tell, signal, nodes);
  return images;
}
