// The images of a pod that its node would need and only the Docker of this computer has, or has in another build.
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { containersOf } from '../../../shared/kubernetes/containers.ts';
import { imagePresence } from '../../../shared/kubernetes/presence.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';

/** Image names as the pod writes them, each once; [] while Docker or the nodes' images are not known. */
export function imagesOnlyInDocker({ session, docker }: { session: ClusterSession; docker: Docker }, pod: Pod): string[] {
  const pieces = {
    hostImages: docker.images.value,
    nodeImages: session.nodeStores.images.value.read,
    stores: session.nodeStores.stores.value,
  };
  const nodes = nodesOf(session, pod);
  const missing = containersOf(pod)
    .map(({ container }) => container.image ?? '')
    .filter((image) => nodes.some((node) => NEEDS_LOADING.has(imagePresence(image, node, pieces).presence)));
  return [...new Set(missing)];
}

const NEEDS_LOADING: ReadonlySet<string> = new Set(['only-in-docker', 'older-build']);

/** The nodes with a store of their own that the pod runs on, or may run on while it has none. */
export function nodesOf(session: ClusterSession, pod: Pod): string[] {
  const { nodeName } = pod.spec ?? {};
  return session.nodeStores.loadable().map(({ node }) => node).filter((node) => !nodeName || node === nodeName);
}
