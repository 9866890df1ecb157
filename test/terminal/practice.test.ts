// What the real test clusters are too old for, on the practice cluster: the end of input (v5.channel.k8s.io), and debug containers. Its programs are
// played inside its process; its API server and the streams are the real ones.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEngine, type Engine } from '../../electron/engine/engine.ts';
import { startPractice, type Practice } from '../../electron/practice/practice.ts';
import type { TerminalPlace, TerminalWay } from '../../shared/contract/terminals.ts';
import { Api } from '../conformance/http.ts';
import { readConnection } from '../conformance/target.ts';
import { follow } from './scene.ts';

const PODS = '/api/v1/namespaces/default/pods';
const never = new AbortController().signal;
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let practice: Practice;
let api: Api;
let engine: Engine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-practice-terminal-'));
  practice = await startPractice({ folder, speed: 10 });
  vi.stubEnv('DOCKER_HOST', practice.dockerHost);
  api = new Api(await readConnection(practice.kubeconfig, 'practice'));
  await create('web', { command: ['sleep', '100000'] });
  await create('reading', { command: ['sh', '-c', 'cat; echo all read'], stdin: true, stdinOnce: true });
  engine = await openEngine({ kubeconfig: practice.kubeconfig, stateDirectory: join(folder, 'state') });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
  api.close();
  await practice[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function create(name: string, container: object): Promise<void> {
  const image = { name: 'app', image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent' };
  await api.post(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { terminationGracePeriodSeconds: 1, containers: [{ ...image, ...container }] } });
  const runs = async () => {
    const { phase } = (await api.get(`${PODS}/${name}`)).body.status ?? {};
    if (phase !== 'Running') throw new Error(`${name} is ${phase}`);
  };
  await vi.waitFor(runs, { timeout: 30_000, interval: 50 });
}
async function place(pod: string): Promise<TerminalPlace> {
  return { context: 'practice', namespace: 'default', pod, uid: String((await api.get(`${PODS}/${pod}`)).body.metadata.uid), container: 'app' };
}
async function open(at: TerminalPlace, way: TerminalWay) {
  const id = randomUUID();
  await engine.calls.terminals.open({ ...at, id, way, columns: 80, rows: 24 }, never);
  return follow(engine, id);
}

test('a shell runs what is typed, and closing it ends it', async () => {
  const terminal = await open(await place('web'), { kind: 'shell' });
  expect(await terminal.row(({ state }) => state !== 'opening')).toMatchObject({ state: 'open', program: expect.stringMatching(/sh$/) as string, canEndInput: true });
  await terminal.type('echo $((6*7))\r');
  await terminal.until('42');
  await engine.calls.terminals.close({ id: terminal.id }, never);
});

test('the end of input is told to a program that waits for it', async () => {
  await using terminal = await open(await place('reading'), { kind: 'attach' });
  expect(await terminal.row(({ state }) => state !== 'opening')).toMatchObject({ state: 'open', canEndInput: true, hasTerminal: false });
  await terminal.type('hello\n');
  await terminal.until('hello');
  await engine.calls.terminals.endInput({ id: terminal.id }, never);
  await terminal.until('all read');
  expect(await terminal.row(({ state, exitCode }) => state === 'ended' && exitCode !== undefined)).toMatchObject({ exitCode: 0 });
});

test('a debug container is offered with the images that hold a shell, and has one', async () => {
  const at = await place('web');
  expect(await engine.calls.terminals.choices(at, never)).toMatchObject({ shell: {}, debug: { images: expect.arrayContaining(['busybox:1.36']) as string[] } });
  await using terminal = await open(at, { kind: 'debug', image: 'busybox:1.36' });
  expect(await terminal.row(({ state }) => state !== 'opening')).toMatchObject({ state: 'open', hasTerminal: true, takesInput: true });
  await terminal.type('echo $((6*7))\r');
  await terminal.until('42');
  const { spec } = (await api.get(`${PODS}/web`)).body;
  expect(spec.ephemeralContainers).toMatchObject([{ image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent', targetContainerName: 'app', stdin: true, tty: true }]);
});

test('a debug container that is left while it starts stays in the pod, and Activity does not call it cancelled', async () => {
  const at = await place('web');
  const added = async () => (await api.get(`${PODS}/web`)).body.spec.ephemeralContainers?.length ?? 0;
  const before = await added();
  const terminal = await open(at, { kind: 'debug', image: 'busybox:1.36' });
  await vi.waitFor(async () => expect(await added()).toBe(before + 1), { timeout: 30_000, interval: 1 });
  await engine.calls.terminals.close({ id: terminal.id }, never);
  for await (const { entries } of engine.calls.activity.watch(undefined, AbortSignal.timeout(30_000))) {
    const { title, state } = entries.at(-1)!;
    if (state === 'running') continue;
    expect([title.key, state]).toEqual(['activity.terminal-debug', 'done']);
    break;
  }
  expect(await added()).toBe(before + 1);
});

test('an image that is not on the node adds nothing to the pod', async () => {
  const at = await place('web');
  const before = (await api.get(`${PODS}/web`)).body.spec.ephemeralContainers?.length ?? 0;
  await using terminal = await open(at, { kind: 'debug', image: 'nobody/has-it:1' });
  expect((await terminal.row(({ state }) => state === 'ended')).failure).toMatchObject({ code: 'DEBUG_IMAGE_NOT_ON_NODE', params: { image: 'nobody/has-it:1' } });
  expect((await api.get(`${PODS}/web`)).body.spec.ephemeralContainers?.length ?? 0).toBe(before);
});
