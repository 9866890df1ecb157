// Real HTTP servers on Unix sockets that answer `GET /_ping`, as Docker does; real context files; no Docker.
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { dockerClient, endpointOf } from './client.ts';
import { endpointCandidates, findDockerEndpoint, usualSockets } from './endpoint.ts';
import type { DockerSurroundings } from './endpoint.ts';

let home: string;
let cleanUp: AsyncDisposableStack;
beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  home = await mkdtemp(join(tmpdir(), 'podlab-endpoint-'));
  cleanUp.defer(() => rm(home, { recursive: true }));
});
afterEach(() => cleanUp.disposeAsync());

const around = (more: Partial<DockerSurroundings> = {}): DockerSurroundings => ({ env: {}, home, platform: 'linux', sockets: [], ...more });

async function listen(path: string, answer: 'ping' | 'nothing' = 'ping'): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const server = createServer((_request, response) => { if (answer === 'ping') response.end('OK'); });
  await new Promise<void>(resolve => { server.listen(path, resolve); });
  cleanUp.defer(() => new Promise<void>(resolve => { server.close(() => resolve()); server.closeAllConnections(); }));
  return path;
}

async function writeContext(name: string, host: string): Promise<void> {
  const folder = join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'meta.json'), JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }));
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(value => { throw new Error(`resolved with ${JSON.stringify(value)}`); }, (reason: unknown) => reason);
  return error instanceof Failure ? error.toData() : error;
}

test('DOCKER_HOST goes before everything, and nothing replaces it', async () => {
  const chosen = await listen(join(home, 'chosen.sock'));
  const usual = await listen(join(home, 'usual.sock'));
  await writeContext('other', `unix://${usual}`);
  const env = { DOCKER_HOST: `unix://${chosen}`, DOCKER_CONTEXT: 'other' };
  expect(await findDockerEndpoint(around({ env, sockets: [usual] }))).toEqual({ endpoint: `unix://${chosen}`, source: 'DOCKER_HOST' });
  const gone = `unix://${join(home, 'gone.sock')}`;
  expect(await failureOf(findDockerEndpoint(around({ env: { DOCKER_HOST: gone }, sockets: [usual] })))).toEqual({
    code: 'DOCKER_ABSENT', params: { endpoint: gone }, cause: `${gone}: connect ENOENT ${join(home, 'gone.sock')}`,
  });
});

test('DOCKER_CONTEXT goes before the current context of config.json, and that before the sockets', async () => {
  const one = await listen(join(home, 'one.sock'));
  const two = await listen(join(home, 'two.sock'));
  const usual = await listen(join(home, 'usual.sock'));
  await writeContext('one', `unix://${one}`);
  await writeContext('two', `unix://${two}`);
  await writeFile(join(home, '.docker/config.json'), JSON.stringify({ auths: {}, currentContext: 'two' }));
  const find = (env: Record<string, string>) => findDockerEndpoint(around({ env, sockets: [usual] }));
  expect(await find({ DOCKER_CONTEXT: 'one' })).toEqual({ endpoint: `unix://${one}`, source: 'docker-context', context: 'one' });
  expect(await find({})).toEqual({ endpoint: `unix://${two}`, source: 'docker-context', context: 'two' });
  expect(await find({ DOCKER_CONTEXT: 'default' })).toEqual({ endpoint: `unix://${usual}`, source: 'socket' });
});

test('a context that does not exist is absent, with its name', async () => {
  const failure = await failureOf(findDockerEndpoint(around({ env: { DOCKER_CONTEXT: 'nowhere' } })));
  expect(failure).toMatchObject({ code: 'DOCKER_ABSENT', params: { endpoint: 'nowhere' }, cause: expect.stringContaining('ENOENT') as string });
});

