// Runs against servers on this computer that count what reaches them.
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import { Failure } from '../../../../shared/contract/failures.ts';
import type { RepeatPlan, RepeatSnapshot } from '../../../../shared/contract/repeat.ts';
import { connectTo } from '../connect-to.ts';
import { startApiServer } from '../../../clients/cluster/test-api-server.ts';
import type { DiallingWay } from '../exchange.ts';
import { prepareRequest } from '../request-parts.ts';
import { repeatRequest, type RepeatedRequest } from './run.ts';

const usual: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 5_000, followRedirects: true, verifyCertificate: true,
};

interface Counted {
  readonly port: number;
  /** Open now, and the most there ever were. */
  readonly sockets: Set<Socket>;
  most: number;
  requests: number;
}

async function listen(server: Server): Promise<Counted> {
  const sockets = new Set<Socket>();
  const counted = { port: 0, sockets, most: 0, requests: 0 };
  server.on('connection', (socket: Socket) => {
    counted.most = Math.max(counted.most, sockets.add(socket).size);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return Object.assign(counted, { port: (server.address() as AddressInfo).port });
}

type Answer = (...parts: Parameters<RequestListener>) => unknown;

async function serve(answer: Answer): Promise<Counted> {
  const server = createServer((request, response) => {
    counted.requests += 1;
    void answer(request, response);
  });
  const counted = await listen(server);
  return counted;
}

/** Connections take turns between the pods. */
function wayTo(ports: readonly number[], pods: readonly string[] = []): DiallingWay {
  let turn = 0;
  return {
    origin: `http://localhost:${ports[0]}`,
    async dial(_, signal) {
      const index = turn++ % ports.length;
      const socket = await connectTo(ports[index]!, '127.0.0.1', signal);
      const name = pods[index];
      return { socket, ...(name === undefined ? {} : { servedBy: { name, uid: name } }) };
    },
  };
}

interface Ran {
  readonly snapshots: RepeatSnapshot[];
  readonly last: RepeatSnapshot;
}

async function run(way: DiallingWay, plan: RepeatPlan, part: Partial<HttpRequest> = {}, more: Partial<RepeatedRequest> = {}, signal = new AbortController().signal): Promise<Ran> {
  const request = { ...usual, ...part };
  const snapshots: RepeatSnapshot[] = [];
  await repeatRequest(plan, { request, prepared: await prepareRequest(request), way: () => way, ...more }, (snapshot) => snapshots.push(snapshot), signal);
  return { snapshots, last: snapshots.at(-1)! };
}

async function nothingLeft(server: Counted): Promise<void> {
  await expect.poll(() => server.sockets.size, { timeout: 1000 }).toBe(0);
}

/** Of errors: code, the socket's word and the count. */
const kinds = ({ errors }: RepeatSnapshot) => errors.map(({ code, cause, count }) => [code, cause, count] as const);

test('as many requests as asked for reach the server, over as many connections as may be at once', async () => {
  let [under, most] = [0, 0];
  const server = await serve(async (_, response) => {
    most = Math.max(most, (under += 1));
    await sleep(1);
    under -= 1;
    response.end('hello');
  });
  const { last } = await run(wayTo([server.port]), { requests: 1000, concurrency: 10 });
  expect({ seen: server.requests, connections: server.most }).toEqual({ seen: 1000, connections: 10 });
  expect(most).toBeLessThanOrEqual(10);
  expect(last).toMatchObject({ sent: 1000, answered: 1000, failed: 0, statuses: [[200, 1000]], errors: [], pods: [], bytes: 5000, isOver: true });
  expect(last.latency!.p50).toBeGreaterThanOrEqual(1);
  await nothingLeft(server);
});

test('no more connections than requests', async () => {
  const server = await serve((_, response) => response.end());
  const { last } = await run(wayTo([server.port]), { requests: 3, concurrency: 200 });
  expect({ seen: server.requests, connections: server.most, answered: last.answered }).toEqual({ seen: 3, connections: 3, answered: 3 });
});

test('a rate is kept, and spread over the seconds', async () => {
  const at: number[] = [];
  const server = await serve((_, response) => {
    at.push(performance.now());
    response.end();
  });
  const { last, snapshots } = await run(wayTo([server.port]), { seconds: 2, concurrency: 20, perSecond: 100 });
  expect(server.requests).toBeGreaterThanOrEqual(180);
  expect(server.requests).toBeLessThanOrEqual(200);
  expect(last.answered).toBe(server.requests);
  // No burst: never many in a short time.
  const bursts = at.map((from) => at.filter((each) => each >= from && each < from + 100).length);
  expect(Math.max(...bursts)).toBeLessThanOrEqual(20);
  expect(snapshots.length).toBeLessThanOrEqual(12);
  expect(snapshots.slice(0, -1).every(({ isOver }) => !isOver)).toBe(true);
}, 10_000);

test('a time ends; what was begun is waited for', async () => {
  const server = await serve((_, response) => setTimeout(() => response.end('late'), 700));
  const { last } = await run(wayTo([server.port]), { seconds: 1, concurrency: 2 });
  expect(last).toMatchObject({ sent: 4, answered: 4, failed: 0 });
  expect(last.elapsedMilliseconds).toBeGreaterThan(1300);
}, 10_000);

test('answers are counted by pod, and by status', async () => {
  const [a, b] = await Promise.all([serve((_, response) => response.end()), serve((_, response) => response.writeHead(503).end('x'))]);
  const { last } = await run(wayTo([a.port, b.port], ['a', 'b']), { requests: 40, concurrency: 4 });
  expect(last.pods).toEqual([{ name: 'a', count: a.requests }, { name: 'b', count: b.requests }]);
  expect(last.statuses).toEqual([[200, a.requests], [503, b.requests]]);
  expect(a.requests + b.requests).toBe(40);
  expect([a.most, b.most]).toEqual([2, 2]);
});

test('a connection that the program ends after each answer is no failure', async () => {
  const server = await serve((_, response) => response.writeHead(200, { connection: 'close' }).end('x'));
  const { last } = await run(wayTo([server.port]), { requests: 50, concurrency: 5 });
  expect(last).toMatchObject({ answered: 50, failed: 0 });
  expect(server.requests).toBe(50);
});

test('neither is one that it ends while nothing is asked', async () => {
  const server = await serve((_, response) => response.end('x', () => setTimeout(() => response.socket?.end(), 20)));
  const { last } = await run(wayTo([server.port]), { requests: 6, concurrency: 1, perSecond: 10 });
  expect(last).toMatchObject({ answered: 6, failed: 0 });
});

test('each request has its body, and redirects are answers', async () => {
  const bodies: string[] = [];
  const server = await serve(async (request, response) => {
    bodies.push(`${request.method} ${request.headers['content-type']} ${request.headers['content-length']} ${(await Array.fromAsync(request)).join('')}`);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  const { last } = await run(wayTo([server.port]), { requests: 4, concurrency: 2 }, { method: 'POST', body: { kind: 'json', text: '{"a":1}' } });
  expect(new Set(bodies)).toEqual(new Set(['POST application/json 7 {"a":1}']));
  expect([bodies.length, last.statuses]).toEqual([4, [[302, 4]]]);
});

test('a large file is read for each request', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-repeat-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'large');
  await writeFile(file, Buffer.alloc(3_000_000, 'x'));
  let bytes = 0;
  const server = await serve(async (request, response) => {
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    response.end();
  });
  const { last } = await run(wayTo([server.port]), { requests: 4, concurrency: 2 }, { method: 'PUT', body: { kind: 'file', file } });
  expect({ answered: last.answered, failed: last.failed, bytes }).toEqual({ answered: 4, failed: 0, bytes: 12_000_000 });
});

test('a port that refuses: each attempt counts, and the computer is not kept busy', async () => {
  const server = await serve(() => {});
  const { port } = server;
  const closed = createTcpServer();
  await once(closed.listen(0, '127.0.0.1'), 'listening');
  const refused = (closed.address() as AddressInfo).port;
  await new Promise((resolve) => closed.close(resolve));
  const before = process.cpuUsage();
  const { last } = await run(wayTo([refused]), { seconds: 1, concurrency: 5 });
  const busy = process.cpuUsage(before);
  expect(port).not.toBe(refused);
  expect(last.answered).toBe(0);
  expect(last.failed).toBeGreaterThanOrEqual(30);
  expect(last.failed).toBeLessThanOrEqual(50);
  expect(kinds(last)).toEqual([['REQUEST_FAILED', expect.stringContaining('ECONNREFUSED'), last.failed]]);
  expect((busy.user + busy.system) / 1e6).toBeLessThan(0.5);
});

test('what the way says of a connection that it had to give up is the failure', async () => {
  const server = await listen(createTcpServer((socket) => socket.resume()));
  const through = wayTo([server.port]);
  const way: DiallingWay = {
    ...through,
    async dial(phases, signal) {
      const dialled = await through.dial(phases, signal);
      // As a tunnel does: that the port is refused shows only after it is open.
      setTimeout(() => dialled.socket.destroy(new Failure('PORT_REFUSED_IN_POD', { pod: 'web', port: 80 }, 'connection refused')), 5);
      return dialled;
    },
  };
  const { last } = await run(way, { requests: 4, concurrency: 2 });
  expect(kinds(last)).toEqual([['PORT_REFUSED_IN_POD', 'connection refused', 4]]);
});

test('a reset, an answer that breaks off, what is no HTTP and a time-out are told apart', async () => {
  const answers = [
    (socket: Socket) => socket.resetAndDestroy(),
    (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'),
    (socket: Socket) => socket.end('hello\r\n\r\n'),
    () => {},
  ];
  let turn = 0;
  const server = await listen(createTcpServer((socket) => void socket.once('data', () => answers[turn++ % answers.length]!(socket))));
  const { last } = await run(wayTo([server.port]), { requests: 4, concurrency: 4 }, { timeoutMilliseconds: 300 });
  expect(new Set(last.errors.map(({ code }) => code))).toEqual(new Set(['REQUEST_FAILED', 'RESPONSE_BROKE_OFF', 'RESPONSE_NOT_HTTP', 'REQUEST_TIMED_OUT']));
  expect(last.errors.find(({ code }) => code === 'RESPONSE_BROKE_OFF')?.params).toEqual({ received: 5 });
  expect(last.failed).toBe(4);
  await nothingLeft(server);
});

test('over TLS, with the certificate looked at on each connection', async () => {
  await using server = await startApiServer((_, response) => void response.end('x'), {});
  const way = { ...wayTo([server.port]), origin: `https://localhost:${server.port}` };
  const { last } = await run(way, { requests: 20, concurrency: 4 }, { verifyCertificate: false });
  expect({ answered: last.answered, failed: last.failed, connections: server.accepted }).toEqual({ answered: 20, failed: 0, connections: 4 });
  const { last: refused } = await run(way, { requests: 2, concurrency: 1 });
  expect(refused.errors.map(({ code, count }) => [code, count])).toEqual([['CERTIFICATE_REFUSED', 2]]);
  await expect.poll(() => server.sockets.size).toBe(0);
});

test('who hangs up on every connection is not asked as fast as it goes', async () => {
  const server = await listen(createTcpServer((socket) => socket.end()));
  const { last } = await run(wayTo([server.port]), { seconds: 1, concurrency: 2 });
  expect(last.answered).toBe(0);
  expect(last.failed).toBeLessThanOrEqual(20);
});

test('failures are explained by who knows more, and a run goes on after them', async () => {
  let isDown = true;
  const server = await serve((request, response) => (isDown ? request.socket.destroy() : response.end()));
  setTimeout(() => (isDown = false), 300);
  const since: number[] = [];
  const explain = (failure: Failure, at: number) => {
    since.push(at);
    return failure.code === 'REQUEST_FAILED' ? new Failure('NO_READY_POD', { kind: 'Service', name: 's', seconds: 10 }, 'none') : failure;
  };
  const began = Date.now();
  const { last } = await run(wayTo([server.port]), { seconds: 1, concurrency: 1, perSecond: 20 }, {}, { explain });
  expect(kinds(last)).toEqual([['NO_READY_POD', 'none', last.failed]]);
  expect(last.failed).toBe(since.length);
  expect(last.answered).toBeGreaterThan(5);
  expect(since.every((at) => at >= began && at < began + 1500)).toBe(true);
});

test.each([
  ['while answers are awaited', () => {}, {}],
  ['while bodies come without end', (_, response) => void response.write('x'), {}],
  ['at full speed', (_, response) => void response.end('x'), {}],
  ['while the next times are awaited', (_, response) => void response.end('x'), { perSecond: 1 }],
] as [string, Answer, Partial<RepeatPlan>][])('ended %s, it leaves no connection and no timer', async (_, answer, plan) => {
  const server = await serve(answer);
  const before = resources();
  const ending = new AbortController();
  const reason = new Error('enough');
  setTimeout(() => ending.abort(reason), 350);
  const running = run(wayTo([server.port]), { seconds: 60, concurrency: 50, ...plan }, {}, {}, ending.signal);
  await expect(running).rejects.toBe(reason);
  expect(server.most).toBeGreaterThan(0);
  await nothingLeft(server);
  await expect.poll(() => resources() <= before, { timeout: 1000 }).toBe(true);
});

test('ended while it connects, it leaves nothing either', async () => {
  let isDialling = 0;
  const way: DiallingWay = {
    origin: 'http://localhost:1',
    dial: async (_, signal) => {
      isDialling += 1;
      await once(signal, 'abort');
      isDialling -= 1;
      throw signal.reason;
    },
  };
  const ending = new AbortController();
  setTimeout(() => ending.abort(new Error('enough')), 100);
  await expect(run(way, { seconds: 60, concurrency: 3 }, {}, {}, ending.signal)).rejects.toThrow('enough');
  expect(isDialling).toBe(0);
});

test('a time-out while it connects is one', async () => {
  const way: DiallingWay = { origin: 'http://localhost:1', dial: async (_, signal) => Promise.reject((await once(signal, 'abort'))[0] as Error) };
  const { last } = await run(way, { requests: 2, concurrency: 2 }, { timeoutMilliseconds: 50 });
  expect(kinds(last)).toEqual([['REQUEST_TIMED_OUT', expect.any(String), 2]]);
});

test('a mistake of ours ends the run, and is thrown', async () => {
  const server = await serve((_, response) => response.end());
  let dialled = 0;
  const through = wayTo([server.port]);
  const way: DiallingWay = { ...through, dial: (phases, signal) => (dialled++ === 3 ? Promise.reject(new TypeError('a mistake')) : through.dial(phases, signal)) };
  await expect(run(way, { seconds: 60, concurrency: 5 })).rejects.toThrow('a mistake');
  await nothingLeft(server);
});

test('many requests a second, in memory that does not grow', async () => {
  const server = await serve((_, response) => response.end('x'.repeat(1000)));
  await run(wayTo([server.port]), { requests: 2000, concurrency: 20 });
  const before = process.memoryUsage().heapUsed;
  const { last } = await run(wayTo([server.port]), { requests: 10_000, concurrency: 20 });
  globalThis.gc?.();
  expect(last.answered).toBe(10_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(40_000_000);
  console.log(`${Math.round(10_000_000 / last.elapsedMilliseconds)} requests/s, p50 ${last.latency?.p50} ms, p99 ${last.latency?.p99} ms`);
}, 30_000);

/** How much keeps the process alive: connections and timers, those of the servers, too. */
function resources(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(?:TCPSocket|TCPConnect|TLS|Timeout|Immediate)/.test(name)).length;
}
