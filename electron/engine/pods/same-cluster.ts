// A change stays on the cluster that it was begun on.
import { Failure } from '../../../shared/contract/failures.ts';
import type { ClusterSession } from '../cluster/session.ts';

export type Client = () => ReturnType<ClusterSession['client']>;

/**
 * The connection, as long as the context still leads to the server of the change: the one that it leads to now, or `server`, where the change is an
 * older one ('': not known, and not compared). @throws Failure CHANGES_LOCKED, CONTEXT_LEADS_ELSEWHERE when it is asked for.
 */
export function sameCluster(session: ClusterSession, server: string = session.server): Client {
  return async () => {
    session.requireChanges();
    requireServer(session, server);
    const client = await session.client();
    requireServer(session, server);
    return client;
  };
}

/** @throws Failure CONTEXT_LEADS_ELSEWHERE */
export function requireServer({ context, server: now }: Pick<ClusterSession, 'context' | 'server'>, before: string): void {
  if (before !== '' && now !== before) throw new Failure('CONTEXT_LEADS_ELSEWHERE', { context, server: now, before }, `the context leads to ${now} now, and led to ${before}`);
}