test('a config.json that is broken leaves the sockets', async () => {
  const usual = await listen(join(home, 'usual.sock'));
  await mkdir(join(home, '.docker'));
  await writeFile(join(home, '.docker/config.json'), '{');
  expect(await findDockerEndpoint(around({ sockets: [usual] }))).toEqual({ endpoint: `unix://${usual}`, source: 'socket' });
});

test('of the sockets the first in order that answers, whoever is quicker; all that was tried is told when none does', async () => {
  const gone = join(home, 'gone.sock');
  const silent = await listen(join(home, 'silent.sock'), 'nothing');
  const first = await listen(join(home, 'first.sock'));
  const second = await listen(join(home, 'second.sock'));
  expect(await findDockerEndpoint(around({ sockets: [gone, silent, first, second] }))).toEqual({ endpoint: `unix://${first}`, source: 'socket' });
  expect(await failureOf(findDockerEndpoint(around({ sockets: [gone, silent] })))).toEqual({
    code: 'DOCKER_ABSENT',
    params: { endpoint: `unix://${gone}, unix://${silent}` },
    cause: `unix://${gone}: connect ENOENT ${gone}; unix://${silent}: no answer in time`,
  });
});

test('a socket that this user may not open is refused, not absent', async () => {
  const socket = await listen(join(home, 'docker.sock'));
  await chmod(home, 0o755);
  await chmod(socket, 0o600);
  if (process.getuid!() === 0) {
    process.seteuid!(65534); // root may open everything
    cleanUp.defer(() => process.seteuid!(0));
  } else await chmod(socket, 0);
  expect(await failureOf(findDockerEndpoint(around({ sockets: [join(home, 'gone.sock'), socket] })))).toEqual({
    code: 'DOCKER_REFUSED', params: { endpoint: `unix://${socket}` }, cause: `connect EACCES ${socket}`,
  });
});

test('DOCKER_HOST without a scheme is TCP, with DOCKER_TLS_VERIFY the certificates of DOCKER_CERT_PATH', async () => {
  for (const name of ['ca', 'cert', 'key']) await writeFile(join(home, `${name}.pem`), name);
  expect(await endpointCandidates(around({ env: { DOCKER_HOST: 'box:2375' } }))).toEqual([{ endpoint: 'tcp://box:2375', source: 'DOCKER_HOST' }]);
  expect(await endpointCandidates(around({ env: { DOCKER_HOST: 'tcp://box:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: home } }))).toEqual([
    { endpoint: 'tcp://box:2376', source: 'DOCKER_HOST', tls: { ca: 'ca', cert: 'cert', key: 'key' } },
  ]);
});

test.each([
  ['unix:///run/x.sock', 'unix:///run/x.sock'],
  ['npipe:////./pipe/docker_engine', 'npipe:////./pipe/docker_engine'],
  ['tcp://box:2375', 'http://box:2375'],
  ['tcp://box', 'http://box:2375'],
  ['https://box', 'https://box:2376'],
  ['ssh://me@box', 'ssh://box:22'],
])('the client of %s speaks to %s, whatever DOCKER_HOST says', (endpoint, address) => {
  expect(endpointOf(dockerClient({ endpoint, source: 'DOCKER_HOST' }))).toBe(address);
});

test('the default socket of the docker CLI is the first of the usual ones', () => {
  expect(usualSockets({ env: { XDG_RUNTIME_DIR: '/run/user/7' }, home: '/home/me', platform: 'linux' })).toEqual([
    '/var/run/docker.sock', '/run/user/7/docker.sock', '/home/me/.docker/run/docker.sock', '/home/me/.docker/desktop/docker.sock',
    '/home/me/.orbstack/run/docker.sock', '/home/me/.colima/default/docker.sock', '/home/me/.rd/docker.sock', '/home/me/.lima/docker/sock/docker.sock',
    '/run/user/7/podman/podman.sock', '/run/podman/podman.sock',
  ]);
  expect(usualSockets({ env: {}, home: 'C:/Users/me', platform: 'win32' })[0]).toBe('//./pipe/docker_engine');
});
