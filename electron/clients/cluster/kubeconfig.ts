// Kubeconfig files as kubectl reads them. The reading is ours and not client-node's: that one throws on a name defined twice and on
// one bad entry, reads `token-file` where the format says `tokenFile`, and drops `extensions` (by which minikube is known),
// impersonated groups and the file an entry came from. Credentials that need a protocol (OIDC) are still client-node's, see credentials.ts.
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { Failure, type FailureData } from '../../../shared/contract/failures.ts';

export interface KubeContext {
  readonly name: string;
  readonly cluster: string;
  /** Empty when no file defines the cluster. */
  readonly server: string;
  /** `default` when the context sets none, as kubectl. */
  readonly namespace: string;
  readonly user: string;
  /** True only for clusters that run on this computer; on every other one changes are locked first. */
  readonly isLocal: boolean;
}

export interface ClusterEntry {
  readonly name: string;
  readonly file: string;
  readonly server: string;
  readonly caFile?: string;
  readonly caData?: string;
  readonly skipTlsVerify: boolean;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  readonly provider?: string;
}

export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  readonly provideClusterInfo: boolean;
}

export interface UserEntry {
  readonly name: string;
  readonly file: string;
  readonly certFile?: string;
  readonly certData?: string;
  readonly keyFile?: string;
  readonly keyData?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly exec?: ExecPlugin;
  readonly authProvider?: { readonly name: string; readonly config: Readonly<Record<string, string>> };
  readonly impersonate?: { readonly user: string; readonly uid?: string; readonly groups: readonly string[]; readonly extra: Readonly<Record<string, readonly string[]>> };
}

export interface Kubeconfig {
  /** Every file that was looked at, whether it exists or not. */
  readonly files: readonly string[];
  readonly contexts: readonly KubeContext[];
  readonly currentContext?: string;
  /** What is wrong with the files (the first thing); the contexts of the good ones are here all the same. */
  readonly problem?: FailureData;
  /** Secrets are in these two: they never leave the engine. */
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
}

export interface KubeconfigOptions {
  /** An explicit file (`--kubeconfig`): it alone is read, and it must exist. */
  readonly file?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
}

/** Which files count: the explicit one, else the KUBECONFIG list, else ~/.kube/config (client-go's ClientConfigLoadingRules). */
export function kubeconfigFiles({ file, env = process.env, home = homedir() }: KubeconfigOptions = {}): string[] {
  if (file !== undefined) return [resolve(file)];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? [...new Set(listed.map((path) => resolve(path)))] : [join(home, '.kube', 'config')];
}

/**
 * Reads and merges the kubeconfig files by kubectl's rule: the first definition of a name wins, and so does the first
 * `current-context`. A missing file of a list is passed over; all of them missing is KUBECONFIG_MISSING. Never throws for what is in the files.
 */
export async function loadKubeconfig(options: KubeconfigOptions = {}): Promise<Kubeconfig> {
  const files = kubeconfigFiles(options);
  const parsed: ParsedFile[] = [];
  let problem: Failure | undefined;
  let missing: unknown;
  for (const file of files) {
    try {
      parsed.push(parseKubeconfig(file, await readFile(file, 'utf8')));
    } catch (error) {
      if (error instanceof Failure) problem ??= error;
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT') missing ??= error;
      else problem ??= new Failure('KUBECONFIG_INVALID', { file }, error);
    }
  }
  if (parsed.length === 0) problem ??= new Failure('KUBECONFIG_MISSING', { files: files.join(delimiter) }, missing);

  const clusters = firstOfEachName(parsed.flatMap((one) => one.clusters));
  const users = firstOfEachName(parsed.flatMap((one) => one.users));
  const contexts = [...firstOfEachName(parsed.flatMap((one) => one.contexts)).values()].map((context): KubeContext => {
    const cluster = clusters.get(context.cluster);
    return { ...context, server: cluster?.server ?? '', isLocal: cluster !== undefined && isLocalCluster(cluster) };
  });
  const currentContext = parsed.map((one) => one.currentContext).find((name) => name !== undefined);
  return {
    files,
    contexts,
    ...(currentContext === undefined ? {} : { currentContext }),
    ...(problem === undefined ? {} : { problem: problem.toData() }),
    clusters,
    users,
  };
}

/**
 * A cluster on this computer: its server is a loopback or Docker-internal name, or minikube wrote the entry and the address is one that a
 * machine on this computer may have (RFC 1918, RFC 4193). All else is not local, and neither is what goes through a proxy or expects a
 * certificate of another name: so look tunnels to clusters elsewhere.
 *
 * What no file tells: a plain tunnel (`ssh -L 6443:server:6443` and a loopback server without `tls-server-name`), and an entry of minikube that was
 * copied from another computer of the same private network. These two are taken for local.
 */
export function isLocalCluster({ server, provider, proxyUrl, tlsServerName }: Pick<ClusterEntry, 'server' | 'provider' | 'proxyUrl' | 'tlsServerName'>): boolean {
  if (proxyUrl !== undefined || tlsServerName !== undefined || !URL.canParse(server)) return false;
  // WHATWG URLs write every IPv4 spelling as four decimal numbers, and IPv6 in brackets.
  const host = new URL(server).hostname.toLowerCase();
  return isThisComputer(host) || (provider === 'minikube.sigs.k8s.io' && isPrivateAddress(host));
}

function isThisComputer(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^127(\.\d+){3}$/.test(host) || host === '[::1]' || host === '0.0.0.0' || host.endsWith('.docker.internal');
}

