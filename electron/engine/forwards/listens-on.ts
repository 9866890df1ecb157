// What a pod listens on, for whom it refused a port.
import { Failure } from '../../../shared/contract/failures.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { readListeners } from '../evidence/listeners.ts';
import type { ServingPod } from './target-pods.ts';

const EXPLAIN_MS = 5_000;

/** @param listens as `listensOn` gives it */
export function refusedOf(failure: Failure, { name, port }: ServingPod, listens: string | undefined): Failure {
  return listens === undefined ? failure : new Failure('PORT_REFUSED_LISTENS', { pod: name, port, listens }, failure.raw);
}

/** `8080, 9090`, '' for none; undefined where it cannot be asked, or where the port itself is among them by now. */
export async function listensOn(session: ClusterSession, namespace: string, pod: ServingPod): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(EXPLAIN_MS);
    const { pods } = await session.scope(namespace, signal);
    const known = pods.value.items === 'unknown' ? undefined : pods.value.items.get(pod.uid);
    // In the node's own network it would be everything that listens on the node.
    if (!known || known.spec?.['hostNetwork'] === true) return undefined;
    const containers = (known.status?.containerStatuses ?? []).filter(({ state }) => state?.running).map(({ name }) => name);
    const found = await readListeners(await session.client(signal), { namespace, name: pod.name, containers }, signal);
    if (!found || found.some(({ port }) => port === pod.port)) return undefined;
    return [...new Set(found.map(({ port }) => port))].join(', ');
  } catch {
    return undefined;
  }
}
