// `docker buildx build --progress=rawjson`: the plugin itself is run, without the docker CLI before it, so that a signal reaches it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { buildFailure } from './build-failure.ts';
import type { BuildRequest } from './build-request.ts';
import { solveSteps } from './buildkit-steps.ts';
import type { SolveStatus } from './buildkit-steps.ts';
import { endpointOf } from './client.ts';
import { throwIfGone } from './docker-failure.ts';
import type { DockerSurroundings } from './endpoint.ts';
import { readIgnoreRules } from './ignore-rules.ts';
import { textLines } from './json-lines.ts';
import { toolPath } from './registry-credentials.ts';

/** What it is given to end by itself after it was told to. */
const GRACE = 700;

/** One line of rawjson (moby/buildkit client/graph.go, as Go writes it). */
interface RawStatus {
  readonly vertexes?: readonly { digest: string; name?: string; cached?: boolean; started?: string; completed?: string; error?: string }[];
  readonly logs?: readonly { vertex: string; data?: string }[];
  readonly warnings?: readonly { short?: string }[];
}

/** Gives the image's ID. Throws as buildFailure says, DOCKER_STOPPED when Docker went away, or the signal's reason once the program has ended. */
export async function buildWithBuildx(docker: Dockerode, program: string, request: BuildRequest, surroundings: DockerSurroundings): Promise<string> {
  const { folder, dockerfile, tag, reference, target, buildArgs = {}, signal, onLog } = request;
  await readIgnoreRules(folder, dockerfile, 'buildx'); // what is wrong there is said with its line
  const own = await mkdtemp(join(tmpdir(), 'podlab-buildx-'));
  try {
    const idFile = join(own, 'image-id');
    const child = spawn(program, [
      'build', '--progress=rawjson', '--load', '--iidfile', idFile, '-t', reference, '-f', resolve(folder, dockerfile),
      ...(target ? ['--target', target] : []),
      ...Object.entries(buildArgs).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
      '--', resolve(folder),
    ], { env: await environment(docker, own, surroundings), stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true });
    const ended = once(child, 'close') as Promise<[code: number | null]>;
    ended.catch(() => {});
    let kill: NodeJS.Timeout | undefined;
    const stop = () => {
      child.kill('SIGTERM');
      kill = setTimeout(() => child.kill('SIGKILL'), GRACE);
    };
    signal.addEventListener('abort', stop);
    const steps = solveSteps(step => request.onStep?.(step), onLog);
    try {
      if (signal.aborted) stop();
      const words = await readProgress(child.stderr, steps.read, onLog);
      const [code] = await ended;
      signal.throwIfAborted();
      if (code === 0) return (await readFile(idFile, 'utf8')).trim();
      const failed = steps.failed();
      const cause = words || failed?.error || `docker buildx ended with ${code}`;
      if (!failed) await throwIfGone(docker, cause);
      throw buildFailure({ image: tag, dockerfile, step: failed?.step ?? '', cause });
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(kill);
      if (child.exitCode === null) child.kill('SIGKILL');
    }
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Gives the words that are no progress: what buildx says when it fails. */
async function readProgress(stderr: Readable, onStatus: (status: SolveStatus) => void, onLog: (text: string) => void): Promise<string> {
  const words: string[] = [];
  for await (const line of textLines(stderr)) {
    const status = statusOf(line);
    if (status) {
      onStatus(status);
    } else {
      words.push(line);
      onLog(`${line}\n`);
    }
  }
  return words.join('\n').replace(/^ERROR: (?:failed to build: )?(?:failed to solve: )?(?:rpc error: code = \w+ desc = )?/gm, '').trim();
}

function statusOf(line: string): SolveStatus | undefined {
  if (!line.startsWith('{')) return undefined;
  let raw: RawStatus;
  try {
    raw = JSON.parse(line) as RawStatus;
  } catch {
    return undefined;
  }
  const time = (written: string | undefined) => written === undefined ? undefined : Date.parse(written);
  return {
    vertexes: (raw.vertexes ?? []).map(({ digest, name = '', cached = false, started, completed, error = '' }) => ({
      digest, name, cached, started: time(started), completed: time(completed), error,
    })),
    logs: (raw.logs ?? []).map(({ vertex, data = '' }) => ({ vertex, data: Buffer.from(data, 'base64') })),
    warnings: (raw.warnings ?? []).map(({ short = '' }) => Buffer.from(short, 'base64').toString()),
  };
}

/** The CLI speaks with the same Docker as this client, whatever its own context is. */
async function environment(docker: Dockerode, own: string, { env }: DockerSurroundings): Promise<NodeJS.ProcessEnv> {
  const { ca, cert, key, checkServerIdentity } = docker.modem as unknown as { ca?: string; cert?: string; key?: string; checkServerIdentity?: unknown };
  const secure = endpointOf(docker).startsWith('https:');
  for (const [name, text] of Object.entries({ ca, cert, key })) if (secure && text) await writeFile(join(own, `${name}.pem`), text, { mode: 0o600 });
  const { DOCKER_CONTEXT: _context, DOCKER_TLS_VERIFY: _verify, DOCKER_TLS: _tls, DOCKER_CERT_PATH: _certificates, ...kept } = env;
  return {
    ...kept, PATH: toolPath(env), DOCKER_HOST: endpointOf(docker).replace(/^https?:/, 'tcp:'),
    ...(secure && { DOCKER_CERT_PATH: own, ...(checkServerIdentity ? { DOCKER_TLS: '1' } : { DOCKER_TLS_VERIFY: '1' }) }),
  };
}
