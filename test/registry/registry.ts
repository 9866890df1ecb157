// A registry that answers as a test says, image by image, and remembers who asked for what. It speaks as much of the distribution API
// (https://distribution.github.io/distribution/spec/api/) as a pull needs, over HTTP: on 127.0.0.1 Docker and containerd take that.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { listFor, type Blob, type ImageContent } from './image-content.ts';

/** How the registry answers for one repository. */
export type Answer =
  /** The image under every tag and under its digest. */
  | { readonly kind: 'image'; readonly image: ImageContent }
  /** 404: it knows the name and not the tag, or not even the name. */
  | { readonly kind: 'manifest-unknown' | 'name-unknown' }
  /** 403. */
  | { readonly kind: 'denied' }
  /** 429. */
  | { readonly kind: 'too-many-requests' }
  | { readonly kind: 'out-of-order'; readonly status: 500 | 503 }
  /** Takes the request and never answers. */
  | { readonly kind: 'hangs' }
  /** Layers come in small pieces. */
  | { readonly kind: 'slow'; readonly image: ImageContent; readonly bytesPerSecond: number }
  /** Only for another architecture. */
  | { readonly kind: 'other-platform'; readonly image: ImageContent; readonly architecture: string }
  /** Layers whose bytes are not those that the manifest says, or that end too early. */
  | { readonly kind: 'wrong-bytes' | 'cut-short'; readonly image: ImageContent };

export interface RegistryRequest {
  readonly method: string;
  readonly path: string;
  readonly kind: 'ping' | 'token' | 'manifest' | 'blob' | 'other';
  /** '' unless it is about one. */
  readonly repository: string;
  /** Tag or digest; '' where there is none. */
  readonly reference: string;
  readonly status: number | 'none';
}

export interface RegistryOptions {
  /** Addresses of this machine beside 127.0.0.1, on the same port: only ones that nobody outside reaches. */
  readonly hosts?: readonly string[];
  /** Who may pull: one user by name and password, or `nobody`: it sends to a token service that refuses all. Asked of every repository. */
  readonly login?: { readonly user: string; readonly password: string } | 'nobody';
  /** HTTPS with this certificate; PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface Registry extends AsyncDisposable {
  readonly port: number;
  /** `127.0.0.1:PORT`: what image names begin with. */
  readonly host: string;
  /** What was asked, the oldest first. */
  readonly requests: readonly RegistryRequest[];
  /** From now on; a repository of which nothing is said is `name-unknown`. */
  serve(repository: string, answer: Answer): void;
}

export async function startRegistry({ hosts = [], login, tls }: RegistryOptions = {}): Promise<Registry> {
  const answers = new Map<string, Answer>();
  const requests: RegistryRequest[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = 'GET', url = '/' } = request;
    const path = new URL(url, 'http://registry').pathname;
    const about = readPath(path);
    const sent = reply(about, answers.get(about.repository) ?? { kind: 'name-unknown' }, accessOf(request, login), request.headers.host ?? '');
    requests.push({ method, path, ...about, status: sent?.status ?? 'none' });
    if (sent) send(response, sent, method === 'HEAD');
  };
  const { servers, port } = await listen(['127.0.0.1', ...hosts], () => (tls ? createTlsServer(tls, answer) : createServer(answer)));
  return {
    port,
    host: `127.0.0.1:${port}`,
    requests,
    serve: (repository, how) => void answers.set(repository, how),
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      await Promise.all(servers.filter(({ listening }) => listening).map((server) => once(server, 'close')));
    },
  };
}

/** One port on all addresses: the first one's, which the system chooses; another one where somebody has that already elsewhere. */
async function listen(hosts: readonly string[], create: () => Server): Promise<{ servers: Server[]; port: number }> {
  for (let left = 5; ; left--) {
    const servers: Server[] = [];
    try {
      let port = 0;
      for (const host of hosts) {
        const server = create();
        servers.push(server);
        await once(server.listen(port, host), 'listening');
        ({ port } = server.address() as AddressInfo);
      }
      return { servers, port };
    } catch (error) {
      for (const server of servers) server.close();
      if (left === 0) throw error;
    }
  }
}

type About = Pick<RegistryRequest, 'kind' | 'repository' | 'reference'>;

