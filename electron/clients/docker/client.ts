// A dockerode client for an endpoint, and the calls that dockerode's typed methods do not offer.
import type { IncomingMessage } from 'node:http';
import Dockerode from 'dockerode';

export interface DockerEndpoint {
  /** As DOCKER_HOST writes it: unix:///var/run/docker.sock, npipe:////./pipe/docker_engine, tcp://host:2375, https://host:2376, ssh://user@host. */
  readonly endpoint: string;
  readonly source: 'DOCKER_HOST' | 'docker-context' | 'socket';
  /** The Docker context's name, when one was chosen. */
  readonly context?: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly skipVerify?: boolean };
}

/**
 * A client for one endpoint; it opens nothing by itself. Throws an Error for an endpoint that is no address.
 * docker-modem would take anything that is left out from DOCKER_HOST, so everything is said, `undefined` too.
 */
export function dockerClient({ endpoint, tls }: DockerEndpoint): Dockerode {
  const pipe = /^(?:unix|npipe):\/\/(.+)$/.exec(endpoint);
  if (pipe) return new Dockerode({ socketPath: pipe[1], host: undefined, port: undefined, protocol: 'http', ca: undefined, cert: undefined, key: undefined });
  const url = new URL(endpoint);
  if (url.protocol === 'ssh:') {
    return new Dockerode({
      socketPath: undefined, host: url.hostname, port: url.port || 22, protocol: 'ssh', username: decodeURIComponent(url.username),
      sshOptions: process.env.SSH_AUTH_SOCK ? { agent: process.env.SSH_AUTH_SOCK } : {}, ca: undefined, cert: undefined, key: undefined,
    });
  }
  if (!/^(tcp|https?):$/.test(url.protocol)) throw new Error(`not a Docker endpoint: ${endpoint}`);
  const secure = tls !== undefined || url.protocol === 'https:';
  return new Dockerode({
    socketPath: undefined, host: url.hostname, port: url.port || (secure ? 2376 : 2375), protocol: secure ? 'https' : 'http',
    ca: tls?.ca, cert: tls?.cert, key: tls?.key, ...(tls?.skipVerify && { checkServerIdentity: () => undefined }),
  });
}

/** The client's address, as DOCKER_HOST writes it: for messages. */
export function endpointOf(docker: Dockerode): string {
  const modem = docker.modem as unknown as { socketPath?: string; protocol: string; host?: string; port?: number | string };
  return modem.socketPath ? `${modem.socketPath.startsWith('//./') ? 'npipe' : 'unix'}://${modem.socketPath}` : `${modem.protocol}://${modem.host}:${modem.port}`;
}

/** `GET /_ping`, the cheapest question (Engine API, System). Rejects with the socket's error. */
export function ping(docker: Dockerode, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.modem.dial({ path: '/_ping', method: 'GET', abortSignal: signal, statusCodes: { 200: true } }, error => error ? reject(error) : resolve());
  });
}

/** A call whose answer is JSON; rejects with docker-modem's error, which carries `statusCode`. */
export function callJson<Answer>(docker: Dockerode, method: 'GET' | 'POST' | 'DELETE', path: string, query: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      { path: `${path}?`, method, options: { _query: { ...query }, _body: {} }, ...(signal && { abortSignal: signal }), statusCodes: { 200: true, 201: true } },
      (error, answer) => error ? reject(error) : resolve(answer as Answer),
    );
  });
}

/** A GET whose body is a stream; rejects with docker-modem's error, which carries `statusCode`. The signal ends the stream too. */
export function getStream(docker: Dockerode, path: string, query: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      { path: `${path}?`, method: 'GET', options: { ...query }, isStream: true, abortSignal: signal, statusCodes: { 200: true, 404: 'not found', 500: 'server error' } },
      (error, response) => error ? reject(error) : resolve(response as IncomingMessage),
    );
  });
}
