import { Agent as HttpsAgent } from 'node:https';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError, errorOf } from './api-error.ts';
import { type AppliedCredentials, clientNodeConfig, openCredentials, type TlsOptions } from './credentials.ts';
import { jsonAsYaml } from './json-as-yaml.ts';
import type { ClusterEntry, Kubeconfig, KubeContext, UserEntry } from './kubeconfig.ts';
import { codesOf, networkFailure } from './network-failure.ts';
import { requestInfo } from './request-info.ts';
import { createSlots } from './slots.ts';
import { warningsOf } from './warnings.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface ApiRequest {
  /** GET when absent. */
  readonly method?: string;
  /** `/api/v1/pods`; the server's own base path is put before it. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON (to who reads YAML, such that it is the same there); a string is sent as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  /** Until the whole answer is here (a stream: until its headers are). 30 000 when absent, 0 for no limit. */
  readonly timeoutMs?: number;
}

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface ApiResponse<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  /** Raw JSON: unknown fields are kept. */
  readonly json: Body;
  readonly warnings: readonly string[];
}

export interface ApiStream extends AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly status: number;
  readonly headers: Headers;
  readonly warnings: readonly string[];
}

export interface WebSocketOptions {
  /** `wss://host:port/base`, without a slash at the end. */
  readonly base: string;
  readonly headers: AppliedCredentials['headers'];
  readonly tls: TlsOptions;
  /** One for all sockets of the connection, so that a TLS session is resumed and not made anew; undefined for http. */
  readonly agent: HttpsAgent | undefined;
  /** After a 401: true if it is worth trying once more. */
  refresh(): boolean;
}

