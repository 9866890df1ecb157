// pods/NAME/proxy and services/NAME/proxy: HTTP through the API server to what listens in a pod
// (kubernetes, pkg/registry/core/{pod,service}: ResourceLocation; k8s.io/apimachinery/pkg/util/proxy).
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ApiError, badRequest, notFound } from '../api/api-error.ts';
import type { SubresourceAnswer, SubresourceHandler, SubresourceTarget } from '../api/subresources.ts';
import type { KubeObject, Service } from '../objects.ts';
import { kubeletOf, podOf } from './pod-target.ts';
import type { StreamParts } from './pod-target.ts';

interface Location {
  readonly scheme: string;
  readonly ip: string;
  readonly port: number;
  connect(): Promise<Duplex>;
}

export function podProxyHandler(parts: StreamParts): SubresourceHandler {
  return async (request, answer, target) => {
    const { scheme, name, port } = splitName(target.name, 'pod');
    const pod = podOf(parts, target.namespace, name);
    const first = pod.spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort;
    const ip = pod.status.podIP ?? '';
    if (!ip) throw badRequest('address not allowed');
    const wanted = port || String(first ?? 80);
    if (!/^\d+$/.test(wanted)) throw unreachable(parts, `dial tcp: lookup tcp/${wanted}: unknown port`);
    const { runtime } = kubeletOf(parts, pod);
    await forward(parts, request, answer, target, { scheme, ip, port: Number(wanted), connect: () => runtime.connect(ip, Number(wanted), 'outside') });
  };
}

export function serviceProxyHandler(parts: StreamParts): SubresourceHandler {
  return async (request, answer, target) => {
    const { scheme, name, port } = splitName(target.name, 'service');
    const { ip, port: found } = endpointOf(parts, target, name, port);
    await forward(parts, request, answer, target, { scheme, ip, port: found, connect: () => parts.kubelet.runtime.connect(ip, found, 'outside') });
  };
}

/** `name`, `name:port` or `scheme:name:port`. @throws ApiError 400 */
function splitName(text: string, kind: 'pod' | 'service'): { scheme: string; name: string; port: string } {
  const [a = '', b = '', c = '', ...more] = text.split(':');
  const count = text.split(':').length;
  const parts = count === 3 ? { scheme: a, name: b, port: c } : { scheme: '', name: a, port: b };
  if (more.length > 0 || !parts.name || !['', 'http', 'https'].includes(parts.scheme)) throw badRequest(`invalid ${kind} request ${JSON.stringify(text)}`);
  return parts;
}

interface EndpointSubset {
  readonly addresses?: readonly { readonly ip: string }[];
  readonly ports?: readonly { readonly name?: string; readonly port: number }[];
}

function endpointOf({ store }: StreamParts, { namespace, name: asked }: SubresourceTarget, name: string, port: string): { ip: string; port: number } {
  const unavailable = (message: string) => new ApiError(503, 'ServiceUnavailable', message);
  const missing = () => notFound({ group: '', name: 'services' }, name);
  let portName = port;
  if (/^\d+$/.test(port)) {
    const service = store.get('services', namespace, name) as Service | undefined;
    if (!service) throw missing();
    const found = service.spec.ports?.find((one) => one.port === Number(port));
    if (!found) throw unavailable(`no service port ${port} found for service "${name}"`);
    portName = found.name ?? '';
  }
  const endpoints: (KubeObject & { subsets?: readonly EndpointSubset[] }) | undefined = store.get('endpoints', namespace, name);
  if (!endpoints) throw missing();
  const ready = (endpoints.subsets ?? []).flatMap(({ addresses = [], ports = [] }) => {
    const matching = ports.find((one) => (one.name ?? '') === portName);
    return matching ? addresses.map(({ ip }) => ({ ip, port: matching.port })) : [];
  });
  const chosen = ready[Math.floor(Math.random() * ready.length)];
  if (!chosen) throw unavailable(`no endpoints available for service "${(endpoints.subsets ?? []).length === 0 ? name : asked}"`);
  return chosen;
}

/** 1.20 had no reason for it (apimachinery, pkg/util/proxy/transport.go). */
function unreachable({ minor }: StreamParts, words: string): ApiError {
  const message = `error trying to reach service: ${words}`;
  if (minor > 20) return new ApiError(503, 'ServiceUnavailable', message);
  const error = new ApiError(500, '', message);
  delete error.status.reason;
  return error;
}

