// Who the person is to a registry, as `docker login` noted it: config.json with `credHelpers`, `credsStore` and `auths`
// (https://docs.docker.com/reference/cli/docker/login/#credential-stores; docker/cli: cli/config).
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { DockerSurroundings } from './endpoint.ts';

export interface RegistryCredentials {
  readonly username: string;
  /** The password, or the token where `username` is ''. */
  readonly secret: string;
}

const HUB = 'https://index.docker.io/v1/';
const HELPER_TIMEOUT = 10_000;

const config = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional(), identitytoken: z.string().optional() })).catch({}),
  credsStore: z.string().optional().catch(undefined),
  credHelpers: z.record(z.string(), z.string()).catch({}),
});
type DockerConfig = z.infer<typeof config>;
const NO_CONFIG: DockerConfig = { auths: {}, credHelpers: {} };
const helperAnswer = z.object({ Username: z.string(), Secret: z.string() });

/** The folder of the docker CLI's own files. */
export const configFolder = ({ env, home }: DockerSurroundings): string => env.DOCKER_CONFIG || join(home, '.docker');

async function readConfig(surroundings: DockerSurroundings): Promise<DockerConfig> {
  try {
    return config.parse(JSON.parse(await readFile(join(configFolder(surroundings), 'config.json'), 'utf8')));
  } catch {
    return NO_CONFIG; // no file, or one that the docker CLI would complain about: nobody is logged in
  }
}

/** undefined: nobody is logged in there, or the credential helper does not tell; the registry is then asked without a name. */
export async function credentialsFor(registry: string, surroundings: DockerSurroundings, signal: AbortSignal): Promise<RegistryCredentials | undefined> {
  // Docker Hub's credentials are kept under the address of its first API.
  const server = ['registry-1.docker.io', 'docker.io', 'index.docker.io'].includes(registry) ? HUB : registry;
  return await lookUp(server, await readConfig(surroundings), surroundings, signal);
}

/** All of them by their server's name: the classic builder is given them beforehand (Engine API: X-Registry-Config). */
export async function allCredentials(surroundings: DockerSurroundings, signal: AbortSignal): Promise<Record<string, RegistryCredentials>> {
  const found = await readConfig(surroundings);
  const listed = found.credsStore ? await askHelper(found.credsStore, 'list', '', surroundings, signal) : undefined;
  const servers = new Set([...Object.keys(found.auths), ...Object.keys(found.credHelpers), ...Object.keys(z.record(z.string(), z.string()).catch({}).parse(listed))]);
  const all: Record<string, RegistryCredentials> = {};
  for (const server of servers) {
    const credentials = await lookUp(server, found, surroundings, signal);
    if (credentials) all[server] = credentials;
  }
  return all;
}

async function lookUp(server: string, { auths, credsStore, credHelpers }: DockerConfig, surroundings: DockerSurroundings, signal: AbortSignal): Promise<RegistryCredentials | undefined> {
  const helper = credHelpers[server] ?? credsStore;
  if (helper) {
    const answer = helperAnswer.safeParse(await askHelper(helper, 'get', server, surroundings, signal));
    if (!answer.success) return undefined;
    const { Username, Secret } = answer.data;
    return { username: Username === '<token>' ? '' : Username, secret: Secret };
  }
  // Older Docker noted whole addresses.
  const bare = (name: string) => name.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  const { auth, identitytoken } = auths[server] ?? Object.entries(auths).find(([name]) => bare(name) === bare(server))?.[1] ?? {};
  if (identitytoken) return { username: '', secret: identitytoken };
  const [, username, secret] = /^([^:]*):([^]*?)\0*$/.exec(Buffer.from(auth ?? '', 'base64').toString()) ?? [];
  return username && secret !== undefined ? { username, secret } : undefined;
}

/** `docker-credential-NAME get|list`, the server on its input, JSON on its output; undefined when it fails or is not there. */
async function askHelper(name: string, verb: 'get' | 'list', input: string, { env }: DockerSurroundings, signal: AbortSignal): Promise<unknown> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(HELPER_TIMEOUT)]);
  try {
    const child = spawn(`docker-credential-${name}`, [verb], { env: { ...env, PATH: toolPath(env) }, stdio: ['pipe', 'pipe', 'ignore'], signal: limit, windowsHide: true });
    const ended = new Promise<void>((resolve, reject) => {
      child.on('error', reject).on('close', code => code === 0 ? resolve() : reject(new Error(`docker-credential-${name}: exit code ${code}`)));
    });
    child.stdin.on('error', () => {}).end(input);
    const [output] = await Promise.all([text(child.stdout), ended]);
    return JSON.parse(output) as unknown;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** A program that was started from a dock or a menu often lacks the folders where Docker's tools are. */
export function toolPath({ PATH = '' }: DockerSurroundings['env']): string {
  if (process.platform === 'win32') return PATH;
  return [...new Set([...PATH.split(':'), '/usr/local/bin', '/opt/homebrew/bin', '/Applications/Docker.app/Contents/Resources/bin'])].filter(Boolean).join(':');
}
