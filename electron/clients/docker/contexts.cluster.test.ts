// The ways in which a person says where Docker is, each against the real Docker: a relay gives its socket a second path and a port of 127.0.0.1, so
// that only the right way leads there. The contexts are made by the real docker CLI, in a folder of the test's own (DOCKER_CONFIG), and each
// Docker that Podlab finds is the one that the CLI finds with the same variables.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Dockerode from 'dockerode';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { dockerClient } from './client.ts';
import { watchDocker } from './connection.ts';
import type { DockerState } from './connection.ts';
import { findDockerEndpoint } from './endpoint.ts';
import { buildTestImage } from '../nodes/test-node.ts';
import { removeImage, tagImage } from './images.ts';

const run = promisify(execFile);
const soon = { timeout: 240_000, interval: 20 };
const NAME = `podlab-contexts-test-${process.pid}`;
const cleanUp = new AsyncDisposableStack();
let docker: Dockerode;
let folder: string;
let socket: string;
let port: number;
/** What came through each door. */
const used = { socket: 0, port: 0 };

beforeAll(async () => {
  const found = await findDockerEndpoint();
  docker = dockerClient(found);
  folder = await mkdtemp(join(tmpdir(), 'podlab-contexts-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
  const relay = async (door: keyof typeof used, listen: (server: Server, done: () => void) => void) => {
    const open = new Set<Socket>();
    const server = createServer(near => {
      used[door]++;
      const far = connect(found.endpoint.replace('unix://', ''));
      for (const end of [near, far]) open.add(end.on('error', () => {}).on('close', () => { near.destroy(); far.destroy(); open.delete(end); }));
      near.pipe(far).pipe(near);
    });
    await new Promise<void>(resolve => { listen(server, resolve); });
    cleanUp.defer(() => new Promise<void>(resolve => { server.close(() => resolve()); for (const end of open) end.destroy(); }));
    return server;
  };
  socket = join(folder, 'relay.sock');
  await relay('socket', (server, done) => server.listen(socket, done));
  port = ((await relay('port', (server, done) => server.listen(0, '127.0.0.1', done))).address() as AddressInfo).port;
  await cli({}, 'context', 'create', 'by-socket', '--docker', `host=unix://${socket}`);
  await cli({}, 'context', 'create', 'by-port', '--docker', `host=tcp://127.0.0.1:${port}`);
  await cli({}, 'context', 'use', 'by-port');
  // An image of its own: of one that others use, this may be the last name by the end.
  await buildTestImage(docker, `${NAME}:here`);
  cleanUp.defer(async () => { await removeImage(docker, `${NAME}:here`); });
});
afterAll(() => cleanUp.disposeAsync());

const environment = (more: Readonly<Record<string, string>>) => ({ DOCKER_CONFIG: folder, PATH: process.env.PATH!, HOME: folder, ...more });
const cli = async (env: Readonly<Record<string, string>>, ...args: readonly string[]) => (await run('docker', args, { env: environment(env) })).stdout.trim();

const ways: [what: string, env: () => Record<string, string>, door: keyof typeof used, expected: () => Partial<DockerState>][] = [
  ['DOCKER_HOST with a socket', () => ({ DOCKER_HOST: `unix://${socket}` }), 'socket', () => ({ endpoint: `unix://${socket}`, source: 'DOCKER_HOST' })],
  ['DOCKER_HOST with a port of 127.0.0.1', () => ({ DOCKER_HOST: `tcp://127.0.0.1:${port}` }), 'port', () => ({ endpoint: `tcp://127.0.0.1:${port}`, source: 'DOCKER_HOST' })],
  ['DOCKER_HOST goes before DOCKER_CONTEXT', () => ({ DOCKER_HOST: `unix://${socket}`, DOCKER_CONTEXT: 'by-port' }), 'socket', () => ({ source: 'DOCKER_HOST' })],
  ['DOCKER_CONTEXT with a socket', () => ({ DOCKER_CONTEXT: 'by-socket' }), 'socket', () => ({ endpoint: `unix://${socket}`, source: 'docker-context', context: 'by-socket' })],
  ['the current context of config.json, with a port', () => ({}), 'port', () => ({ endpoint: `tcp://127.0.0.1:${port}`, source: 'docker-context', context: 'by-port' })],
];

test.each(ways)('%s', async (_what, env, door, expected) => {
  await using connection = watchDocker({ surroundings: { env: environment(env()), home: folder, platform: process.platform, sockets: [] }, onState() {}, onImages() {} });
  await vi.waitFor(() => expect(connection.state.state).toBe('connected'), soon);
  expect(connection.state).toMatchObject(expected());
  const ours = connection.currentImages();
  expect(ours).not.toBe('unknown');
  // The same Docker as the CLI's, seen by what only it has.
  const names = ours === 'unknown' ? [] : ours.flatMap(({ RepoTags }) => RepoTags ?? []);
  expect(names).toContain(`${NAME}:here`);
  const before = { ...used };
  expect(await cli(env(), 'image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', NAME)).toBe(`${NAME}:here`);
  const other = door === 'socket' ? 'port' : 'socket';
  expect([used[door] > before[door], used[other]]).toEqual([true, before[other]]);
  // And its events come the same way.
  const live = `${NAME}:live-${ways.findIndex(([what]) => what === _what)}`;
  await tagImage(docker, `${NAME}:here`, live);
  await vi.waitFor(() => expect(JSON.stringify(connection.currentImages())).toContain(live), soon);
  await removeImage(docker, live);
  await vi.waitFor(() => expect(JSON.stringify(connection.currentImages())).not.toContain(live), soon);
});

test('a context that is chosen later with the CLI is found while Docker is away', async () => {
  const own = await mkdtemp(join(tmpdir(), 'podlab-contexts-late-'));
  cleanUp.defer(() => rm(own, { recursive: true }));
  const env = { DOCKER_CONFIG: own };
  await cli(env, 'context', 'create', 'gone', '--docker', `host=unix://${own}/nobody.sock`);
  await cli(env, 'context', 'use', 'gone');
  const states: string[] = [];
  await using connection = watchDocker({
    surroundings: { env: { DOCKER_CONFIG: own }, home: own, platform: process.platform, sockets: [] },
    onState: ({ state, context }) => states.push(`${state} ${context ?? ''}`), onImages() {},
  });
  await vi.waitFor(() => expect(states).toEqual(['absent ']), soon);
  await cli(env, 'context', 'create', 'here', '--docker', `host=unix://${socket}`);
  await cli(env, 'context', 'use', 'here');
  await vi.waitFor(() => expect(states).toEqual(['absent ', 'connected here']), soon);
  expect(JSON.stringify(connection.currentImages())).toContain(`${NAME}:here`);
});