async function forward(parts: StreamParts, request: IncomingMessage, answer: SubresourceAnswer, target: SubresourceTarget, location: Location): Promise<void> {
  const { url = '/' } = request;
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const prefix = url.slice(0, url.length - query.length - target.rest.length);
  if (target.rest === '' && answer.kind === 'response') {
    answer.response.writeHead(301, { location: `${prefix}/${query}`, 'content-length': 0, 'cache-control': 'no-cache, private' }).end();
    return;
  }
  const { ip, port, scheme } = location;
  let connection: Duplex;
  try {
    connection = await location.connect();
  } catch (error) {
    throw unreachable(parts, `dial tcp ${ip}:${port}: connect: ${(error as { code?: string }).code === 'EHOSTUNREACH' ? 'no route to host' : 'connection refused'}`);
  }
  connection.on('error', () => {});
  if (scheme === 'https') {
    // Nothing here speaks TLS.
    connection.destroy();
    throw unreachable(parts, 'tls: first record does not look like a TLS handshake');
  }
  const headers = { ...forwardedHeaders(request), host: `${ip}:${port}`, 'x-forwarded-uri': prefix + target.rest };
  const path = `${target.rest || '/'}${query}`;
  if (answer.kind === 'upgrade') return tunnel(request, answer.socket, answer.head, connection, { path, headers });
  await exchange(parts, request, answer.response, connection, { path, headers, prefix, signal: target.signal });
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'proxy-connection'];

/** Without those of the connection, and without the token, which the API server keeps for itself. */
function forwardedHeaders({ headers, socket }: IncomingMessage): Record<string, string | string[]> {
  const passed = Object.entries(headers).filter(([name, value]) => value !== undefined && name !== 'authorization' && !HOP_BY_HOP.includes(name)) as [string, string | string[]][];
  return { ...Object.fromEntries(passed), 'x-forwarded-for': socket.remoteAddress ?? '127.0.0.1', 'x-forwarded-host': headers.host ?? '', 'x-forwarded-proto': 'https' };
}

interface Exchange {
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
  readonly prefix: string;
  readonly signal: AbortSignal;
}

async function exchange(parts: StreamParts, request: IncomingMessage, response: ServerResponse, connection: Duplex, { path, headers, prefix, signal }: Exchange): Promise<void> {
  const upstream = httpRequest({ method: request.method ?? 'GET', path, headers: { ...headers, connection: 'close' }, createConnection: () => connection, signal });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once('response', resolve);
    upstream.once('error', reject);
  });
  answered.catch(() => {});
  const sending = pipeline(request, upstream).catch(() => {}); // what matters is the answer
  let answer: IncomingMessage;
  try {
    answer = await answered;
  } catch (error) {
    connection.destroy();
    signal.throwIfAborted();
    const { code, message } = error as { code?: string; message: string };
    throw unreachable(parts, code === 'ECONNRESET' ? 'EOF' : message);
  }
  upstream.on('error', () => {});
  try {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answerHeaders(answer.headers, prefix));
    await pipeline(answer, response);
  } finally {
    connection.destroy();
    await sending;
  }
}

/** A redirect within the pod leads through the proxy again. */
function answerHeaders(headers: IncomingHttpHeaders, prefix: string): Record<string, string | string[]> {
  const passed = Object.entries(headers).filter(([name, value]) => value !== undefined && !HOP_BY_HOP.includes(name) && !name.startsWith('access-control-')) as [string, string | string[]][];
  const { location } = headers;
  return { ...Object.fromEntries(passed), ...(location?.startsWith('/') ? { location: prefix + location } : {}), 'cache-control': headers['cache-control'] ?? 'no-cache, private' };
}

/** A connection that the client upgrades (a WebSocket of the application): the bytes as they are, both ways. */
async function tunnel(request: IncomingMessage, socket: Duplex, head: Buffer, connection: Duplex, { path, headers }: { path: string; headers: Record<string, string | string[]> }): Promise<void> {
  const lines = Object.entries({ ...headers, connection: 'Upgrade', upgrade: request.headers.upgrade ?? '' }).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`));
  connection.write(`${request.method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  connection.write(head);
  await Promise.allSettled([pipeline(socket, connection), pipeline(connection, socket)]);
}
