// Where Docker listens. The order is the docker CLI's own: DOCKER_HOST, DOCKER_CONTEXT, the current context of config.json, then the usual
// sockets. What a person chose is never replaced by another Docker: if it does not answer, Docker is absent.
// https://docs.docker.com/engine/manage-resources/contexts/ ; https://docs.docker.com/reference/cli/docker/#environment-variables
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Failure, causeText } from '../../../shared/contract/failures.ts';
import { dockerClient, ping } from './client.ts';
import type { DockerEndpoint } from './client.ts';
import { isPermission } from './docker-failure.ts';

export interface DockerSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Instead of the usual sockets, first choice first. */
  readonly sockets?: readonly string[];
}

const SOCKET_TIMEOUT = 500;
/** A host that was named may be far away: ssh and TLS need more than a local socket. */
const CHOSEN_TIMEOUT = 5_000;

export const thisMachine = (): DockerSurroundings => ({ env: process.env, home: homedir(), platform: process.platform });

/**
 * The first Docker that answers `/_ping`. Throws DOCKER_REFUSED when one is there but may not be opened, DOCKER_ABSENT otherwise; the cause
 * lists everything that was tried and what it said.
 */
export async function findDockerEndpoint(surroundings: DockerSurroundings = thisMachine(), signal?: AbortSignal): Promise<DockerEndpoint> {
  const candidates = await endpointCandidates(surroundings);
  const answers = await Promise.all(candidates.map(candidate => probe(candidate, signal)));
  signal?.throwIfAborted();
  const first = answers.findIndex(answer => answer === undefined);
  if (first >= 0) return candidates[first]!;
  const tried = candidates.map(({ endpoint }, index) => `${endpoint}: ${causeText(answers[index])}`).join('; ');
  const refused = answers.findIndex(isPermission);
  if (refused >= 0) throw new Failure('DOCKER_REFUSED', { endpoint: candidates[refused]!.endpoint }, causeText(answers[refused]));
  throw new Failure('DOCKER_ABSENT', { endpoint: candidates.map(({ endpoint }) => endpoint).join(', ') }, tried);
}

/** All endpoints to try, first choice first: the chosen one alone, or the usual sockets. Throws DOCKER_ABSENT for a context that does not exist. */
export async function endpointCandidates(surroundings: DockerSurroundings): Promise<readonly DockerEndpoint[]> {
  const { env } = surroundings;
  if (env.DOCKER_HOST) return [await fromDockerHost(env.DOCKER_HOST, surroundings)];
  const folder = env.DOCKER_CONFIG || join(surroundings.home, '.docker');
  const context = env.DOCKER_CONTEXT || await currentContext(folder);
  // "default" is the CLI's name for "no context": the usual socket.
  if (context && context !== 'default') return [await fromContext(context, folder)];
  return (surroundings.sockets ?? usualSockets(surroundings)).map(path => ({
    endpoint: `${surroundings.platform === 'win32' ? 'npipe' : 'unix'}://${path}`, source: 'socket',
  }));
}

/** undefined: it answered; else what went wrong. */
async function probe(candidate: DockerEndpoint, signal: AbortSignal | undefined): Promise<unknown> {
  const limit = AbortSignal.timeout(candidate.source === 'socket' ? SOCKET_TIMEOUT : CHOSEN_TIMEOUT);
  try {
    await ping(dockerClient(candidate), signal ? AbortSignal.any([signal, limit]) : limit);
    return undefined;
  } catch (error) {
    return limit.aborted ? 'no answer in time' : error ?? 'failed';
  }
}

async function fromDockerHost(host: string, { env, home }: DockerSurroundings): Promise<DockerEndpoint> {
  const endpoint = host.includes('://') ? host : `tcp://${host}`;
  if (!env.DOCKER_TLS_VERIFY) return { endpoint, source: 'DOCKER_HOST' };
  return { endpoint, source: 'DOCKER_HOST', tls: await readTls(env.DOCKER_CERT_PATH || join(home, '.docker')) };
}

async function currentContext(folder: string): Promise<string | undefined> {
  try {
    const { currentContext: name } = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as { currentContext?: unknown };
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined; // no file, or one that Docker itself would complain about: the usual sockets are still worth a try
  }
}

/** ~/.docker/contexts/meta/SHA256(name)/meta.json, TLS files beside it in contexts/tls (docker/cli: cli/context/store). */
async function fromContext(context: string, folder: string): Promise<DockerEndpoint> {
  const id = createHash('sha256').update(context).digest('hex');
  try {
    const meta = JSON.parse(await readFile(join(folder, 'contexts', 'meta', id, 'meta.json'), 'utf8')) as
      { Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } } };
    const docker = meta.Endpoints?.docker;
    if (!docker?.Host) throw new Error(`Docker context "${context}" has no docker endpoint`);
    const tls = { ...await readTls(join(folder, 'contexts', 'tls', id, 'docker')), ...(docker.SkipTLSVerify && { skipVerify: true }) };
    return { endpoint: docker.Host, source: 'docker-context', context, ...(Object.keys(tls).length > 0 && { tls }) };
  } catch (error) {
    throw new Failure('DOCKER_ABSENT', { endpoint: context }, error);
  }
}

async function readTls(folder: string): Promise<NonNullable<DockerEndpoint['tls']>> {
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => undefined);
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')]);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** Where Docker Engine, Docker Desktop, Colima, OrbStack, Rancher Desktop, Lima and Podman listen, the docker CLI's own default first. */
export function usualSockets({ env, home, platform }: DockerSurroundings): readonly string[] {
  if (platform === 'win32') return ['//./pipe/docker_engine', '//./pipe/dockerDesktopLinuxEngine', '//./pipe/podman-machine-default'];
  const run = env.XDG_RUNTIME_DIR;
  return [
    '/var/run/docker.sock',
    ...(run ? [`${run}/docker.sock`] : []),
    `${home}/.docker/run/docker.sock`,
    `${home}/.docker/desktop/docker.sock`,
    `${home}/.orbstack/run/docker.sock`,
    `${home}/.colima/default/docker.sock`,
    `${home}/.rd/docker.sock`,
    `${home}/.lima/docker/sock/docker.sock`,
    ...(platform === 'darwin' ? [`${home}/.local/share/containers/podman/machine/podman.sock`] : []),
    ...(run ? [`${run}/podman/podman.sock`] : []),
    ...(platform === 'darwin' ? [] : ['/run/podman/podman.sock']),
  ];
}
