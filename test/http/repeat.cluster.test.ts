// One request again and again into real pods: who answers, what fails, and that nothing stays open.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Input } from '../../electron/engine/calls.ts';
import type { HttpRequest } from '../../shared/contract/http.ts';
import type { RepeatSnapshot, RepeatTarget } from '../../shared/contract/repeat.ts';
import { buildServer, deployment, openScene, service, toPod, type Scene } from '../forwards/scene.ts';

type Run = Input<'repeat', 'run'>;

const request: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 5_000, followRedirects: true, verifyCertificate: true,
};
let scene: Scene;
let pods: string[];
beforeAll(async () => {
  await buildServer('kind-kind');
  scene = await openScene('kind-kind');
  await scene.create(deployment('web', 2), service('web', 'web'));
  await scene.kubectl('rollout', 'status', 'deployment/web', '--timeout=240s');
  pods = (await scene.kubectl('get', 'pods', '-l', 'app=web', '-o', 'name')).trim().split('\n').map((name) => name.replace('pod/', '')).sort();
});
afterAll(() => scene[Symbol.asyncDispose]());

const inService = (): RepeatTarget => ({ via: 'service', context: scene.context, namespace: scene.namespace, service: 'web', port: 'www' });
const inPod = (pod: string, port = 8080): RepeatTarget => ({ via: 'pod', context: scene.context, namespace: scene.namespace, pod, port });

async function run(part: Omit<Run, 'request' | 'isConfirmed'> & Partial<Run>, signal = new AbortController().signal): Promise<RepeatSnapshot> {
  let last: RepeatSnapshot | undefined;
  for await (const snapshot of scene.engine.calls.repeat.run({ request, isConfirmed: false, ...part }, signal)) last = snapshot;
  return last!;
}

test('through a Service both pods answer, each on half of the connections', async () => {
  const last = await run({ target: inService(), requests: 1000, concurrency: 10 });
  expect(last).toMatchObject({ sent: 1000, answered: 1000, failed: 0, isOver: true, statuses: [[200, 1000]] });
  expect(last.pods.map(({ name }) => name)).toEqual(pods);
  for (const { count } of last.pods) expect(count).toBeGreaterThan(200);
  console.log(`${Math.round(1_000_000 / last.elapsedMilliseconds)} requests/s through a Service, p50 ${last.latency?.p50} ms, p99 ${last.latency?.p99} ms`);
});

test('with a connection for each request they take turns exactly', async () => {
  const last = await run({ target: inService(), requests: 40, concurrency: 2, request: { ...request, headers: [['Connection', 'close']] } });
  expect(last.pods.map(({ count }) => count)).toEqual([20, 20]);
});

test('into a pod; a port on which nothing listens is told as that', async () => {
  const last = await run({ target: inPod(pods[0]!), seconds: 2, concurrency: 5, perSecond: 50 });
  expect(last).toMatchObject({ failed: 0, pods: [{ name: pods[0], count: last.answered }] });
  expect(last.answered).toBeGreaterThanOrEqual(90);
  expect(last.answered).toBeLessThanOrEqual(100);
  const refused = await run({ target: inPod(pods[0]!, 9999), requests: 6, concurrency: 2 });
  expect(refused.errors.map(({ code, params, count }) => [code, params, count])).toEqual([['PORT_REFUSED_IN_POD', { pod: pods[0], port: 9999 }, 6]]);
});

test('through a forward, whose own words are told when it cannot serve', async () => {
  const row = await scene.start({ kind: 'Service', name: 'web', port: 'www' });
  const last = await run({ target: { via: 'forward', forwardId: row.id }, requests: 200, concurrency: 4 });
  expect(last).toMatchObject({ answered: 200, failed: 0, pods: [] });
  const nowhere = await scene.start(toPod(pods[0]!, 9999));
  const failed = await run({ target: { via: 'forward', forwardId: nowhere.id }, requests: 4, concurrency: 1 });
  // The first may be told before it is known on what the pod listens.
  expect(failed.errors.filter(({ code }) => !code.startsWith('PORT_REFUSED_'))).toEqual([]);
  expect(failed.failed).toBe(4);
});

test('a pod that is deleted fails what it had, and the rest goes on with its successor', async () => {
  const running = run({ target: inService(), seconds: 8, concurrency: 4, perSecond: 50 });
  await sleep(2000);
  await scene.kubectl('delete', 'pod', pods[0]!, '--wait=false');
  const last = await running;
  console.log(`${last.failed} of ${last.sent} failed: ${JSON.stringify(last.errors)}`);
  expect(last.answered + last.failed).toBe(last.sent);
  expect(last.failed).toBeLessThanOrEqual(last.sent / 10);
  expect(last.pods.length).toBeGreaterThanOrEqual(2);
  expect(last.seconds.at(-2)).toMatchObject({ failed: 0 });
});

test('stopped, it ends at once, and it is in the activity as cancelled', async () => {
  const ending = new AbortController();
  const began = performance.now();
  setTimeout(() => ending.abort(), 1000);
  await run({ target: inService(), seconds: 50, concurrency: 20 }, ending.signal).catch(() => {});
  expect(performance.now() - began).toBeLessThan(2000);
  const { value } = await scene.engine.calls.activity.watch(undefined, AbortSignal.timeout(5000)).next();
  const entry = value?.entries.at(-1);
  expect(entry).toMatchObject({ state: 'cancelled', title: { key: 'activity.http-repeat', params: { method: 'GET', requests: 0, seconds: 50 } } });
  expect(entry?.commands).toEqual([
    `kubectl --context kind-kind -n ${scene.namespace} port-forward service/web 8080:www`,
    "timeout 50 curl --no-progress-meter --parallel --parallel-max 20 -o /dev/null -w '%{http_code}\\n' 'http://localhost:8080/#[1-1000000]'",
  ]);
});

test('more than 10 000 is asked about first', async () => {
  await expect(run({ target: inService(), requests: 10_001, concurrency: 1 })).rejects.toMatchObject({ code: 'REPEAT_NOT_CONFIRMED' });
});
