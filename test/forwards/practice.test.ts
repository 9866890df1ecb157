// The promises of a port forward on the practice cluster, of which a beginner without any cluster sees the same: its programs are played inside its process,
// while its API server, the tunnels and the forwards are the real ones. It has no Deployments, so a rolling update (P3) is not among them, and its sockets
// are no sockets of the kernel, so what is measured in bytes per second or in memory of a kubelet is not, either.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ForwardRow } from '../../shared/contract/forwards.ts';
import { openEngine, type Engine } from '../../electron/engine/engine.ts';
import { startPractice, type Practice } from '../../electron/practice/practice.ts';
import { Api } from '../conformance/http.ts';
import { readConnection } from '../conformance/target.ts';
import { httpGet, outcome, sceneOf, toPod } from './scene.ts';

const PODS = '/api/v1/namespaces/default/pods';
const signal = new AbortController().signal;
const ms = (from: number) => `${Math.round(performance.now() - from)} ms`;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const folder = await mkdtemp(join(tmpdir(), 'podlab-practice-forwards-'));
let practice: Practice;
let api: Api;
let engine: Engine;
let scene: ReturnType<typeof sceneOf>;

const pod = (name: string, image: string, ports: object[] = [{ containerPort: 8080, name: 'http' }]) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } },
  spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image, imagePullPolicy: 'Never', ports }] },
});
const create = async (path: string, body: object) => expect((await api.post(path, body)).status).toBe(201);
const isReady = async (name: string) => ((await api.get(`${PODS}/${name}`)).body.status?.conditions ?? []).some(({ type, status }: { type: string; status: string }) => type === 'Ready' && status === 'True');
const ready = (name: string) => vi.waitFor(async () => expect(await isReady(name)).toBe(true), { timeout: 20_000, interval: 20 });

/** In a cluster that has just begun. */
async function createWeb(): Promise<void> {
  api = new Api(await readConnection(practice.kubeconfig, 'practice'));
  await create(PODS, pod('web', 'http-server:1'));
  await ready('web');
}

beforeAll(async () => {
  practice = await startPractice({ folder, speed: 10 });
  await createWeb();
  await create(PODS, pod('moved', 'other-port:1'));
  await create(PODS, pod('inward', 'localhost-only:1'));
  await create(PODS, pod('odd', 'http-server:1', [{ containerPort: 53, protocol: 'UDP' }]));
  await create('/api/v1/namespaces/default/services', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ name: 'www', port: 80, targetPort: 'http' }] } });
  for (const name of ['moved', 'inward', 'odd']) await ready(name);
  engine = await openEngine({ kubeconfig: practice.kubeconfig, stateDirectory: join(folder, 'state') });
  scene = sceneOf(engine, 'practice', 'default', folder);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  api.close();
  await practice[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** As the screen's table has them at first. */
async function all({ calls }: Engine): Promise<readonly ForwardRow[]> {
  for await (const { rows } of calls.forwards.watch(undefined, AbortSignal.timeout(10_000))) return rows;
  throw new Error('the list was not told');
}

test('P1: it listens and answers at once', async () => {
  const from = performance.now();
  const row = await scene.start(toPod('web', 'http'));
  console.log(`start: ${ms(from)}`);
  expect(row).toMatchObject({ state: 'listening', readyPods: 1 });
  expect(await httpGet(row.localPort)).toMatchObject({ status: 200, text: expect.stringContaining('http-server') });
  expect(await scene.until(row.id, ({ open }) => open === 0)).toMatchObject({ state: 'listening', total: 1, failed: 0, servingPod: { name: 'web' } });
});

test('P2: through a Service the same forward answers from the next pod, and a connection in between is held', async () => {
  const row = await scene.start({ kind: 'Service', name: 'web', port: 'www' });
  expect((await httpGet(row.localPort)).status).toBe(200);
  const before = (await scene.row(row.id)).servingPod;
  await api.delete(`${PODS}/web`);
  await scene.until(row.id, ({ state }) => state === 'waiting');
  const held = httpGet(row.localPort);
  await scene.until(row.id, ({ held: count }) => count === 1);
  await expect.poll(() => api.get(`${PODS}/web`).then(({ status }) => status), { timeout: 20_000 }).toBe(404);
  await create(PODS, pod('web', 'http-server:1'));
  await ready('web');
  const from = performance.now();
  expect((await held).status).toBe(200);
  console.log(`the held connection was answered ${ms(from)} after Ready`);
  const after = await scene.until(row.id, ({ open }) => open === 0);
  expect(after).toMatchObject({ state: 'listening', failed: 0, reconnects: 1, servingPod: { name: 'web' } });
  expect(after.servingPod?.uid).not.toBe(before?.uid);
});

test('P4: refused 100 times, with the port on which the program does listen; another forward leads there', async () => {
  const row = await scene.start(toPod('moved', 8080));
  const refusals = await Promise.all(Array.from({ length: 100 }, () => outcome(row.localPort)));
  expect(refusals.filter((code) => code === 'ECONNRESET')).toHaveLength(100);
  expect(await scene.until(row.id, ({ reason, open }) => reason?.code === 'PORT_REFUSED_LISTENS' && open === 0)).toMatchObject({ state: 'failed', failed: 100, reason: { params: { pod: 'moved', port: 8080, listens: '9090' } } });
  const right = await scene.start(toPod('moved', 9090));
  expect((await httpGet(right.localPort)).status).toBe(200);
});

test('a program that listens on 127.0.0.1 only is reached: a tunnel ends inside the pod', async () => {
  const row = await scene.start(toPod('inward', 8080));
  expect((await httpGet(row.localPort)).status).toBe(200);
});

test('P7: a client that has ended its side gets the whole answer', async () => {
  const row = await scene.start(toPod('web', 8080));
  const client = connect({ port: row.localPort, host: '127.0.0.1', allowHalfOpen: true });
  client.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  let text = '';
  for await (const chunk of client) text += String(chunk);
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*http-server/);
  expect(await scene.until(row.id, ({ open }) => open === 0)).toMatchObject({ failed: 0 });
});

