// 5 000 pods on one node of the practice cluster: its process, straight from its source, takes them all over the wire, runs them, lists them,
// tells a watch of each and lets them go. Counts and memory are asserted; times are printed.
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { FromPractice, ToPractice } from '../../electron/practice-link.ts';
import { Api, TABLE } from '../conformance/http.ts';
import { readConnection } from '../conformance/target.ts';

const PODS = '/api/v1/namespaces/default/pods';
const COUNT = 5000;

/** Resident, in whole MB. */
const memoryOf = ({ pid }: ChildProcess): number => Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024);

test('5 000 pods come up, are listed and watched, and go', async () => {
  const child = fork(resolve(import.meta.dirname, '../../electron/practice-process.ts'), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  await using running = {
    async [Symbol.asyncDispose]() {
      const ended = new Promise<void>((done) => child.once('exit', () => done()));
      child.send({ type: 'stop' } satisfies ToPractice);
      await ended;
    },
  };
  const kubeconfig = await new Promise<string>((done, fail) => {
    child.on('message', (message: FromPractice) => {
      if (message.type === 'ready') done(message.kubeconfig);
      if (message.type === 'failed') fail(new Error(message.cause));
    });
    child.send({ type: 'start', maxPods: 6000 } satisfies ToPractice);
  });
  void running;
  const api = new Api(await readConnection(kubeconfig, 'practice'));
  let since = performance.now();
  const tell = (what: string) => {
    console.log(`${what}: ${Math.round(performance.now() - since)} ms, ${memoryOf(child)} MB`);
    since = performance.now();
  };

  const seen = { ADDED: new Set<string>(), DELETED: new Set<string>(), Running: new Set<string>() };
  const leaving = new AbortController();
  let broken: unknown;
  const watching = follow().catch((error: unknown) => (broken = error));
  async function follow(): Promise<void> {
    for await (const { type, object } of api.watch(PODS, { timeoutSeconds: 3000 }, { signal: leaving.signal })) {
      if (type === 'ERROR') throw new Error(JSON.stringify(object));
      if (type === 'ADDED' || type === 'DELETED') seen[type].add(object.metadata.uid);
      if (object.status.phase === 'Running') seen.Running.add(object.metadata.uid);
    }
    throw new Error('the watch ended');
  }
  /** Until the watch has told so of all of them. @throws what ended it before */
  async function told(what: keyof typeof seen): Promise<void> {
    await expect.poll(() => (broken ? broken : seen[what].size), { timeout: 600_000, interval: 250 }).toSatisfy((count) => broken !== undefined || count === COUNT);
    if (broken) throw broken;
  }

  const names = Array.from({ length: COUNT }, (_, at) => `web-${at}`);
  await Promise.all(Array.from({ length: 50 }, async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const containers = [{ name: 'c', image: 'http-server:1', imagePullPolicy: 'IfNotPresent' }];
      const { status, text } = await api.post(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { of: 'load' } }, spec: { containers } });
      expect(status, text).toBe(201);
    }
  }));
  tell(`${COUNT} created`);
  await told('Running');
  tell('all Running, as the watch tells');
  const used = memoryOf(child);

  const table = await api.get(PODS, { headers: { accept: TABLE } });
  expect(table.body.rows).toHaveLength(COUNT);
  expect(new Set(table.body.rows.map(({ cells }: { cells: unknown[] }) => cells[2]))).toEqual(new Set(['Running']));
  tell('the table of them');
  const list = await api.get(PODS);
  expect(list.body.items).toHaveLength(COUNT);
  tell(`the whole list, ${Math.round(list.text.length / 1e6)} MB`);
  // One in the middle serves as if it were alone.
  expect((await api.get(`${PODS}/web-2500:8080/proxy/`)).text).toContain('web-2500');
  tell('a request through one');

  expect((await api.delete(PODS, { gracePeriodSeconds: 0 }, { query: { labelSelector: 'of=load' } })).status).toBe(200);
  await told('DELETED');
  tell('all deleted');
  expect((await api.get(PODS)).body.items).toEqual([]);
  expect(seen.ADDED.size).toBe(COUNT);
  leaving.abort();
  await watching;
  api.close();
  expect(used).toBeLessThan(600);
});
