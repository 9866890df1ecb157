// The way over the API server, which asks a pod or a Service in our place:
// https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls
import type { HttpRequest, HttpTarget } from '../../../shared/contract/http.ts';
import type { WebSocketOptions } from '../../clients/cluster/connection.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { proxyPath } from './command-lines.ts';
import type { Header, Way } from './exchange.ts';

/**
 * Whose credentials are sent are the cluster's: an Authorization of the person's own would be read by the API server, and never reach the program.
 * @throws the failure for which there is no connection
 */
export async function apiServerWay(session: ClusterSession, target: Extract<HttpTarget, { via: 'api-server' }>, scheme: HttpRequest['scheme'], signal: AbortSignal): Promise<Way & Pick<WebSocketOptions, 'refresh'>> {
  const connection = await session.client(signal);
  const { base, headers, tls, agent, refresh } = await connection.webSocketOptions();
  return {
    origin: `${base.replace(/^ws/, 'http')}${proxyPath(target, scheme)}`,
    headers: Object.entries(headers).filter((header): header is Header => typeof header[1] === 'string'),
    // Even where the cluster knows us by a certificate alone.
    drops: ['authorization'],
    refresh,
    options: { ...tls, ...(agent ? { agent } : {}) },
  };
}