test('P8: 200 at once, 10 000 requests, no error', async () => {
  const row = await scene.start(toPod('web', 8080));
  const from = performance.now();
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const statuses = await Promise.all(Array.from({ length: 10_000 }, () => httpGet(row.localPort, '/', agent).then(({ status }) => status, (error: Error) => error.message)));
  agent.destroy();
  console.log(`10 000 requests on 200 connections: ${ms(from)}`);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(await scene.until(row.id, ({ open }) => open === 0)).toMatchObject({ failed: 0 });
});

test('P5 and P15: 200 clients that cut, reset or end at any moment leave nothing open', async () => {
  const row = await scene.start(toPod('web', 8080));
  let seed = 20_261_126;
  const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
  const faults: unknown[] = [];
  const note = (error: unknown) => faults.push(error);
  process.on('uncaughtExceptionMonitor', note);
  await Promise.all(Array.from({ length: 200 }, async () => {
    const socket = connect({ port: row.localPort, host: '127.0.0.1', allowHalfOpen: random(2) === 0 }).on('error', () => {}).resume();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await once(socket, 'connect');
    // Something is always asked: of a client that ends without a word nobody knows whether it still listens, and its tunnel stays for half a minute.
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1 + random(20)));
    await sleep(random(40));
    const last = random(3);
    if (last === 0) socket.destroy();
    else if (last === 1) socket.resetAndDestroy();
    else socket.end();
    setTimeout(() => socket.destroy(), 100);
    await closed;
  }));
  process.off('uncaughtExceptionMonitor', note);
  expect(faults).toEqual([]);
  expect(await scene.until(row.id, ({ open }) => open === 0)).toMatchObject({ total: 200 });
  expect((await httpGet(row.localPort)).status).toBe(200);
});

test('P13 and P17: a stopped port is free at once; what is no TCP port is refused with its reason', async () => {
  const row = await scene.start(toPod('web', 8080));
  await expect(scene.start(toPod('web', 8080), { localPort: row.localPort })).rejects.toMatchObject({ code: 'LOCAL_PORT_IN_USE', parameters: { owner: 'forward' } });
  await engine.calls.forwards.stop({ id: row.id }, signal);
  expect(await outcome(row.localPort)).toBe('ECONNREFUSED');
  const again = await scene.start(toPod('web', 8080), { localPort: row.localPort });
  expect(again.localPort).toBe(row.localPort);
  await expect(scene.start(toPod('odd', 53))).rejects.toMatchObject({ code: 'PORT_NOT_TCP', parameters: { protocol: 'UDP' } });
  await expect(scene.start(toPod('web', 'no-such'))).rejects.toMatchObject({ code: 'PORT_NAME_UNKNOWN' });
});

test('P14 and P16: 50 idle forwards open nothing, and the next Podlab has the same ones on the same ports', async () => {
  await Promise.all([...(await all(engine))].map(({ id }) => engine.calls.forwards.remove({ id }, signal)));
  const rows = [];
  for (let index = 0; index < 50; index += 1) rows.push(await scene.start(toPod('web', 8080)));
  const ports = new Map(rows.map(({ id, localPort }) => [id, localPort]));
  expect(new Set(ports.values()).size).toBe(50);
  expect((await all(engine)).map(({ state, total }) => `${state} ${total}`)).toEqual(Array.from({ length: 50 }, () => 'listening 0'));
  await engine[Symbol.asyncDispose]();
  for (const port of ports.values()) expect(await outcome(port)).toBe('ECONNREFUSED');
  engine = await openEngine({ kubeconfig: practice.kubeconfig, stateDirectory: join(folder, 'state') });
  scene = sceneOf(engine, 'practice', 'default', folder);
  const from = performance.now();
  for await (const { connection } of engine.calls.environment.watchCluster({ context: 'practice' }, AbortSignal.timeout(60_000))) if (connection.state === 'live') break;
  for (const [id, port] of ports) {
    await scene.until(id, ({ state }) => state === 'listening');
    expect(await outcome(port)).toContain('http-server');
  }
  console.log(`50 forwards restored and answering: ${ms(from)}`);
});

test('P12 and P18: the cluster goes, and another one of its name comes; the forward never says that it listens to nobody, and answers again', async () => {
  const row = await scene.start(toPod('web', 8080));
  expect(await outcome(row.localPort)).toContain('http-server');
  api.close();
  await practice[Symbol.asyncDispose]();
  const gone = performance.now();
  await scene.until(row.id, ({ state }) => state !== 'listening');
  console.log(`told ${ms(gone)} after the cluster had gone`);
  expect(await outcome(row.localPort)).toMatch(/^E|socket hang up/);
  practice = await startPractice({ folder, speed: 10 });
  await createWeb();
  const back = performance.now();
  await scene.until(row.id, ({ state }) => state === 'listening');
  expect(await outcome(row.localPort)).toContain('http-server');
  console.log(`answers ${ms(back)} after the pod was ready again`);
});
