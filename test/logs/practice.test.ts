// Logs on the practice cluster, which a beginner without any cluster sees.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startPractice, type Practice } from '../../electron/practice/practice.ts';
import { Api } from '../conformance/http.ts';
import { readConnection } from '../conformance/target.ts';
import { openLogs, type Logs } from './scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let practice: Practice;
let api: Api;
let logs: Logs;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-practice-logs-'));
  practice = await startPractice({ folder, speed: 10 });
  api = new Api(await readConnection(practice.kubeconfig, 'practice'));
  const spec = { terminationGracePeriodSeconds: 0, restartPolicy: 'Always', containers: [{ name: 'c', image: 'http-server:1', imagePullPolicy: 'Never', command: ['sh', '-c', 'echo begin; sleep 5; echo end; exit 1'] }] };
  await api.post('/api/v1/namespaces/default/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'crashes' }, spec });
  logs = await openLogs('practice', 'default', practice.kubeconfig);
});
afterAll(async () => {
  await logs[Symbol.asyncDispose]();
  api.close();
  await practice[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('a container that crashes is followed from run to run, and its last words can be read', async () => {
  await using opened = logs.open('crashes');
  await opened.until(({ read, sources: [one] }) => read >= 4 && one?.hasPrevious === true);
  const lines = (await opened.lines()).slice(0, 4);
  expect(lines.map(({ text }) => text)).toEqual(['begin', 'end', 'begin', 'end']);
  expect(lines.every(({ at }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/.test(at ?? ''))).toBe(true);
  await using before = logs.open('crashes', { previous: true });
  await before.until(({ sources: [one] }) => one?.state === 'ended');
  expect((await before.lines()).map(({ text }) => text)).toEqual(['begin', 'end']);
});
