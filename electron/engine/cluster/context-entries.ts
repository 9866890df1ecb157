// What a context's entries in the kubeconfig say of its connection, as text to compare.
import type { Kubeconfig } from '../../clients/cluster/kubeconfig.ts';

/** Everything that a connection is made of: where it differs, the connection must be made anew. Holds secrets: for comparing only. '' for a context that is not there. */
export function connectionEntries(kubeconfig: Kubeconfig, context: string): string {
  const found = kubeconfig.contexts.find(({ name }) => name === context);
  return found ? JSON.stringify([kubeconfig.clusters.get(found.cluster), kubeconfig.users.get(found.user)]) : '';
}

/** Which cluster the context leads to: its server, and what may lead the same address elsewhere. '' for a context without one. */
export function clusterOf(kubeconfig: Kubeconfig, context: string): string {
  const found = kubeconfig.contexts.find(({ name }) => name === context);
  if (!found?.server) return '';
  const { proxyUrl, tlsServerName } = kubeconfig.clusters.get(found.cluster) ?? {};
  return JSON.stringify([found.server, proxyUrl, tlsServerName]);
}
