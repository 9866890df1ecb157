// A small HTTP server on a Unix socket in Docker's place: /_ping, /version, /events and the two lists. Real events: connection.cluster.test.ts.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { watchDocker } from './connection.ts';

const soon = { timeout: 8_000, interval: 10 };
let home: string;
let socket: string;
let cleanUp: AsyncDisposableStack;
beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  home = await mkdtemp(join(tmpdir(), 'podlab-docker-'));
  socket = join(home, 'docker.sock');
  cleanUp.defer(() => rm(home, { recursive: true }));
});
afterEach(() => cleanUp.disposeAsync());

function startDocker() {
  const docker = { images: ['a:1'], imageReads: 0, events: undefined as ServerResponse | undefined, eventRequests: [] as string[] };
  const image = (name: string) => ({ Id: `sha256:${name}`, RepoTags: [name], RepoDigests: null, Created: 1, Size: 2, Labels: null });
  const server: Server = createServer((request, response) => {
    const path = request.url!.split('?')[0];
    const json = (value: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (path === '/_ping') response.end('OK');
    else if (path === '/version') json({ Version: '1.2.3', ApiVersion: '1.41' });
    else if (path === '/images/json') { docker.imageReads++; json(docker.images.map(image)); }
    else if (path === '/containers/json') json([{ Id: 'c1', Names: ['/kind-control-plane'], Image: 'node', ImageID: 'sha256:n', State: 'running', Labels: { l: '1' },
      NetworkSettings: { Networks: { kind: { IPAddress: '172.18.0.2' }, none: { IPAddress: '' } } } }]);
    else if (path === '/events') { docker.eventRequests.push(decodeURIComponent(request.url!)); docker.events = response; response.flushHeaders(); }
    else response.writeHead(404).end();
  });
  server.listen(socket);
  const stop = () => new Promise<void>(resolve => { server.close(() => resolve()); server.closeAllConnections(); });
  cleanUp.defer(() => stop().catch(() => {}));
  return { docker, stop };
}

function watched() {
  const states: string[] = [];
  const images: unknown[] = [];
  const connection = watchDocker({
    surroundings: { env: {}, home, platform: 'linux', sockets: [socket] },
    onState: state => states.push(state.state),
    onImages: list => images.push(list === 'unknown' ? list : list.flatMap(({ RepoTags }) => RepoTags)),
  });
  cleanUp.use(connection);
  return { connection, states, images };
}

test('connects, tells what it is, and reads again at an event, once for many', async () => {
  const { docker } = startDocker();
  const { connection, states, images } = watched();
  await vi.waitFor(() => expect(states).toEqual(['connected']), soon);
  const { since, ...state } = connection.state;
  expect(state).toEqual({ state: 'connected', endpoint: `unix://${socket}`, source: 'socket', version: '1.2.3', apiVersion: '1.41' });
  expect(Date.now() - Date.parse(since)).toBeLessThan(60_000);
  expect(connection.currentImages()).toEqual([{ Id: 'sha256:a:1', RepoTags: ['a:1'], RepoDigests: null, Created: 1, Size: 2 }]);
  expect(connection.containers()).toEqual([{
    id: 'c1', name: 'kind-control-plane', image: 'node', imageId: 'sha256:n', state: 'running', labels: { l: '1' }, addresses: ['172.18.0.2'],
  }]);
  docker.images = ['a:1', 'b:1'];
  for (let i = 0; i < 50; i++) docker.events!.write('{"Type":"image","Action":"tag","timeNano":1700000000123456789}\n');
  await vi.waitFor(() => expect(images).toEqual([['a:1'], ['a:1', 'b:1']]), soon);
  expect(docker.imageReads).toBe(2);
});

test('a stream that ends while Docker answers is opened again from where it was, and the state stays', async () => {
  const { docker } = startDocker();
  const { states, images } = watched();
  await vi.waitFor(() => expect(states).toEqual(['connected']), soon);
  docker.images = ['missed:1'];
  docker.events!.end('{"Type":"container","timeNano":1700000000123000000}\n');
  await vi.waitFor(() => expect(images).toEqual([['a:1'], ['missed:1']]), soon);
  expect(states).toEqual(['connected']);
  expect(docker.eventRequests[1]).toContain('since=1700000000.123');
});

test('stopped, everything is unknown and every call says so; it comes back by itself', async () => {
  const { docker, stop } = startDocker();
  const { connection, states, images } = watched();
  await vi.waitFor(() => expect(states).toEqual(['connected']), soon);
  await stop();
  await vi.waitFor(() => expect(states).toEqual(['connected', 'stopped']), soon);
  expect(connection.state.cause).toMatchObject({ code: 'DOCKER_STOPPED', params: { endpoint: `unix://${socket}` } });
  expect([connection.currentImages(), connection.containers()]).toEqual(['unknown', 'unknown']);
  expect(() => connection.docker()).toThrow(Failure);
  const again = startDocker();
  again.docker.images = ['new:1'];
  await vi.waitFor(() => expect(states).toEqual(['connected', 'stopped', 'connected']), soon);
  expect(images).toEqual([['a:1'], 'unknown', ['new:1']]);
  expect(docker.imageReads).toBe(1);
});

test('absent, it is found as soon as its socket appears', async () => {
  const { connection, states } = watched();
  await vi.waitFor(() => expect(states).toEqual(['absent']), soon);
  expect(connection.state.cause).toEqual({
    code: 'DOCKER_ABSENT', params: { endpoint: `unix://${socket}` }, cause: `unix://${socket}: connect ENOENT ${socket}`,
  });
  startDocker();
  await vi.waitFor(() => expect(states).toEqual(['absent', 'connected']), soon);
});

test('closed, it tells nothing more and leaves no connection open', async () => {
  const { docker, stop } = startDocker();
  const { connection, states } = watched();
  await vi.waitFor(() => expect(states).toEqual(['connected']), soon);
  const closed = new Promise<void>(resolve => { docker.events!.on('close', resolve); });
  await connection[Symbol.asyncDispose]();
  await closed;
  await stop();
  expect(states).toEqual(['connected']);
});
