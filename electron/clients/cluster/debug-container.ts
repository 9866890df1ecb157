// Adding a container to a pod that runs: the subresource `ephemeralcontainers`, whose PATCH takes the pod's own form since 1.22
// (https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/). Such a container is never taken out of its pod again.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Container, Pod } from '../../../shared/kubernetes/objects.ts';
import { ApiError } from './api-error.ts';
import type { ClusterConnection } from './connection.ts';

/** @param container with a name that the pod does not have. Fails as DEBUG_NOT_SUPPORTED on a server without such containers, POD_GONE, or as `connection.request`. */
export async function addDebugContainer(connection: ClusterConnection, namespace: string, pod: string, container: Container, signal?: AbortSignal): Promise<Pod> {
  try {
    const { json } = await connection.request<Pod>({
      method: 'PATCH',
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/ephemeralcontainers`,
      query: { fieldManager: 'podlab' },
      contentType: 'application/strategic-merge-patch+json',
      body: { spec: { ephemeralContainers: [container] } },
      signal,
    });
    return json;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      // The pod's own 404 names it; one about the path, or the feature's gate, does not.
      const isPod = error.body?.details?.kind === 'pods' && /pods "[^"]*" not found/.test(error.message);
      throw isPod ? new Failure('POD_GONE', { pod }, error) : new Failure('DEBUG_NOT_SUPPORTED', { context: connection.context.name }, error);
    }
    // Before 1.22 the subresource has a form of its own, and takes no patch of the pod's.
    if (error instanceof ApiError && (error.status === 405 || error.status === 415)) throw new Failure('DEBUG_NOT_SUPPORTED', { context: connection.context.name }, error);
    throw error;
  }
}
