// The promises of a port forward (start, refusals, cancelled downloads, half-close, many at once, stopping, idling, restoring, abuse) on a real cluster with
// containerd. What is counted is asserted; how long it took is printed. `.ci/run` has them in the size of a minute, `npm run test:long` in full.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../electron/engine/engine.ts';
import { kubectlInput } from '../fixtures/command-line.ts';
import { buildServer, httpGet, openScene, outcome, pod, sceneOf, service, toPod, type Scene } from './scene.ts';

const context = 'kind-kind';
const { signal } = new AbortController();
const ms = (from: number) => `${Math.round(performance.now() - from)} ms`;
let scene: Scene;
/** Untouched for as long as the other tests run, 60 s at least. */
let idle: { readonly port: number; readonly id: string; readonly since: number };

/** How much is tried. */
export interface Size {
  /** P5: downloads that are cancelled in the middle. */
  readonly cancelled: number;
  /** P8: requests, 200 at once. */
  readonly requests: number;
  /** P15: connections that are ended, cut and reset at random; a multiple of 20. */
  readonly abused: number;
  /** P6: bytes for a reader that is slow at first. */
  readonly slowBytes: number;
}

async function cancelledDownload(port: number, bytes: number): Promise<void> {
  const request = get({ host: '127.0.0.1', port, path: `/zeros?bytes=${bytes}`, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => {});
  await once(response, 'data');
  request.destroy();
  await new Promise((resolve) => response.once('close', resolve));
}

/** Sockets that this process has open. Files and the like come and go by themselves. */
function descriptors(): number {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => [...readFileSync(`/proc/self/net/${table}`, 'utf8').matchAll(/^\s*\d+: \S+ \S+ 01 (?:\S+ +){5}(\d+)/gm)].map(([, inode]) => inode)));
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return inodes.has(/socket:\[(\d+)\]/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? '');
    } catch {
      return false;
    }
  }).length;
}

async function abuse(port: number, random: (below: number) => number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: random(2) === 0 }).on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  for (let step = random(4); step >= 0 && !socket.destroyed; step -= 1) {
    const what = random(5);
    if (what < 2) socket.write(Buffer.alloc(random(200_000), 65));
    else if (what === 2) await sleep(random(30));
    else if (what === 3) socket.resume();
    else socket.end();
  }
  const last = random(3);
  if (last === 0) socket.destroy();
  // Of a socket that has just been ended, Node never tells that a reset has closed it.
  else if (last === 1 && !socket.writableEnded) socket.resetAndDestroy();
  else socket.resume().end();
  // A reset waits for what is still to be written, and an end for the other side's.
  setTimeout(() => socket.destroy(), 50 + random(100));
  await closed;
}

async function echo(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return String(chunk);
}

/** As the screen does. */
async function look({ calls }: { readonly calls: Scene['engine']['calls'] }): Promise<void> {
  for await (const { connection } of calls.environment.watchCluster({ context }, AbortSignal.timeout(240_000))) if (connection.state === 'live') return;
}

async function all(): Promise<string[]> {
  for await (const { rows } of scene.engine.calls.forwards.watch(undefined, signal)) return rows.map(({ id }) => id);
  return [];
}

/** A program of its own, so that its memory is not ours: 5 MB/s for 8 s, then as fast as it goes. Prints how many bytes came. */
const SLOW_READER = `
const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
const from = Date.now();
let bytes = 0;
socket.on('data', (chunk) => {
  bytes += chunk.length;
  if (Date.now() - from > 8000) return;
  socket.pause();
  setTimeout(() => socket.resume(), chunk.length / 5000);
});
socket.on('end', () => console.log(bytes));
`;