function readPath(path: string): About {
  if (/^\/v2\/?$/.test(path)) return { kind: 'ping', repository: '', reference: '' };
  if (path === '/token') return { kind: 'token', repository: '', reference: '' };
  const [, repository = '', part, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
  return { kind: part === 'manifests' ? 'manifest' : part === 'blobs' ? 'blob' : 'other', repository, reference };
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** How the body comes; at once where it is not said. */
  readonly pace?: { readonly bytesPerSecond: number } | 'cut-short';
}

type Access = 'open' | 'needs-login' | 'needs-token';

function accessOf({ headers }: IncomingMessage, login: RegistryOptions['login']): Access {
  if (!login) return 'open';
  if (login === 'nobody') return 'needs-token';
  const expected = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  return headers.authorization === expected ? 'open' : 'needs-login';
}

/** @returns undefined: no answer ever */
function reply(about: About, answer: Answer, access: Access, host: string): Reply | undefined {
  const { kind, repository, reference } = about;
  if (kind === 'token') return refusal(401, 'UNAUTHORIZED', 'authentication required');
  if (access !== 'open') {
    const challenge = access === 'needs-login' ? 'Basic realm="registry"' : `Bearer realm="http://${host}/token",service="registry",scope="repository:${repository}:pull"`;
    return refusal(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
  }
  if (kind === 'ping') return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') };
  if (kind === 'other') return refusal(404, 'UNSUPPORTED', 'The operation is unsupported.');
  if (answer.kind === 'hangs') return undefined;
  if ('image' in answer) return kind === 'manifest' ? manifestReply(answer, reference) : blobReply(answer, reference);
  if (answer.kind === 'out-of-order') return refusal(answer.status, 'UNKNOWN', 'unknown error');
  const { status, code, message, headers } = refusals[answer.kind];
  return refusal(status, code, message, headers);
}

type Refusal = Exclude<Answer, WithImage | { kind: 'out-of-order' | 'hangs' }>['kind'];
const refusals: Readonly<Record<Refusal, { status: number; code: string; message: string; headers?: Record<string, string> }>> = {
  'name-unknown': { status: 404, code: 'NAME_UNKNOWN', message: 'repository name not known to registry' },
  'manifest-unknown': { status: 404, code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' },
  denied: { status: 403, code: 'DENIED', message: 'requested access to the resource is denied' },
  'too-many-requests': { status: 429, code: 'TOOMANYREQUESTS', message: 'You have reached your pull rate limit.', headers: { 'retry-after': '60' } },
};

type WithImage = Extract<Answer, { image: ImageContent }>;

function manifestReply(answer: WithImage, reference: string): Reply {
  const manifests = [answer.image.manifest];
  if (answer.kind === 'other-platform') manifests.unshift(listFor(answer.image, { os: 'linux', architecture: answer.architecture }));
  const wanted = reference.includes(':') ? manifests.find(({ digest }) => digest === reference) : manifests[0];
  return wanted ? whole(wanted) : refusal(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
}

function blobReply(answer: WithImage, digest: string): Reply {
  const { config, layers } = answer.image;
  if (digest === config.digest) return whole(config);
  const layer = layers.find((one) => one.digest === digest);
  if (!layer) return refusal(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  if (answer.kind === 'slow') return { ...whole(layer), pace: { bytesPerSecond: answer.bytesPerSecond } };
  if (answer.kind === 'cut-short') return { ...whole(layer), pace: 'cut-short' };
  if (answer.kind === 'wrong-bytes') return { ...whole(layer), body: Buffer.alloc(layer.bytes.length, 'x') };
  return whole(layer);
}

const whole = ({ mediaType, digest, bytes }: Blob): Reply => ({
  status: 200,
  headers: { 'content-type': mediaType, 'docker-content-digest': digest },
  body: bytes,
});

const refusal = (status: number, code: string, message: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(JSON.stringify({ errors: [{ code, message }] })),
});

function send(response: ServerResponse, { status, headers, body, pace }: Reply, headOnly: boolean): void {
  response.writeHead(status, { 'docker-distribution-api-version': 'registry/2.0', 'content-length': String(body.length), ...headers });
  if (headOnly) response.end();
  else if (pace === undefined) response.end(body);
  else if (pace === 'cut-short') response.write(body.subarray(0, body.length / 2), () => response.destroy());
  else trickle(response, body, pace.bytesPerSecond);
}

/** Ten pieces a second, for as long as somebody reads. */
function trickle(response: ServerResponse, body: Buffer, bytesPerSecond: number): void {
  const size = Math.max(1, Math.floor(bytesPerSecond / 10));
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(sent, (sent += size)));
    if (sent >= body.length) response.end();
  }, 100);
  response.once('close', () => clearInterval(timer));
}
