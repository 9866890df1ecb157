// The ways on which Podlab itself speaks HTTP: through a forward's port, over a tunnel into a pod or into one behind a Service, and over the API server.
import type { ForwardRow, ForwardTarget } from '../../../shared/contract/forwards.ts';
import type { HttpRequest, HttpResponse, HttpTarget } from '../../../shared/contract/http.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { errorOf, failureOf, statusOf } from '../../clients/cluster/api-error.ts';
import { codesOf, networkFailure } from '../../clients/cluster/network-failure.ts';
import { requestInfo } from '../../clients/cluster/request-info.ts';
import { openTunnel } from '../../clients/cluster/tunnel.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { listensOn, refusedOf } from '../forwards/listens-on.ts';
import { readyPod } from '../forwards/ready-pod.ts';
import type { ServingPod } from '../forwards/target-pods.ts';
import { apiServerWay } from './api-server-way.ts';
import { proxyPath } from './command-lines.ts';
import { connectTo } from './connect-to.ts';
import { exchange, type DiallingWay } from './exchange.ts';

/** It was never spoken to; a connection that broke later is the request's own matter. */
const NO_WAY_TO_SERVER = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$|CERT/;

export type Tunnelled = Extract<HttpTarget, { via: 'pod' | 'service' }>;

/**
 * To a forward's port, as any program on this computer would go.
 * @throws Failure why it does not listen
 */
export function forwardWay({ localPort, listensOn: addresses, reason }: ForwardRow, scheme: HttpRequest['scheme']): DiallingWay {
  const origin = `${scheme}://localhost:${localPort}`;
  const address = reachable(addresses[0]);
  if (!address) throw reason ? Failure.ofData(reason) : new Failure('REQUEST_FAILED', { url: origin }, 'the forward does not listen');
  return {
    origin,
    dial: async (phases, signal) => ({ socket: await phases.during('connect', () => connectTo(localPort, address, signal)) }),
  };
}

/** What listens on all addresses is reached on the computer's own. */
function reachable(address: string | undefined): string | undefined {
  return address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
}

/**
 * Straight into the pod, or into the next of a Service's ready ones for each connection: no port of this computer is used. Dialling fails as `readyPod`
 * and `openTunnel`; what the tunnel says later is the stream's.
 */
export function tunnelWay(session: ClusterSession, target: Tunnelled, scheme: HttpRequest['scheme'], onPod?: (pod: ServingPod) => void): DiallingWay {
  const { namespace } = target;
  return {
    origin: originOf(target, scheme),
    async dial(phases, signal) {
      const pod = await phases.during('resolve', () => readyPod(session, namespace, targetOf(target), signal));
      onPod?.(pod);
      const socket = await phases.during('tunnel', async () => openTunnel(await session.client(signal), { namespace, pod: pod.name, port: pod.port, signal }));
      return { socket, servedBy: { name: pod.name, uid: pod.uid } };
    },
  };
}

/**
 * @param read the forward's row as it is now
 * @throws Failure as `exchange`; where the forward could not serve the connection, what it says of that
 */
export async function askForward(read: () => ForwardRow, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const before = read();
  const began = new Date().toISOString();
  try {
    const response = await exchange(request, forwardWay(before, request.scheme), signal);
    const { servingPod, total } = read();
    // Had others connected meanwhile, it could be theirs.
    const isOurs = servingPod && total === before.total + response.redirects.length + 1;
    return isOurs ? { ...response, servedBy: servingPod } : response;
  } catch (error) {
    throw hungUp(read(), began, error);
  }
}

/** To its client a forward can only hang up; it knows why. @param began ISO 8601 */
export function hungUp({ lastError }: ForwardRow, began: string, error: unknown): unknown {
  const isHangUp = error instanceof Failure && (error.code === 'REQUEST_FAILED' || error.code === 'LIVE_BROKE_OFF');
  return isHangUp && lastError && lastError.at >= began ? Failure.ofData(lastError) : error;
}

/** @throws Failure as `exchange` and `tunnelWay`; PORT_REFUSED_LISTENS where it is known on what the pod listens instead */
export async function askOverTunnel(session: ClusterSession, target: Tunnelled, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  let served: ServingPod | undefined;
  try {
    return await exchange(request, tunnelWay(session, target, request.scheme, (pod) => (served = pod)), signal);
  } catch (error) {
    throw await refused(session, target, served, error);
  }
}

/** On what the pod listens instead, where it refused the port and that is known. */
export async function refused(session: ClusterSession, { namespace }: Tunnelled, served: ServingPod | undefined, error: unknown): Promise<unknown> {
  if (!served || !(error instanceof Failure) || error.code !== 'PORT_REFUSED_IN_POD') return error;
  return refusedOf(error, served, await listensOn(session, namespace, served));
}

/**
 * The API server asks in our place. What it says in its own name, a Status, is a failure and no answer of the program.
 * @throws Failure as `exchange`; NOT_ALLOWED, CREDENTIALS_REFUSED, API_ERROR
 */
export async function askApiServer(session: ClusterSession, target: Extract<HttpTarget, { via: 'api-server' }>, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt += 1) {
    const way = await apiServerWay(session, target, request.scheme, signal);
    const response = await exchange(request, way, signal).catch((error: unknown) => {
      const isDown = error instanceof Failure && error.code === 'REQUEST_FAILED' && codesOf(error).some((code) => NO_WAY_TO_SERVER.test(code));
      throw isDown ? networkFailure(session.context, session.server, error) : error;
    });
    const status = response.status >= 400 && response.bodyEncoding === 'text' ? statusOf(response.body) : undefined;
    if (status?.status !== 'Failure') return response;
    // Nothing reached the program: credentials that have run out may be had anew.
    if (response.status === 401 && attempt === 1 && way.refresh()) continue;
    const info = requestInfo(request.method, proxyPath(target, request.scheme), false);
    const error = errorOf(session.context, info, { status: response.status, text: response.body });
    throw failureOf(error) ?? error;
  }
}

const targetOf = (target: Tunnelled): ForwardTarget =>
  target.via === 'pod' ? { kind: 'Pod', name: target.pod, port: String(target.port) } : { kind: 'Service', name: target.service, port: target.port };

/** In the pod it is `localhost`; a Service has the name that other pods use: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
export function originOf(target: Tunnelled, scheme: HttpRequest['scheme']): string {
  if (target.via === 'pod') return `${scheme}://localhost:${target.port}`;
  const host = `${scheme}://${target.service}.${target.namespace}`;
  return /^\d+$/.test(target.port) ? new URL(`${host}:${target.port}`).origin : host;
}