/** Declares the tests. */
export function testPromises({ cancelled, requests, abused, slowBytes }: Size): void {
  beforeAll(async () => {
    await buildServer(context);
    scene = await openScene(context);
    await scene.create(
      pod('web', { env: [{ name: 'ZEROS', value: String(slowBytes) }] }), service('web', 'web'), pod('late', { env: [{ name: 'WAIT_FOR', value: '/go' }], readinessProbe: undefined }),
      pod('odd', { ports: [{ containerPort: 53, protocol: 'UDP', name: 'dns' }, { containerPort: 99, protocol: 'SCTP', name: 'sig' }] }),
    );
    for (const name of ['web', 'late', 'odd']) await scene.ready(name);
    const row = await scene.start(toPod('web', 8080));
    idle = { port: row.localPort, id: row.id, since: performance.now() };
    await httpGet(row.localPort);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  test('P1: it listens, and its state is right at once', async () => {
    const from = performance.now();
    const row = await scene.start(toPod('web', 'http'));
    console.log(`start: ${ms(from)}`);
    expect(row).toMatchObject({ state: 'listening', readyPods: 1, listensOn: expect.arrayContaining(['127.0.0.1']) });
    expect(await outcome(row.localPort)).toBe('web');
    expect(await scene.until(row.id, ({ open }) => open === 0)).toMatchObject({ state: 'listening', total: 1, failed: 0, servingPod: { name: 'web' } });
  });

  test('P4: nothing listens yet: reset, with the ports on which something does; after 100 refusals it still works', async () => {
    const row = await scene.start(toPod('late', 8080));
    const from = performance.now();
    const refusals = await Promise.all(Array.from({ length: 100 }, async (_, index) => {
      await sleep(index * 30);
      return outcome(row.localPort);
    }));
    console.log(`100 refusals: ${ms(from)}`);
    expect(refusals.filter((code) => code === 'ECONNRESET')).toHaveLength(100);
    expect(await scene.until(row.id, ({ reason, open }) => reason?.code === 'PORT_REFUSED_LISTENS' && open === 0)).toMatchObject({
      state: 'failed', failed: 100, open: 0, reason: { params: { pod: 'late', port: 8080, listens: '' }, cause: expect.stringContaining('connection refused') },
    });
    const wrong = await scene.start(toPod('web', 9999));
    expect(await outcome(wrong.localPort)).toBe('ECONNRESET');
    expect((await scene.until(wrong.id, ({ reason }) => reason?.code === 'PORT_REFUSED_LISTENS')).reason?.params['listens']).toBe('8080, 9000, 9001, 9002, 9003');

    await scene.kubectl('exec', 'late', '--', 'touch', '/go');
    const started = performance.now();
    await expect.poll(() => outcome(row.localPort), { timeout: 10_000, interval: 50 }).toBe('late');
    console.log(`served ${ms(started)} after the program was told to listen`);
    expect(await scene.until(row.id, ({ open }) => open === 0)).toMatchObject({
      // Of the very last refusal it may not be said what listens instead: by the time that was asked, the program itself did.
      state: 'listening', lastError: { code: expect.stringMatching(/^PORT_REFUSED_(?:LISTENS|IN_POD)$/) },
    });
  });

  test(`P5: ${cancelled} downloads cancelled in the middle leave nothing open`, async () => {
    const row = await scene.start(toPod('web', 8080));
    for (let index = 0; index < cancelled; index += 1) await cancelledDownload(row.localPort, 32 * 1024 * 1024);
    const from = performance.now();
    expect(await outcome(row.localPort)).toBe('web');
    console.log(`the next request: ${ms(from)}`);
    expect(await scene.until(row.id, ({ open }) => open === 0, 5_000)).toMatchObject({ total: cancelled + 1, failed: 0 });
  });

  test('P7: a client that has ended its side gets the answer that comes 5 s later', async () => {
    const row = await scene.start(toPod('web', 9002));
    const client = connect({ port: row.localPort, host: '127.0.0.1', allowHalfOpen: true });
    client.end('request\n');
    let text = '';
    for await (const chunk of client) text += String(chunk);
    expect(text).toBe('late request\n');
  });

  test(`P8: 200 at once, ${requests} requests, no error`, async () => {
    const row = await scene.start(toPod('web', 8080));
    const from = performance.now();
    const agent = new Agent({ keepAlive: true, maxSockets: 200 });
    const answers = await Promise.all(Array.from({ length: requests }, () => httpGet(row.localPort, '/', agent).then(({ text }) => text, (error: Error) => error.message)));
    agent.destroy();
    console.log(`${requests} requests on 200 connections: ${ms(from)}`);
    expect(answers.filter((text) => text !== 'web')).toEqual([]);
    expect(await scene.until(row.id, ({ open }) => open === 0)).toMatchObject({ total: 200, failed: 0 });
  });

  test('P13: stopped, its port is free; a busy one is named, with its owner', async () => {
    const row = await scene.start(toPod('web', 8080));
    await expect(scene.start(toPod('web', 8080), { localPort: row.localPort })).rejects.toMatchObject({
      code: 'LOCAL_PORT_IN_USE', parameters: { port: row.localPort, free: expect.any(Number), owner: 'forward' },
    });
    const from = performance.now();
    await scene.engine.calls.forwards.stop({ id: row.id }, signal);
    const again = await scene.start(toPod('web', 8080), { localPort: row.localPort });
    console.log(`stopped, and its port taken again: ${ms(from)}`);
    expect(await outcome(again.localPort)).toBe('web');
    expect(await scene.row(row.id)).toMatchObject({ state: 'stopped', listensOn: [] });
  });

  test(`P15: ${abused} random ends, cuts and resets: nothing is left, and nothing was thrown`, async () => {
    const row = await scene.start(toPod('web', 9000));
    expect(await outcome(idle.port)).toBe('web');
    await scene.until(row.id, ({ open }) => open === 0);
    const before = descriptors();
    const faults: unknown[] = [];
    const note = (error: unknown) => faults.push(error);
    process.on('uncaughtExceptionMonitor', note);
    let seed = 20_261_126;
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    const from = performance.now();
    for (let round = 0; round < abused / 20; round += 1) await Promise.all(Array.from({ length: 20 }, () => abuse(row.localPort, random)));
    process.off('uncaughtExceptionMonitor', note);
    console.log(`${abused} sequences: ${ms(from)}`);
    expect(faults).toEqual([]);
    expect(await scene.until(row.id, ({ open }) => open === 0)).toMatchObject({ total: abused });
    await expect.poll(descriptors, { timeout: 15_000 }).toBeLessThanOrEqual(before);
    expect(await echo(row.localPort, 'still here')).toBe('still here');
  });

  test('P14: 50 idle forwards hold no connection and little memory', async () => {
    const memory = () => {
      (globalThis as { gc?: () => void }).gc?.();
      return process.memoryUsage().rss;
    };
    await sleep(500);
    const [sockets, before] = [descriptors(), memory()];
    const rows = [];
    for (let index = 0; index < 50; index += 1) rows.push(await scene.start(toPod('web', 8080)));
    await sleep(500);
    const grown = memory() - before;
    console.log(`50 idle forwards: ${(grown / 1e6).toFixed(1)} MB`);
    expect(descriptors() - sockets).toBeLessThanOrEqual(0);
    expect(grown).toBeLessThan(10 * 1024 * 1024);
    expect(new Set(rows.map(({ localPort }) => localPort)).size).toBe(50);
    await scene.engine.calls.forwards.stopAll({ context }, signal);
    for (const { id } of rows) await scene.engine.calls.forwards.remove({ id }, signal);
    await scene.engine.calls.forwards.startAgain({ id: idle.id }, signal);
  });

  test('P16: the next Podlab has the same forwards on the same ports, as soon as somebody looks at the cluster', async () => {
    await using first = await openScene(context);
    await first.create(pod('kept'));
    await first.ready('kept');
    const [on, off, removed] = [await first.start(toPod('kept', 8080), { strategy: 'sticky' }), await first.start(toPod('kept', 9000)), await first.start(toPod('kept', 9001))];
    await first.engine.calls.forwards.stop({ id: off.id }, signal);
    await first.engine.calls.forwards.remove({ id: removed.id }, signal);
    const stateDirectory = `${first.folder}/state`;
    // Two Podlabs at once: the second one says who has the port, and changes nothing.
    {
      await using engine = await openEngine({ stateDirectory });
      const second = sceneOf(engine, context, first.namespace, first.folder);
      void look(engine);
      expect(await second.until(on.id, ({ state }) => state === 'failed')).toMatchObject({ reason: { code: 'LOCAL_PORT_IN_USE', params: { port: on.localPort } } });
      expect(await outcome(on.localPort)).toBe('kept');
    }
    await first.engine[Symbol.asyncDispose]();
    expect(await outcome(on.localPort)).toBe('ECONNREFUSED');
    await using engine = await openEngine({ stateDirectory });
    const again = sceneOf(engine, context, first.namespace, first.folder);
    expect(await again.row(on.id)).toMatchObject({ state: 'stopped', localPort: on.localPort });
    const from = performance.now();
    void look(engine);
    await again.until(on.id, ({ state }) => state === 'listening');
    console.log(`restored: ${ms(from)} after the cluster was looked at`);
    expect(await outcome(on.localPort)).toBe('kept');
    expect(await again.row(off.id)).toMatchObject({ state: 'stopped', localPort: off.localPort });
    await expect(again.until(removed.id, () => true, 500)).rejects.toThrow('never so');
  });

  test('P17: UDP and SCTP are refused with the reason, and so are other targets that cannot be', async () => {
    const before = await all();
    await kubectlInput(context, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [
      service('outside', 'web'), service('udp', 'web', [{ port: 53, protocol: 'UDP' }]),
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'external' }, spec: { type: 'ExternalName', externalName: 'example.com', ports: [{ port: 80 }] } },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bare' }, spec: { ports: [{ port: 80 }] } },
    ] }), '-n', scene.namespace, 'create', '-f', '-');
    const refusal = (kind: 'Pod' | 'Service' | 'Deployment', name: string, port: string, localPort = 0) =>
      scene.start({ kind, name, port }, { localPort }).then(() => 'started', ({ code }: { code: string }) => code);
    await expect.poll(() => refusal('Service', 'bare', '80')).toBe('SERVICE_WITHOUT_SELECTOR');
    expect([
      await refusal('Pod', 'odd', '53'), await refusal('Pod', 'odd', 'sig'), await refusal('Service', 'udp', '53'), await refusal('Service', 'external', '80'),
      await refusal('Service', 'web', 'no-such'), await refusal('Pod', 'web', '0'), await refusal('Pod', 'web', '70000'), await refusal('Pod', 'web', '8080', 70_000),
    ]).toEqual(['PORT_NOT_TCP', 'PORT_NOT_TCP', 'PORT_NOT_TCP', 'SERVICE_EXTERNAL', 'PORT_NAME_UNKNOWN', 'PORT_INVALID', 'PORT_INVALID', 'PORT_INVALID']);
    expect(await all()).toEqual(before);
    // A target without pods is none of these: it may have some any moment.
    const row = await scene.start({ kind: 'Service', name: 'outside', port: '80' });
    expect(row.state).toBe('listening');
    await scene.engine.calls.forwards.remove({ id: row.id }, signal);
  });

  test(`P6: a slow reader of ${slowBytes / 2 ** 20} MiB costs no memory, and others go on meanwhile`, async () => {
    const row = await scene.start(toPod('web', 9001));
    const other = await scene.start(toPod('web', 8080));
    const run = promisify(execFile);
    const download = async () => {
      const from = performance.now();
      await run('curl', ['-sS', '-o', '/dev/null', `http://127.0.0.1:${other.localPort}/zeros?bytes=${64 * 1024 * 1024}`]);
      return 64 / ((performance.now() - from) / 1000);
    };
    const alone = await download();
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss - before)), 50);
    const slow = run(process.execPath, ['-e', SLOW_READER, String(row.localPort)]);
    await sleep(2_000);
    const beside = await download();
    const { stdout } = await slow;
    clearInterval(watch);
    console.log(`at most ${(most / 1024 / 1024).toFixed(1)} MiB more; another download ${alone.toFixed(0)} MB/s alone, ${beside.toFixed(0)} MB/s beside it (${(beside / alone).toFixed(2)})`);
    expect(stdout.trim()).toBe(String(slowBytes));
    expect(await scene.until(row.id, ({ open }) => open === 0)).toMatchObject({ bytesIn: slowBytes, failed: 0 });
    expect(most).toBeLessThanOrEqual(16 * 1024 * 1024);
  });

  test('P11: idle for a minute, the next byte works', async () => {
    await sleep(Math.max(0, 60_000 - (performance.now() - idle.since)));
    expect(await outcome(idle.port)).toBe('web');
  });
}
