// A forward of Podlab beside `kubectl port-forward` to the same pod of the cluster kind-kind, turn by turn in one run: what a new connection costs, one at
// a time and eight at once, and how fast a large body comes. Throughput is reported; kubectl shares one connection among all, Podlab has one for each.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import type { BenchResult } from '../../build/bench.ts';
import { contexts, kubectl, kubectlPath } from '../fixtures/command-line.ts';
import { buildServer, openScene, pod, toPod } from '../forwards/scene.ts';

const context = contexts[1];
const ROUNDS = 20;
const IN_A_ROUND = 10;
const AT_ONCE = 8;
const LARGE = 200 * 1024 * 1024;
const LARGE_ROUNDS = 5;
/** Over the time of a connection itself: research of the forwards, P10. */
const MEDIAN_AIM_MS = 25;
const P95_AIM_MS = 60;

export async function bench(tell: (text: string) => void): Promise<BenchResult> {
  if (!process.env.KUBECONFIG || !(await kubectl(context, 'get', '--raw', '/readyz').catch(() => ''))) return { skipped: `no cluster ${context}: KUBECONFIG has to lead to the test clusters` };
  await buildServer(context);
  await using scene = await openScene(context);
  await scene.create(pod('web'));
  await scene.ready('web');
  const { localPort } = await scene.start(toPod('web', 8080));
  await using other = await kubectlForward(scene.namespace);
  const ports = { podlab: localPort, other: other.port };
  type Who = keyof typeof ports;
  const inTurn = async (rounds: number, once: (port: number, who: Who) => Promise<void>) => {
    for (let round = 0; round < rounds; round += 1) {
      for (const who of round % 2 === 0 ? (['podlab', 'other'] as const) : (['other', 'podlab'] as const)) await once(ports[who], who);
    }
  };

  await inTurn(3, async (port) => void (await answer(port, '/'))); // neither begins cold
  const single: Record<Who, number[]> = { podlab: [], other: [] };
  await inTurn(ROUNDS, async (port, who) => {
    for (let at = 0; at < IN_A_ROUND; at += 1) single[who].push(await timed(() => answer(port, '/')));
  });
  tell(`a new connection: Podlab p50 ${of(single.podlab, 0.5)} p95 ${of(single.podlab, 0.95)} ms, kubectl p50 ${of(single.other, 0.5)} p95 ${of(single.other, 0.95)} ms, ${single.podlab.length} each`);

  const many: Record<Who, number[]> = { podlab: [], other: [] };
  await inTurn(ROUNDS, async (port, who) => {
    many[who].push(await timed(async () => void (await Promise.all(Array.from({ length: AT_ONCE }, () => answer(port, '/'))))));
  });
  tell(`${AT_ONCE} at once: Podlab p50 ${of(many.podlab, 0.5)} ms, kubectl ${of(many.other, 0.5)} ms`);

  const large: Record<Who, number[]> = { podlab: [], other: [] };
  await inTurn(LARGE_ROUNDS, async (port, who) => {
    large[who].push(await timed(async () => {
      const bytes = await answer(port, `/zeros?bytes=${LARGE}`);
      if (bytes !== LARGE) throw new Error(`${bytes} bytes came of ${LARGE}`);
    }));
    tell(`${who}: ${(LARGE / 1e6 / (large[who].at(-1)! / 1000)).toFixed(0)} MB/s`);
  });

  const beside = (what: string, { podlab, other: others }: Record<Who, number[]>, aim: number) =>
    ({ what, aim, podlabMs: quantile(podlab, 0.5), otherMs: quantile(others, 0.5), ratio: quantile(others, 0.5) / quantile(podlab, 0.5), pairs: podlab.length });
  return {
    measured: [
      beside('GET over a new connection, beside kubectl port-forward', single, 1),
      beside(`${AT_ONCE} new connections at once`, many, 1),
      beside('download of 200 MiB (reported: a faster tunnel comes later)', large, 0.8),
    ],
    times: [
      { what: 'GET over a new connection, p50', ms: quantile(single.podlab, 0.5), aimMs: MEDIAN_AIM_MS },
      { what: 'GET over a new connection, p95', ms: quantile(single.podlab, 0.95), aimMs: P95_AIM_MS },
    ],
  };
}

async function kubectlForward(namespace: string): Promise<{ port: number } & AsyncDisposable> {
  const child = spawn(kubectlPath, ['--context', context, '-n', namespace, 'port-forward', 'pod/web', ':8080'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (!port) continue;
    child.stdout.resume(); // it tells of each connection
    return {
      port: Number(port),
      async [Symbol.asyncDispose]() {
        child.kill();
        await ended;
      },
    };
  }
  throw new Error('kubectl port-forward ended');
}

/** One GET on a connection of its own. Gives the bytes of the body. */
function answer(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('error', reject).on('end', () => resolve(bytes));
    }).on('error', reject);
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function quantile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}

const of = (times: readonly number[], part: number) => quantile(times, part).toFixed(1);
