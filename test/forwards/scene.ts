// What the tests of forwards share: an image with the server of server.go, pods of it on a real cluster, and an engine that forwards to them.
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, type Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { openEngine, type Engine, type EngineOptions } from '../../electron/engine/engine.ts';
import type { ForwardRow, ForwardSettings, ForwardTarget } from '../../shared/contract/forwards.ts';
import { docker, kubectl, kubectlInput, newNamespace, putOnNode, type TestContext } from '../fixtures/command-line.ts';

const run = promisify(execFile);
const IMAGE = 'podlab-test-forwards:1';
/** The server alone: no shell, no program to ask with. */
export const BARE_IMAGE = 'podlab-test-forwards-bare:1';

/** Builds the image and puts it on the nodes. */
export async function buildServer(...contexts: readonly TestContext[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-server-'));
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  await run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', join(folder, 'server'), resolve(import.meta.dirname, 'server.go')], { env: { ...process.env, CGO_ENABLED: '0', GO111MODULE: 'off' } });
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\nCOPY server /server\nCMD ["/server"]\n');
  await docker('build', '-q', '-t', IMAGE, folder);
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY server /server\nCMD ["/server"]\n');
  await docker('build', '-q', '-t', BARE_IMAGE, folder);
  await rm(folder, { recursive: true });
  for (const context of contexts) for (const image of [IMAGE, BARE_IMAGE]) await putOnNode(context, image);
}

const PORTS = [{ containerPort: 8080, name: 'http' }, { containerPort: 9000, name: 'echo' }];
const readinessProbe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 };

export const podSpec = (container: object = {}) => ({
  terminationGracePeriodSeconds: 1,
  containers: [{ name: 'c', image: IMAGE, imagePullPolicy: 'Never', ports: PORTS, readinessProbe, ...container }],
});
export const pod = (name: string, container?: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec: podSpec(container) });
export const deployment = (name: string, replicas: number) => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name },
  spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: podSpec() } },
});
export const service = (name: string, app: string, ports: object[] = [{ name: 'www', port: 80, targetPort: 'http' }]) => ({
  apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app }, ports },
});

export interface Scene extends AsyncDisposable {
  readonly context: string;
  readonly namespace: string;
  readonly engine: Engine;
  readonly folder: string;
  kubectl(...args: string[]): Promise<string>;
  create(...objects: object[]): Promise<void>;
  ready(name: string): Promise<void>;
  start(target: ForwardTarget, part?: Partial<ForwardSettings>): Promise<ForwardRow>;
  row(id: string): Promise<ForwardRow>;
  /** The first row that is as the test waits for. */
  until(id: string, fits: (row: ForwardRow) => boolean, limitMs?: number): Promise<ForwardRow>;
}

export const toPod = (name: string, port: number | string): ForwardTarget => ({ kind: 'Pod', name, port: String(port) });

/** @param options of the engine; its state is in a folder of its own */
export async function openScene(context: TestContext, options: EngineOptions = {}): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-forwards-'));
  const namespace = await newNamespace(context, 'forwards');
  const engine = await openEngine({ stateDirectory: join(folder, 'state'), ...options });
  const at = ['-n', namespace.name] as const;
  return {
    ...sceneOf(engine, context, namespace.name, folder),
    kubectl: (...args) => kubectl(context, ...at, ...args),
    create: async (...objects) => void (await kubectlInput(context, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }), ...at, 'create', '-f', '-')),
    ready: async (name) => void (await kubectl(context, ...at, 'wait', '--for=condition=Ready', '--timeout=240s', 'pod', name)),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await namespace[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

const LIMIT_MS = 240_000;

/** The calls of an engine on one namespace. */
export function sceneOf(engine: Engine, context: string, namespace: string, folder: string): Pick<Scene, 'context' | 'namespace' | 'engine' | 'folder' | 'start' | 'row' | 'until'> {
  const { forwards } = engine.calls;
  const until = async (id: string, fits: (row: ForwardRow) => boolean, limitMs = LIMIT_MS): Promise<ForwardRow> => {
    let last: ForwardRow | undefined;
    for await (const { rows } of forwards.watch(undefined, AbortSignal.timeout(limitMs))) {
      last = rows.find((row) => row.id === id);
      if (last && fits(last)) return last;
    }
    throw new Error(`the forward was never so; at last it was ${JSON.stringify(last)}`);
  };
  return {
    context, namespace, engine, folder, until,
    row: (id) => until(id, () => true),
    start: (target, part = {}) => forwards.start({ context, namespace, target, localPort: 0, ...part }, new AbortController().signal),
  };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One GET. @param agent keeps connections; a new connection where absent */
export function httpGet(port: number, path = '/', agent: Agent | false = false): Promise<Answer> {
  return new Promise((resolvePromise, reject) => {
    get({ host: '127.0.0.1', port, path, agent }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (chunk: string) => (text += chunk)).on('error', reject)
        .on('end', () => resolvePromise({ status: response.statusCode ?? 0, text }));
    }).on('error', reject);
  });
}

/** The error's code, or what was answered. */
export const outcome = (port: number, path = '/') => httpGet(port, path).then(({ text }) => text, (error: NodeJS.ErrnoException) => error.code ?? error.message);
