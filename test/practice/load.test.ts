// What the practice cluster costs and bears: its process as it is shipped (the built file), with the real wire. Counts and bytes are asserted;
// times are printed.
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import { resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { FromPractice } from '../../electron/practice-link.ts';
import { Api } from '../conformance/http.ts';
import { readConnection } from '../conformance/target.ts';

const MB = 1024 * 1024;

interface Running extends AsyncDisposable {
  readonly kubeconfig: string;
  readonly child: ChildProcess;
  api(context: string): Promise<Api>;
}

const apis: Api[] = [];
afterEach(() => {
  for (const api of apis.splice(0)) api.close();
});

async function start(): Promise<Running> {
  const began = performance.now();
  const child = fork(resolve(import.meta.dirname, '../../dist/electron/practice-process.js'), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const kubeconfig = await new Promise<string>((done, fail) => {
    child.on('message', (message: FromPractice) => {
      if (message.type === 'ready') done(message.kubeconfig);
      if (message.type === 'failed') fail(new Error(message.cause));
    });
    child.once('exit', (code) => fail(new Error(`it ended with ${code}`)));
    child.send({ type: 'start' });
  });
  console.log(`ready after ${Math.round(performance.now() - began)} ms, ${memoryOf(child)} MB`);
  return {
    kubeconfig,
    child,
    async api(context) {
      const api = new Api(await readConnection(kubeconfig, context));
      apis.push(api);
      return api;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.send({ type: 'stop' });
      await ended;
    },
  };
}

/** Resident, in whole MB. */
const memoryOf = ({ pid }: ChildProcess): number => Math.round((Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024) / MB);

const pod = (name: string, image: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { of: 'load' } },
  spec: { containers: [{ name: 'c', image, imagePullPolicy: 'IfNotPresent', ports: [{ containerPort: 8080 }] }] },
});
const PODS = '/api/v1/namespaces/default/pods';

/** Creates them, many requests at a time, and gives the statuses of the answers. */
async function create(api: Api, names: readonly string[], image: string): Promise<number[]> {
  const statuses: number[] = [];
  const queue = [...names];
  await Promise.all(Array.from({ length: 50 }, async () => {
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) statuses.push((await api.post(PODS, pod(name, image))).status);
  }));
  return statuses;
}
const running = async (api: Api): Promise<number> =>
  (await api.get(PODS)).body.items.filter(({ status }: { status: { phase: string } }) => status.phase === 'Running').length;
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);

test('200 pods that serve HTTP, a hundred on each node, in 150 MB', async () => {
  await using practice = await start();
  const began = performance.now();
  for (const [context, image] of [['practice', 'http-server:1'], ['practice-kind', 'has.practice.test/http-server:1']] as const) {
    const api = await practice.api(context);
    // One first: a hundred that miss the image at the same time are a hundred pulls in a row.
    expect(await create(api, ['web-0'], image)).toEqual([201]);
    await expect.poll(() => running(api), { timeout: 60_000, interval: 250 }).toBe(1);
    expect(new Set(await create(api, names('web', 100).slice(1), image))).toEqual(new Set([201]));
    await expect.poll(() => running(api), { timeout: 60_000, interval: 250 }).toBe(100);
    expect((await api.get(`${PODS}/web-7:8080/proxy/`)).text).toContain('web-7');
  }
  const used = memoryOf(practice.child);
  console.log(`200 pods Running after ${Math.round(performance.now() - began)} ms: ${used} MB resident`);
  expect(used).toBeLessThanOrEqual(150);
}, 180_000);

test('500 pods at once are all taken; those that have no room wait, and say why', async () => {
  await using practice = await start();
  const api = await practice.api('practice');
  const statuses = await Promise.all(names('burst', 500).map(async (name) => (await api.post(PODS, pod(name, 'http-server:1'))).status));
  expect(statuses.filter((status) => status === 201)).toHaveLength(500);
  // The kubelet's own limit: 110 pods a node.
  await expect.poll(() => running(api), { timeout: 120_000, interval: 500 }).toBe(110);
  const waiting = (await api.get(PODS, { query: { fieldSelector: 'spec.nodeName=' } })).body.items;
  expect(waiting).toHaveLength(390);
  await expect.poll(async () => (await api.get(`${PODS}/${waiting[0].metadata.name}`)).body.status.conditions?.[0]?.message, { timeout: 60_000 }).toContain('Too many pods');
  console.log(`500 pods at once: ${memoryOf(practice.child)} MB`);
  expect(memoryOf(practice.child)).toBeLessThan(300);
}, 240_000);

test('a client that never reads its watch costs little and harms nobody', async () => {
  await using practice = await start();
  const api = await practice.api('practice');
  const sockets = await Promise.all(Array.from({ length: 20 }, () => deafWatch(api)));
  const before = memoryOf(practice.child);
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(names('note', 25).map((name) => api.post('/api/v1/namespaces/default/configmaps', { metadata: { name }, data: { text: 'x'.repeat(20_000) } })));
    await api.delete('/api/v1/namespaces/default/configmaps', undefined, { query: { labelSelector: '!kept' } });
  }
  // 20 watches of 500 changes of 20 kB twice over: 400 MB, had they been kept.
  const grown = memoryOf(practice.child) - before;
  console.log(`20 watches that nobody reads, 20 MB of changes each: ${grown} MB more`);
  expect(grown).toBeLessThan(150);
  expect((await api.get('/readyz')).text).toBe('ok');
  for (const socket of sockets) socket.destroy();
}, 180_000);

/** Asks for a watch and then reads nothing: its own window is all that the system takes in for it. */
function deafWatch(api: Api): Promise<TLSSocket> {
  const { server, ca, token } = api.connection;
  return new Promise((done, fail) => {
    const socket = tlsConnect({ host: server.hostname, port: Number(server.port), ca }, () => {
      socket.write(`GET /api/v1/configmaps?watch=1 HTTP/1.1\r\nHost: ${server.host}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
      socket.once('readable', () => done(socket));
    });
    socket.on('error', fail);
  });
}

test('it listens on loopback alone, and Docker on a socket that only its owner can reach', async () => {
  await using practice = await start();
  const api = await practice.api('practice');
  const { port } = api.connection.server;
  // The same port of every address but 127.0.0.1 is free for others: nothing of ours is on it.
  const other = createServer();
  await new Promise<void>((done, fail) => other.once('error', fail).listen(Number(port), '127.0.0.2', done));
  other.close();
  expect((await api.get('/api', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
  expect(await statusFor(api, 'evil.example')).toBe(403);
  expect(await statusFor(api, `localhost:${port}`)).toBe(200);
}, 60_000);

/** What a request with this Host header is answered: a page that had its name lead to 127.0.0.1 sends its own. */
function statusFor(api: Api, host: string): Promise<number | undefined> {
  const { server, ca, token } = api.connection;
  return new Promise((done, fail) => {
    const options = { host: server.hostname, port: server.port, path: '/api', ca, servername: 'localhost', headers: { host, authorization: `Bearer ${token}` } };
    request(options, (response) => {
      response.resume();
      done(response.statusCode);
    }).on('error', fail).end();
  });
}
