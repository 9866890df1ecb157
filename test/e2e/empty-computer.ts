// A computer with nothing on it: no Docker, no kubeconfig.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty home folder, and a Docker address where nothing is. */
export async function emptyComputer() {
  const home = await mkdtemp(join(tmpdir(), 'podlab-home-'));
  const environment = { HOME: home, KUBECONFIG: '', DOCKER_HOST: 'unix:///nowhere/docker.sock', DOCKER_CONFIG: join(home, '.docker') };
  return { home, environment, [Symbol.asyncDispose]: () => rm(home, { recursive: true }) };
}