function isPrivateAddress(host: string): boolean {
  if (/^\[f[cd][0-9a-f]{2}:/.test(host)) return true;
  if (!/^\d+(\.\d+){3}$/.test(host)) return false;
  const [first, second] = host.split('.').map(Number) as [number, number];
  return first === 10 || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168);
}

interface ParsedFile {
  readonly clusters: readonly ClusterEntry[];
  readonly users: readonly UserEntry[];
  readonly contexts: readonly Omit<KubeContext, 'server' | 'isLocal'>[];
  readonly currentContext: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function parseKubeconfig(file: string, source: string): ParsedFile {
  const document = parseDocument(source);
  const error = document.errors[0];
  // Only the sentence with the position: the parser also quotes the line, which may hold a token.
  if (error) throw new Failure('KUBECONFIG_INVALID', { file }, error.message.split(':\n')[0]);
  const root = (document.toJS({ maxAliasCount: 100 }) ?? {}) as unknown; // an empty file is an empty configuration, as for kubectl
  if (typeof root !== 'object' || Array.isArray(root)) throw new Failure('KUBECONFIG_INVALID', { file }, 'the file is not a mapping with clusters, users and contexts');
  const folder = dirname(file);
  return {
    clusters: named(root as Fields, 'clusters', 'cluster').map(([name, fields]) => clusterEntry(name, fields, file, folder)),
    users: named(root as Fields, 'users', 'user').map(([name, fields]) => userEntry(name, fields, file, folder)),
    contexts: named(root as Fields, 'contexts', 'context').map(([name, fields]) => ({
      name,
      cluster: text(fields['cluster']) ?? '',
      user: text(fields['user']) ?? '',
      namespace: text(fields['namespace']) ?? 'default',
    })),
    currentContext: text((root as Fields)['current-context']),
  };
}

function clusterEntry(name: string, fields: Fields, file: string, folder: string): ClusterEntry {
  const provider = list(fields['extensions']).map((entry) => text(mapping(mapping(entry)['extension'])['provider'])).find((value) => value !== undefined);
  return {
    name,
    file,
    server: (text(fields['server']) ?? '').replace(/\/+$/, ''),
    skipTlsVerify: fields['insecure-skip-tls-verify'] === true,
    ...present({
      caFile: path(fields['certificate-authority'], folder),
      caData: text(fields['certificate-authority-data']),
      tlsServerName: text(fields['tls-server-name']),
      proxyUrl: text(fields['proxy-url']),
      provider,
    }),
  };
}

function userEntry(name: string, fields: Fields, file: string, folder: string): UserEntry {
  const provider = mapping(fields['auth-provider']);
  const impersonated = text(fields['as']);
  return {
    name,
    file,
    ...present({
      certFile: path(fields['client-certificate'], folder),
      certData: text(fields['client-certificate-data']),
      keyFile: path(fields['client-key'], folder),
      keyData: text(fields['client-key-data']),
      token: text(fields['token']),
      tokenFile: path(fields['tokenFile'], folder),
      username: text(fields['username']),
      password: text(fields['password']),
      exec: execPlugin(mapping(fields['exec']), folder),
      authProvider: text(provider['name']) === undefined ? undefined : { name: text(provider['name'])!, config: mapping(provider['config']) as Record<string, string> },
      impersonate: impersonated === undefined ? undefined : {
        user: impersonated,
        groups: list(fields['as-groups']).map(String),
        extra: Object.fromEntries(Object.entries(mapping(fields['as-user-extra'])).map(([key, values]) => [key, list(values).map(String)])),
        ...present({ uid: text(fields['as-uid']) }),
      },
    }),
  };
}

function execPlugin(fields: Fields, folder: string): ExecPlugin | undefined {
  const command = text(fields['command']);
  if (command === undefined) return undefined;
  return {
    apiVersion: text(fields['apiVersion']) ?? 'client.authentication.k8s.io/v1',
    // client-go: a bare name is looked up in PATH, one with a separator is relative to the kubeconfig's folder.
    command: /[\\/]/.test(command) ? path(command, folder)! : command,
    args: list(fields['args']).map(String),
    env: list(fields['env']).map(mapping).map((entry) => ({ name: text(entry['name']) ?? '', value: text(entry['value']) ?? '' })),
    provideClusterInfo: fields['provideClusterInfo'] === true,
    ...present({ installHint: text(fields['installHint']) }),
  };
}

function named(root: Fields, key: string, inner: string): [string, Fields][] {
  return list(root[key]).map(mapping).flatMap((entry): [string, Fields][] => {
    const name = text(entry['name']);
    return name === undefined ? [] : [[name, mapping(entry[inner])]];
  });
}

function firstOfEachName<Entry extends { readonly name: string }>(entries: readonly Entry[]): Map<string, Entry> {
  const found = new Map<string, Entry>();
  for (const entry of entries) if (!found.has(entry.name)) found.set(entry.name, entry);
  return found;
}

type Present<Given> = { [Key in keyof Given]?: Exclude<Given[Key], undefined> };
const present = <Given extends object>(given: Given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<Given>;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const mapping = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {});
// A name like `123` or `true` is a number or a boolean to YAML; kubectl reads it as text.
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value || undefined : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined);
const path = (value: unknown, folder: string): string | undefined => {
  const given = text(value);
  return given === undefined || isAbsolute(given) ? given : join(folder, given);
};
