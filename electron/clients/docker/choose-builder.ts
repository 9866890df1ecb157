// Which of the three builders builds here, and why: `docker buildx` knows most (all of BuildKit, its own cache and credentials), then BuildKit
// over the Engine API, then the classic builder, which every Docker and Podman has.
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Dockerode from 'dockerode';
import type { Builder } from '../../../shared/contract/builds.ts';
import { endpointOf, getStream } from './client.ts';
import { dockerFailure } from './docker-failure.ts';
import { thisMachine } from './endpoint.ts';
import type { DockerSurroundings } from './endpoint.ts';
import { configFolder } from './registry-credentials.ts';

export interface ChosenBuilder {
  readonly builder: Builder;
  /** For a log. */
  readonly why: string;
  /** The buildx program, where that was chosen. */
  readonly buildx?: string;
}

const run = promisify(execFile);
/** `--progress=rawjson` came with buildx 0.13. */
const RAWJSON = { major: 0, minor: 13 };
const VERSION_TIMEOUT = 5_000;

/** Throws as dockerFailure says when Docker does not answer, or the signal's reason. */
export async function chooseBuilder(
  docker: Dockerode,
  { signal, surroundings = thisMachine() }: { readonly signal: AbortSignal; readonly surroundings?: DockerSurroundings | undefined },
): Promise<ChosenBuilder> {
  // The docker CLI's own switch.
  if (/^(0|f|false)$/i.test(surroundings.env.DOCKER_BUILDKIT ?? '')) return { builder: 'classic', why: 'DOCKER_BUILDKIT is off' };
  const without = whyNoBuildKit(await pingHeaders(docker, signal));
  if (without) return { builder: 'classic', why: without };
  const buildx = await findBuildx(surroundings, signal);
  if (!buildx) return { builder: 'buildkit', why: 'no docker buildx 0.13 or newer here' };
  // The address of an SSH connection does not say all that the CLI would need.
  if (endpointOf(docker).startsWith('ssh:')) return { builder: 'buildkit', why: 'Docker is reached over SSH' };
  return { builder: 'buildx', why: `${buildx.file} ${buildx.version}`, buildx: buildx.file };
}

async function pingHeaders(docker: Dockerode, signal: AbortSignal): Promise<Readonly<Record<string, string | string[] | undefined>>> {
  try {
    const answer = await getStream(docker, '/_ping', {}, signal);
    answer.on('error', () => {}).resume();
    return answer.headers;
  } catch (error) {
    signal.throwIfAborted();
    throw dockerFailure(docker, error);
  }
}

/** BuildKit is in Docker since 18.09 (API 1.39), but not in that for Windows containers, nor in Podman; a daemon can be told to do without. */
function whyNoBuildKit(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  if (headers['libpod-api-version'] !== undefined) return 'Podman has no BuildKit';
  if (headers.ostype === 'windows') return 'Docker for Windows containers has no BuildKit';
  if (headers['builder-version'] === '1') return 'this Docker uses the classic builder';
  const [, major = 0, minor = 0] = /^(\d+)\.(\d+)$/.exec(String(headers['api-version'])) ?? [];
  return Number(major) * 1000 + Number(minor) < 1039 ? 'this Docker is older than its BuildKit' : undefined;
}

/** The buildx that the docker CLI would run, if it is new enough (docker/cli: cli-plugins/manager; the first that is found counts). */
async function findBuildx(surroundings: DockerSurroundings, signal: AbortSignal): Promise<{ file: string; version: string } | undefined> {
  const name = surroundings.platform === 'win32' ? 'docker-buildx.exe' : 'docker-buildx';
  for (const folder of await pluginFolders(surroundings)) {
    const file = join(folder, name);
    if (!(await stat(file).catch(() => undefined))?.isFile()) continue;
    try {
      const { stdout } = await run(file, ['version'], { env: { ...surroundings.env }, timeout: VERSION_TIMEOUT, signal, windowsHide: true });
      const [, version = '', major, minor] = /\sv?((\d+)\.(\d+)\S*)/.exec(stdout) ?? [];
      return Number(major) > RAWJSON.major || Number(minor) >= RAWJSON.minor ? { file, version } : undefined;
    } catch {
      signal.throwIfAborted();
      return undefined; // it does not even run
    }
  }
  return undefined;
}

async function pluginFolders(surroundings: DockerSurroundings): Promise<readonly string[]> {
  const folder = configFolder(surroundings);
  const extra = await readFile(join(folder, 'config.json'), 'utf8')
    .then(text => (JSON.parse(text) as { cliPluginsExtraDirs?: unknown }).cliPluginsExtraDirs)
    .catch(() => undefined);
  const { env, platform } = surroundings;
  const system = platform === 'win32'
    ? [env.ProgramData, env.ProgramFiles].flatMap(top => top ? [join(top, 'Docker', 'cli-plugins')] : [])
    : ['/usr/local/lib', '/usr/local/libexec', '/usr/lib', '/usr/libexec'].map(top => `${top}/docker/cli-plugins`);
  return [
    ...(Array.isArray(extra) ? extra.filter(item => typeof item === 'string') : []),
    join(folder, 'cli-plugins'),
    ...system,
    ...(platform === 'darwin' ? ['/Applications/Docker.app/Contents/Resources/cli-plugins', '/opt/homebrew/lib/docker/cli-plugins'] : []),
  ];
}
