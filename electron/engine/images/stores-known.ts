// Waits for the first look at a cluster's nodes: an action may be the first that asks for its session, and would find nothing to load into.
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';
import { waitFor } from '../topic.ts';

const FIRST_LOOK_MS = 15_000;

/** Resolves when the nodes' stores were found by what Docker and the cluster say, or when one of them has not said anything for a while. */
export async function storesKnown({ session, docker }: { session: ClusterSession; docker: Docker }): Promise<void> {
  const signal = AbortSignal.timeout(FIRST_LOOK_MS);
  try {
    const { state } = await waitFor(docker.state, ({ state: now }) => now !== 'connecting', signal);
    // The node containers of kind and minikube are told by Docker.
    if (state === 'connected') await waitFor(docker.containers, (containers) => containers !== 'unknown', signal);
    await waitFor(session.nodeStores.stores, (stores) => stores !== 'unknown', signal);
  } catch {
    // The action says what it does not find.
  }
}
