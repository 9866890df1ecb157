// Forwards that outlive their pods, on a real cluster with containerd: a pod that is deleted and comes again, a recreated pod, and a rolling update under load.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pod } from '../../shared/kubernetes/objects.ts';
import { podsOn } from '../fixtures/ask-server.ts';
import { buildServer, deployment, openScene, outcome, pod, service, toPod, type Scene } from './scene.ts';

const context = 'kind-kind';
let scene: Scene;
beforeAll(async () => {
  await buildServer(context);
  scene = await openScene(context);
  await scene.create(deployment('one', 1), deployment('two', 2), service('two', 'two'), pod('single'));
  for (const name of ['one', 'two']) await scene.kubectl('rollout', 'status', `deployment/${name}`, '--timeout=240s');
  await scene.ready('single');
});
afterAll(() => scene[Symbol.asyncDispose]());

/** When a pod that matches became Ready, as the API server says it to kubectl; not one of `except`. */
async function readyPod(app: string, except: readonly string[]): Promise<string> {
  for (;;) {
    const found = (await podsOn<Pod>(context, scene.namespace, `app=${app}`)).find(({ metadata, status }) => !except.includes(metadata.uid ?? '') && status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'));
    if (found) return found.metadata.name ?? '';
    await sleep(50);
  }
}
const uids = async (app: string) => (await scene.kubectl('get', 'pods', '-l', `app=${app}`, '-o', 'jsonpath={.items[*].metadata.uid}')).split(' ');

test('P2: the pod of a Deployment is deleted: the listener stays, connections are held, and the next pod serves them', async () => {
  const row = await scene.start({ kind: 'Deployment', name: 'one', port: 'http' });
  const before = await outcome(row.localPort);
  expect(before).toMatch(/^one-/);
  const old = await uids('one');
  await scene.kubectl('delete', 'pod', '-l', 'app=one', '--wait=false');
  const answers: Promise<{ answer: string; after: number }>[] = [];
  let isThere = false;
  const ready = readyPod('one', old).then((name) => {
    isThere = true;
    return { name, at: performance.now() };
  });
  while (!isThere) {
    const from = performance.now();
    answers.push(outcome(row.localPort).then((answer) => ({ answer, after: performance.now() - from })));
    await sleep(100);
  }
  const { name, at } = await ready;
  expect(await outcome(row.localPort)).toBe(name);
  console.log(`served ${Math.round(performance.now() - at)} ms after the new pod was Ready`);
  const all = await Promise.all(answers);
  console.log(`${all.length} connections meanwhile: ${JSON.stringify(Object.fromEntries(Map.groupBy(all, ({ answer }) => answer).entries().map(([answer, { length }]) => [answer, length])))}, held for ${Math.round(Math.max(...all.map(({ after }) => after)))} ms at most`);
  // The old one may have served the first few; nobody was ever told that nothing listens.
  expect(all.filter(({ answer }) => answer !== name && answer !== before)).toEqual([]);
  expect(await scene.until(row.id, ({ open }) => open === 0)).toMatchObject({ state: 'listening', failed: 0, reconnects: 1, servingPod: { name } });
});

test('a recreated pod answers on the same forward', async () => {
  const row = await scene.start(toPod('single', 8080));
  expect(await outcome(row.localPort)).toBe('single');
  const [uid] = await uids('single');
  await scene.kubectl('delete', 'pod', 'single', '--grace-period=0', '--force');
  expect(await scene.until(row.id, ({ state }) => state === 'waiting')).toMatchObject({ reason: { code: 'POD_GONE' }, readyPods: 0 });
  await scene.create(pod('single'));
  await readyPod('single', [uid!]);
  const from = performance.now();
  expect(await outcome(row.localPort)).toBe('single');
  console.log(`answered ${Math.round(performance.now() - from)} ms after it was Ready`);
  const after = await scene.until(row.id, ({ open }) => open === 0);
  expect(after).toMatchObject({ localPort: row.localPort, state: 'listening', failed: 0 });
  expect(after.servingPod?.uid).not.toBe(uid);
});

test('round-robin over a Service: each pod gets its share', async () => {
  const row = await scene.start({ kind: 'Service', name: 'two', port: 'www' }, { strategy: 'round-robin' });
  const served: string[] = [];
  for (let index = 0; index < 10; index += 1) served.push(await outcome(row.localPort));
  expect(Object.values(Object.fromEntries(Map.groupBy(served, (name) => name).entries().map(([name, all]) => [name, all.length])))).toEqual([5, 5]);
});

test('P3: a rolling update of two replicas, 20 new connections a second for 60 s: none of 1 200 fails', async () => {
  const rows = [await scene.start({ kind: 'Deployment', name: 'two', port: 'http' }), await scene.start({ kind: 'Service', name: 'two', port: '80' }, { strategy: 'round-robin' })];
  const before = new Set(await uids('two'));
  const answers: Promise<string>[] = [];
  const begun = performance.now();
  let rollout: Promise<string> | undefined;
  for (let index = 0; index < 1_200; index += 1) {
    await sleep(Math.max(0, begun + index * 50 - performance.now()));
    answers.push(outcome(rows[index % 2]!.localPort));
    if (index === 200 || index === 700) rollout = Promise.resolve(rollout).then(() => scene.kubectl('rollout', 'restart', 'deployment/two').then(() => scene.kubectl('rollout', 'status', 'deployment/two', '--timeout=240s')));
  }
  const all = await Promise.all(answers);
  await rollout;
  const names = Map.groupBy(all, (answer) => answer);
  console.log(`1 200 in ${Math.round((performance.now() - begun) / 1000)} s: ${[...names].map(([name, { length }]) => `${name} ${length}`).join(', ')}`);
  expect(all.filter((answer) => !answer.startsWith('two-'))).toEqual([]);
  expect(names.size).toBeGreaterThanOrEqual(4);
  await expect.poll(async () => (await uids('two')).filter((uid) => before.has(uid)), { timeout: 240_000 }).toEqual([]);
  for (const { id } of rows) expect(await scene.until(id, ({ open }) => open === 0)).toMatchObject({ total: 600, failed: 0, state: 'listening' });
});
