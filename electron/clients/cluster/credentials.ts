import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { Failure } from '../../../shared/contract/failures.ts';
import { type PluginCredential, runExecPlugin } from './exec-plugin.ts';
import type { ClusterEntry, UserEntry } from './kubeconfig.ts';

export interface TlsOptions {
  readonly ca?: Buffer;
  readonly cert?: Buffer | string;
  readonly key?: Buffer | string;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
}

export interface AppliedCredentials {
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly tls: TlsOptions;
}

export interface Credentials {
  /** What the next request carries. May run a plugin or ask an identity provider; callers at the same time share one run. */
  apply(): Promise<AppliedCredentials>;
  /** After the server refused `used`: forgets it unless it was renewed meanwhile. False if nothing can be had anew, so that asking again cannot help. */
  refresh(used: AppliedCredentials): boolean;
}

/** How long a token file's content is used without reading the file again. */
const TOKEN_FILE_MS = 10_000;

/**
 * The credentials of one user of one cluster: client certificate, token, token file, basic, credential plugin; OIDC and the older auth providers by
 * client-node, which is loaded only for them (0.5 s, 60 MB). Order as client-go: what is written down comes before what is run.
 * Fails as CREDENTIALS_FILE_MISSING or, for PEM that is none, KUBECONFIG_INVALID; `apply` may also fail as CREDENTIALS_PLUGIN_FAILED.
 */
export async function openCredentials(context: string, cluster: ClusterEntry, user: UserEntry | undefined, signal: AbortSignal): Promise<Credentials> {
  const read = async (file: string): Promise<Buffer> => {
    try {
      return await readFile(file);
    } catch (error) {
      throw new Failure('CREDENTIALS_FILE_MISSING', { context, file }, error);
    }
  };
  const pem = async (file: string | undefined, data: string | undefined) =>
    // client-go: the data in the kubeconfig overrides the file.
    data !== undefined ? Buffer.from(data, 'base64') : file !== undefined ? await read(file) : undefined;

  const ca = await pem(cluster.caFile, cluster.caData);
  const cert = await pem(user?.certFile, user?.certData);
  const key = await pem(user?.keyFile, user?.keyData);
  const tls: TlsOptions = {
    rejectUnauthorized: !cluster.skipTlsVerify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    ...(cluster.tlsServerName === undefined ? {} : { servername: cluster.tlsServerName }),
  };
  const asPem = (entry: { readonly file: string } | undefined, check: () => void) => {
    try {
      check();
    } catch (error) {
      throw new Failure('KUBECONFIG_INVALID', { file: (entry ?? cluster).file }, error);
    }
  };
  asPem(cluster, () => { if (ca) void new X509Certificate(ca); }); // a TLS context takes any bytes for a CA
  asPem(user, () => { if (cert && key) createSecureContext({ cert, key }); });
  const caData = ca?.toString('base64');
  const always = impersonation(user);
  const withHeaders = (headers: Readonly<Record<string, string>>): AppliedCredentials => ({ headers: { ...always, ...headers }, tls });
  const bearer = (token: string) => withHeaders({ authorization: `Bearer ${token.trim()}` });

  if (user?.tokenFile !== undefined) {
    const file = user.tokenFile;
    await read(file);
    return cached(async () => bearer((await read(file)).toString('utf8')), () => Date.now() + TOKEN_FILE_MS);
  }
  if (user?.token !== undefined) return fixed(bearer(user.token));
  if (user?.username !== undefined) return fixed(withHeaders({ authorization: `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}` }));
  if (user?.exec !== undefined) {
    const plugin = user.exec;
    let got: PluginCredential = {};
    return cached(
      async () => {
        got = await runExecPlugin(plugin, { context, cluster, caData, signal });
        const applied = got.token === undefined ? withHeaders({}) : bearer(got.token);
        return got.cert === undefined ? applied : { ...applied, tls: { ...tls, cert: got.cert, key: got.key! } };
      },
      () => got.expires ?? Number.POSITIVE_INFINITY,
    );
  }
  if (user?.authProvider !== undefined) {
    const provider = user.authProvider;
    // Every request asks: client-node renews a token by itself when it has expired, and else answers at once.
    return cached(async () => withHeaders(await authProviderHeaders(context, cluster, user, provider.name)), () => 0);
  }
  return fixed(withHeaders({}));
}

const fixed = (applied: AppliedCredentials): Credentials => ({ apply: async () => applied, refresh: () => false });

function cached(get: () => Promise<AppliedCredentials>, goodUntil: () => number): Credentials {
  let running: Promise<AppliedCredentials> | undefined;
  let last: { readonly applied: AppliedCredentials; readonly until: number } | undefined;
  return {
    async apply() {
      if (last && Date.now() < last.until) return last.applied;
      running ??= get().then((applied) => { last = { applied, until: goodUntil() }; return applied; }).finally(() => { running = undefined; });
      return running;
    },
    refresh(used) {
      if (last?.applied === used) last = undefined;
      return true;
    },
  };
}

function impersonation(user: UserEntry | undefined): Record<string, string | string[]> {
  const as = user?.impersonate;
  if (as === undefined) return {};
  return {
    'impersonate-user': as.user,
    ...(as.uid === undefined ? {} : { 'impersonate-uid': as.uid }),
    ...(as.groups.length > 0 ? { 'impersonate-group': [...as.groups] } : {}),
    ...Object.fromEntries(Object.entries(as.extra).map(([name, values]) => [`impersonate-extra-${encodeURIComponent(name)}`.toLowerCase(), [...values]])),
  };
}

const clients = new WeakMap<UserEntry, Promise<import('@kubernetes/client-node').KubeConfig>>();

/** client-node's view of one cluster and user, for the two things that are its: auth providers, and a WebSocket agent through a proxy. */
export function clientNodeConfig(cluster: ClusterEntry, user: UserEntry): Promise<import('@kubernetes/client-node').KubeConfig> {
  let config = clients.get(user);
  if (!config) {
    config = import('@kubernetes/client-node').then(({ KubeConfig }) => {
      const kubeconfig = new KubeConfig();
      kubeconfig.loadFromOptions({
        clusters: [{ name: cluster.name, server: cluster.server, skipTLSVerify: cluster.skipTlsVerify, caData: cluster.caData, caFile: cluster.caFile, tlsServerName: cluster.tlsServerName, proxyUrl: cluster.proxyUrl }],
        // It writes renewed tokens into `config`: a copy, ours stays as the file has it.
        users: [{ name: user.name, certData: user.certData, certFile: user.certFile, keyData: user.keyData, keyFile: user.keyFile, ...(user.authProvider ? { authProvider: structuredClone(user.authProvider) } : {}) }],
        contexts: [{ name: 'context', cluster: cluster.name, user: user.name }],
        currentContext: 'context',
      });
      return kubeconfig;
    });
    clients.set(user, config);
  }
  return config;
}

async function authProviderHeaders(context: string, cluster: ClusterEntry, user: UserEntry, provider: string): Promise<Record<string, string>> {
  const options: { headers?: Record<string, string> } = {};
  try {
    await (await clientNodeConfig(cluster, user)).applyToHTTPSOptions(options);
  } catch (error) {
    throw new Failure('CREDENTIALS_PLUGIN_FAILED', { context, command: `auth-provider ${provider}` }, error);
  }
  const authorization = options.headers?.['Authorization'];
  return authorization === undefined ? {} : { authorization };
}
