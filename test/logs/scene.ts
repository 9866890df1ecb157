// What the tests of logs share: an image with a shell, pods of it on a real cluster, and logs that are opened and read.
import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKubeconfig } from '../../electron/clients/cluster/kubeconfig.ts';
import type { Input } from '../../electron/engine/calls.ts';
import { openSessions } from '../../electron/engine/cluster/sessions.ts';
import { openDocker } from '../../electron/engine/docker.ts';
import { logCalls } from '../../electron/engine/logs/calls.ts';
import { createTopic } from '../../electron/engine/topic.ts';
import type { LogLine, LogState, LogTarget } from '../../shared/contract/logs.ts';
import type { Pod } from '../../shared/kubernetes/objects.ts';
import { askServer } from '../fixtures/ask-server.ts';
import { docker, kubectl, kubectlInput, newNamespace, putOnNode, type TestContext } from '../fixtures/command-line.ts';

const IMAGE = 'podlab-test-logs:1';
const WINDOW = 5_000;
export const everything = { text: '', isRegex: false, matchesCase: false, isNegated: false, severities: [] };

export async function buildShell(...contexts: readonly TestContext[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-logs-'));
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\n');
  await docker('build', '-q', '-t', IMAGE, folder);
  await rm(folder, { recursive: true });
  for (const context of contexts) await putOnNode(context, IMAGE);
}

export const container = (name: string, script: string) => ({ name, image: IMAGE, imagePullPolicy: 'Never', command: ['sh', '-c', script] });
export const pod = (name: string, script: string, spec: object = {}) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name },
  spec: { terminationGracePeriodSeconds: 0, restartPolicy: 'Never', containers: [container('c', script)], ...spec },
});
export const deployment = (name: string, replicas: number, script: string) => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name },
  spec: {
    replicas, selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { terminationGracePeriodSeconds: 0, containers: [container('c', script)] } },
  },
});

export interface OpenLog extends AsyncDisposable {
  readonly id: string;
  /** The newest. */
  readonly state: LogState | undefined;
  /** The first state that is as the test waits for. */
  until(fits: (state: LogState) => boolean, limitMs?: number): Promise<LogState>;
  /** All rows of the filter that is set. */
  lines(): Promise<LogLine[]>;
}

export interface Logs extends AsyncDisposable {
  readonly calls: ReturnType<typeof logCalls>;
  open(target: LogTarget | string, part?: Partial<Input<'logs', 'open'>>): OpenLog;
}

/** The engine's logs over a kubeconfig's context, connected. @param file instead of the tests' own */
export async function openLogs(context: string, namespace: string, file?: string): Promise<Logs> {
  const host = openDocker();
  const sessions = openSessions(createTopic(await loadKubeconfig(file === undefined ? {} : { file })), host);
  const held = sessions.hold(context);
  await held.session.scope(namespace, AbortSignal.timeout(240_000));
  const calls = logCalls(sessions);
  return {
    calls,
    open: (target, part = {}) => openLog(calls, { id: randomUUID(), context, namespace, target: typeof target === 'string' ? { of: 'pod', name: target } : target, previous: false, filter: everything, ...part }),
    async [Symbol.asyncDispose]() {
      held[Symbol.dispose]();
      await sessions[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    },
  };
}

function openLog(calls: ReturnType<typeof logCalls>, input: Input<'logs', 'open'>): OpenLog {
  const closing = new AbortController();
  const states = createTopic<LogState | undefined>(undefined);
  let failed: { readonly error: unknown } | undefined;
  const ended = (async () => {
    for await (const state of calls.open(input, closing.signal)) states.set(state);
  })().catch((error: unknown) => {
    failed = { error };
    states.set(undefined);
  });
  return {
    id: input.id,
    get state() { return states.value; },
    async until(fits, limitMs = 240_000) {
      for (const until = performance.now() + limitMs; performance.now() < until; await new Promise((resolve) => setTimeout(resolve, 5))) {
        if (failed) throw failed.error;
        if (states.value && fits(states.value)) return states.value;
      }
      throw new Error(`the log was never so; at last it was ${JSON.stringify(states.value)}`);
    },
    async lines() {
      const lines: LogLine[] = [];
      const { filter, first, end } = states.value!.shown;
      for (let row = first; row < end; ) {
        const window = await calls.read({ id: input.id, filter, from: row, count: Math.min(WINDOW, end - row) }, closing.signal);
        if (window.filter !== filter || window.lines.length === 0) throw new Error(`nothing from row ${row} on: ${JSON.stringify(window)}`);
        lines.push(...window.lines);
        row = lines.at(-1)!.row + 1;
      }
      return lines;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await ended;
    },
  };
}

export interface Scene extends AsyncDisposable {
  readonly context: TestContext;
  readonly namespace: string;
  readonly logs: Logs;
  kubectl(...args: string[]): Promise<string>;
  create(...objects: object[]): Promise<void>;
  /** Waits until the pod is in one of the phases. */
  phase(name: string, ...phases: string[]): Promise<void>;
}

export async function openScene(context: TestContext): Promise<Scene> {
  const namespace = await newNamespace(context, 'logs');
  const at = ['-n', namespace.name] as const;
  const logs = await openLogs(context, namespace.name);
  return {
    context, namespace: namespace.name, logs,
    kubectl: (...args) => kubectl(context, ...at, ...args),
    create: async (...objects) => void (await kubectlInput(context, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }), ...at, 'create', '-f', '-')),
    async phase(name, ...phases) {
      for (let left = 600; !phases.includes((await askServer<Pod>(context, `/api/v1/namespaces/${namespace.name}/pods/${name}`))?.status?.phase ?? ''); left -= 1) {
        if (left === 0) throw new Error(`${name} is never ${phases.join(' or ')}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    async [Symbol.asyncDispose]() {
      await logs[Symbol.asyncDispose]();
      await namespace[Symbol.asyncDispose]();
    },
  };
}

/** Which of the numbers from 1 to `last` are missing, which are there twice, and which are not in their place. */
export function countNumbers(lines: readonly { readonly text: string }[], last: number): { readonly missing: number; readonly doubled: number; readonly outOfOrder: number } {
  const seen = new Map<number, number>();
  let outOfOrder = 0;
  let before = 0;
  for (const { text } of lines) {
    const number = Number.parseInt(text, 10);
    seen.set(number, (seen.get(number) ?? 0) + 1);
    if (number < before) outOfOrder += 1;
    before = number;
  }
  let missing = 0;
  for (let number = 1; number <= last; number += 1) if (!seen.has(number)) missing += 1;
  return { missing, doubled: [...seen.values()].filter((many) => many > 1).length, outOfOrder };
}