export interface ClusterConnection extends AsyncDisposable {
  readonly context: KubeContext;
  /**
   * One call. Fails as CREDENTIALS_REFUSED, NOT_ALLOWED, CLUSTER_UNREACHABLE, CLUSTER_NOT_TRUSTED, CREDENTIALS_FILE_MISSING, CREDENTIALS_PLUGIN_FAILED,
   * as ApiError for every other answer that is not 2xx, or with the signal's reason.
   */
  request<Body = unknown>(request: ApiRequest): Promise<ApiResponse<Body>>;
  /** A body that is read as it comes (watch, logs): what is not asked for stays in the socket. Breaking off the iteration closes it. Fails as `request`. */
  stream(request: ApiRequest): Promise<ApiStream>;
  webSocketOptions(): Promise<WebSocketOptions>;
  /** Aborts when the connection is disposed of. */
  readonly closed: AbortSignal;
  /** How many TCP connections were opened for requests and streams so far. */
  readonly socketsOpened: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
/** Short calls at a time; with HTTP/1.1 each takes a TCP connection. Watches and logs come on top, one each. */
const CALLS_AT_ONCE = 8;
const USER_AGENT = 'podlab';

/**
 * Opens a context: reads its credentials and makes the dispatcher that all its requests and watches share. It does not speak to the server yet.
 * Fails as CONTEXT_NOT_FOUND, CREDENTIALS_FILE_MISSING or KUBECONFIG_INVALID. Disposing it ends everything that goes over it.
 * @param onWarning each `Warning` header's text, also those of streams.
 */
export async function openConnection(
  kubeconfig: Kubeconfig,
  contextName: string,
  { onWarning }: { readonly onWarning?: (text: string) => void } = {},
): Promise<ClusterConnection> {
  const { context, cluster, user } = entriesOf(kubeconfig, contextName);
  const closing = new AbortController();
  const credentials = await openCredentials(contextName, cluster, user, closing.signal);
  const server = new URL(cluster.server);
  const basePath = server.pathname.replace(/\/$/, '');
  const slots = createSlots(CALLS_AT_ONCE);
  let socketsOpened = 0;
  let transport: { readonly tls: TlsOptions; readonly dispatcher: Dispatcher; agent?: Promise<HttpsAgent> } | undefined;

  // A plugin may hand out a new client certificate: then what is open goes on with the old one and the new connections have the new.
  const transportFor = (tls: TlsOptions) => {
    if (transport && sameTls(transport.tls, tls)) return transport;
    const dispatcher = asConfigured(cluster, () => createDispatcher(cluster, tls));
    dispatcher.on('connect', () => { socketsOpened += 1; });
    void transport?.dispatcher.close();
    transport = { tls, dispatcher };
    return transport;
  };

  const send = async (request: ApiRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> => {
    const { method = 'GET', path, query = {}, body, contentType = 'application/json', accept = 'application/json' } = request;
    const info = requestInfo(method, path, query['watch'] === true);
    for (let attempt = 1; ; attempt += 1) {
      const applied = await unlessAborted(credentials.apply(), signal);
      const { dispatcher } = transportFor(applied.tls);
      let response: Dispatcher.ResponseData;
      try {
        response = await dispatcher.request({
          origin: server.origin,
          path: `${basePath}${path}${queryText(query)}`,
          method: method,
          headers: { 'user-agent': USER_AGENT, accept, ...(body === undefined ? {} : { 'content-type': contentType }), ...applied.headers },
          body: body === undefined ? null : typeof body === 'string' ? body : contentType.endsWith('yaml') ? jsonAsYaml(body) : JSON.stringify(body),
          signal,
        });
      } catch (error) {
        signal.throwIfAborted();
        // The server may close an idle connection just when it is used again; Go's client also repeats what is safe to repeat.
        if (method === 'GET' && attempt === 1 && codesOf(error).some((code) => code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE')) continue;
        throw networkFailure(contextName, cluster.server, error);
      }
      if (response.statusCode >= 200 && response.statusCode < 300) return response;
      const text = await bodyText(response, signal);
      if (response.statusCode === 401 && attempt === 1 && credentials.refresh(applied)) continue;
      throw errorOf(contextName, info, { status: response.statusCode, text, retryAfter: one(response.headers['retry-after']) });
    }
  };
  const bodyText = async (response: Dispatcher.ResponseData, signal: AbortSignal): Promise<string> => {
    try {
      return await response.body.text();
    } catch (error) {
      signal.throwIfAborted();
      throw networkFailure(contextName, cluster.server, error);
    }
  };
  const warningsIn = (response: Dispatcher.ResponseData): string[] => {
    const warnings = warningsOf(response.headers['warning']);
    for (const warning of warnings) onWarning?.(warning);
    return warnings;
  };
  const deadline = ({ timeoutMs = DEFAULT_TIMEOUT_MS, signal: given }: ApiRequest) => {
    const timeout = new AbortController();
    const timer = timeoutMs > 0
      ? setTimeout(() => timeout.abort(networkFailure(contextName, cluster.server, `no answer within ${timeoutMs / 1000} s`)), timeoutMs)
      : undefined;
    return { signal: AbortSignal.any([closing.signal, timeout.signal, ...(given ? [given] : [])]), met: () => clearTimeout(timer) };
  };

  return {
    context,
    closed: closing.signal,
    get socketsOpened() { return socketsOpened; },

    async request<Body>(request: ApiRequest): Promise<ApiResponse<Body>> {
      const { signal, met } = deadline(request);
      let release = () => {};
      try {
        release = await slots.take(signal);
        const response = await send(request, signal);
        const warnings = warningsIn(response);
        const text = await bodyText(response, signal);
        return { status: response.statusCode, headers: response.headers, json: json<Body>(response, text), warnings };
      } finally {
        // A moment later: only then is the socket free again for the one who waits, and no new one is opened.
        setImmediate(release);
        met();
      }
    },

    async stream(request): Promise<ApiStream> {
      const ending = new AbortController();
      const { signal, met } = deadline({ ...request, signal: request.signal ? AbortSignal.any([request.signal, ending.signal]) : ending.signal });
      try {
        const response = await send(request, signal);
        const warnings = warningsIn(response);
        return {
          status: response.statusCode,
          headers: response.headers,
          warnings,
          async *[Symbol.asyncIterator]() {
            try {
              for await (const chunk of response.body as AsyncIterable<Uint8Array>) yield chunk;
            } catch (error) {
              signal.throwIfAborted();
              throw networkFailure(contextName, cluster.server, error);
            }
          },
          async [Symbol.asyncDispose]() {
            response.body.on('error', () => {});
            ending.abort(new DOMException('the stream was closed', 'AbortError'));
          },
        };
      } finally {
        met();
      }
    },

    async webSocketOptions(): Promise<WebSocketOptions> {
      const applied = await unlessAborted(credentials.apply(), closing.signal);
      const current = transportFor(applied.tls);
      const secure = server.protocol === 'https:';
      const agent = secure ? await (current.agent ??= webSocketAgent(cluster, user, applied.tls)) : undefined;
      return {
        base: `${secure ? 'wss' : 'ws'}://${server.host}${basePath}`,
        headers: { 'user-agent': USER_AGENT, ...applied.headers },
        tls: applied.tls,
        agent,
        refresh: () => credentials.refresh(applied),
      };
    },

    async [Symbol.asyncDispose]() {
      if (closing.signal.aborted) return;
      closing.abort(new DOMException(`the connection to ${contextName} was closed`, 'AbortError'));
      (await transport?.agent?.catch(() => undefined))?.destroy(); // who asked for an agent that cannot be was told
      await transport?.dispatcher.destroy();
    },
  };
}

function entriesOf(kubeconfig: Kubeconfig, name: string): { context: KubeContext; cluster: ClusterEntry; user: UserEntry | undefined } {
  const context = kubeconfig.contexts.find((one) => one.name === name);
  if (!context) throw new Failure('CONTEXT_NOT_FOUND', { context: name }, `no context "${name}" in ${kubeconfig.files.join(', ')}`);
  const invalid = (cause: string, file = kubeconfig.files.join(', ')) => new Failure('KUBECONFIG_INVALID', { file }, cause);
  const cluster = kubeconfig.clusters.get(context.cluster);
  if (!cluster) throw invalid(`context "${name}" names the cluster "${context.cluster}", which is not defined`);
  if (!URL.canParse(cluster.server) || !/^https?:$/.test(new URL(cluster.server).protocol)) throw invalid(`cluster "${cluster.name}" has the server "${cluster.server}"`, cluster.file);
  const user = kubeconfig.users.get(context.user);
  if (!user && context.user !== '') throw invalid(`context "${name}" names the user "${context.user}", which is not defined`);
  return { context, cluster, user };
}

function createDispatcher(cluster: ClusterEntry, tls: TlsOptions): Dispatcher {
  // Half-open connections (the network is gone, nobody says so): Node probes after 30 s and gives up 10 s later, see reflector.ts.
  const connect = { ...tls, keepAlive: true, keepAliveInitialDelay: 30_000, timeout: 10_000 };
  const options = {
    // HTTP/1.1: each watch has a TCP connection of its own, so a reader that is slow, or one that is cut, holds up nobody else, keep-alive probes
    // watch over each, and the WebSockets need 1.1 anyway. What HTTP/2 would save is bounded here: CALLS_AT_ONCE plus one per open stream.
    allowH2: false,
    bodyTimeout: 0, // a quiet watch is no fault
    headersTimeout: 0, // our own deadline
    keepAliveTimeout: 60_000, // below the 90 s after which Go's net/http server closes an idle connection
  };
  if (cluster.proxyUrl === undefined) return new Agent({ ...options, connect });
  return new ProxyAgent({ ...options, uri: cluster.proxyUrl, requestTls: connect });
}

async function webSocketAgent(cluster: ClusterEntry, user: UserEntry | undefined, tls: TlsOptions): Promise<HttpsAgent> {
  if (cluster.proxyUrl === undefined) return new HttpsAgent({ ...tls, keepAlive: false });
  const options: { agent?: HttpsAgent } = {};
  const config = await clientNodeConfig(cluster, user ?? { name: '', file: cluster.file });
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new Failure('KUBECONFIG_INVALID', { file: cluster.file }, error);
  }
  return options.agent!;
}

/** What is made of a cluster's entry as it stands: where that cannot be (`proxy-url` without a scheme), the entry is wrong. */
function asConfigured<Made>({ name, file }: ClusterEntry, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw new Failure('KUBECONFIG_INVALID', { file }, `cluster "${name}": ${error instanceof Error ? error.message : String(error)}`);
  }
}

function json<Body>(response: Dispatcher.ResponseData, text: string): Body {
  try {
    return JSON.parse(text) as Body; // whatever the content type says: 1.20 sends /openapi/v2 as text/plain
  } catch {
    // A login page of something in between, say. Not a Kubernetes API, whatever the status.
    throw new ApiError(response.statusCode, 'NotJson', `the server answered with ${one(response.headers['content-type']) ?? 'no content type'}: ${text.trim().slice(0, 200)}`);
  }
}

function sameTls(one: TlsOptions, other: TlsOptions): boolean {
  return one === other || (String(one.cert) === String(other.cert) && String(one.key) === String(other.key));
}

function queryText(query: Query): string {
  const text = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]]))).toString();
  return text === '' ? '' : `?${text}`;
}

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);

/** The promise's outcome, or the signal's reason if that comes first; what the promise stands for goes on for others. */
function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
