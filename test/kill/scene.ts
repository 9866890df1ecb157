// One recreate that something happens to at one point, and what became of the pod.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { openEngine, type Engine } from '../../electron/engine/engine.ts';
import { kubectlPath, type TestContext } from '../fixtures/command-line.ts';
import { startFaultProxy } from '../fixtures/fault-proxy.ts';
import type { Recreating, Told } from '../fixtures/recreating.ts';
import { requestsOf, type Point } from './points.ts';

export interface Cluster {
  readonly context: TestContext | 'practice';
  /** Instead of the tests' own kubeconfig. */
  readonly kubeconfig?: string;
  /** An image on its node that has a `sleep`. */
  readonly image: string;
}

export interface Seen {
  readonly uid: string;
  readonly policy: string;
  /** What a person wrote, and nothing may change. */
  readonly written: string;
  readonly ending: boolean;
}

const NAME = 'kept';
const manifest = (image: string) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: NAME, labels: { mine: 'yes' } },
  spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image, imagePullPolicy: 'Never', command: ['sleep', '3600'], env: [{ name: 'A', value: '1' }] }] },
});
export const old = { policy: 'Never', written: 'yes,1', ending: false };
export const fresh = { ...old, policy: 'IfNotPresent' };

export interface Scene extends AsyncDisposable {
  /** As kubectl sees it. */
  pod(): Promise<Seen | undefined>;
  /**
   * Recreates the pod in a process of its own. At the point `happen` runs; the process goes on when it has, if it still lives. Gives the word for how the
   * recreate ended, if it came to its end.
   */
  recreate(point: Point, happen: (child: ChildProcess) => Promise<void>): Promise<string | undefined>;
  /** Another Podlab on the same state and the same cluster. */
  nextEngine(): Promise<Engine>;
}

let serial = 0;

/** A namespace with a running pod that has the old definition, and an empty state directory. */
export async function openScene({ context, kubeconfig, image }: Cluster): Promise<Scene> {
  const kubectl = (args: string[], input = '') => run([...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]), '--context', context, ...args], input);
  const namespace = `killed-${process.pid}-${Date.now().toString(36)}-${++serial}`;
  let meet: (moment: Point['at']) => Promise<void> = async () => {};
  let isCut = false;
  const requestOf = requestsOf(NAME);
  await using kept = new AsyncDisposableStack();
  const proxy = kept.use(await startFaultProxy(context, async (passing) => {
    const request = requestOf(passing);
    if (!request) return undefined;
    await meet({ request, when: 'before' });
    // Who is dead sends no more.
    return isCut ? { status: 500, message: 'cut' } : { answered: () => meet({ request, when: 'answered' }) };
  }, kubeconfig));
  const state = await mkdtemp(join(tmpdir(), 'podlab-killed-'));
  kept.defer(() => rm(state, { recursive: true }));
  await kubectl(['create', 'namespace', namespace]);
  kept.defer(async () => void (await kubectl(['delete', 'namespace', namespace, '--wait=false'])));
  // The service account controller makes `default` a moment later; before that the server refuses pods.
  while (!(await kubectl(['-n', namespace, 'get', 'serviceaccount', 'default', '--ignore-not-found']))) await new Promise((wait) => setTimeout(wait, 100));
  await kubectl(['-n', namespace, 'apply', '--server-side', '-f', '-'], JSON.stringify(manifest(image)));
  await kubectl(['-n', namespace, 'wait', '--for=condition=Ready', `pod/${NAME}`, '--timeout=120s']);

  const pod = async (): Promise<Seen | undefined> => {
    const found = await kubectl(['-n', namespace, 'get', 'pod', NAME, '--ignore-not-found', '-o', 'json']);
    return found === '' ? undefined : seen(found);
  };
  const all = kept.move();
  return {
    pod,
    async recreate(point, happen) {
      const how: Recreating = { kubeconfig: proxy.kubeconfig, context: 'faulty', state, namespace, name: NAME, uid: (await pod())?.uid ?? '' };
      const child = fork(resolve(import.meta.dirname, '../fixtures/recreating.ts'), [JSON.stringify(how)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
      child.once('exit', () => (isCut = true));
      let happened: Promise<void> | undefined;
      let ended: string | undefined;
      meet = async (moment) => {
        if (JSON.stringify(moment) === JSON.stringify(point.at)) await (happened ??= happen(child));
      };
      child.on('message', (told: Told) => {
        if ('ended' in told) ({ ended } = told);
        void ('ended' in told ? Promise.resolve() : meet(told)).then(() => child.connected && child.send('go', () => {}));
      });
      await once(child, 'exit');
      if (!happened) throw new Error(`the recreate ended (${ended}) and never came to the point: ${point.name}`);
      await happened;
      meet = async () => {};
      isCut = false;
      return ended;
    },
    nextEngine: () => openEngine({ kubeconfig: proxy.kubeconfig, stateDirectory: state }),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Kill -9, and it is dead. */
export async function kill(child: ChildProcess): Promise<void> {
  const dead = once(child, 'exit');
  child.kill('SIGKILL');
  await dead;
}

/** What the next Podlab finds, and what it makes of it. */
export interface Aftermath {
  /** The pod before anything was settled. */
  readonly found: Seen | undefined;
  readonly offered: number;
  /** The pod at the end. */
  readonly left: Seen | undefined;
  readonly offeredStill: number;
}

/** A new Podlab looks at what an old one left, and settles what it is offered. */
export async function settle(scene: Scene, how: 'finish' | 'restore'): Promise<Aftermath> {
  await using engine = await scene.nextEngine();
  const { signal } = new AbortController();
  const offers = async () => {
    const { value } = await engine.calls.activity.watchUnfinished(undefined, signal).next();
    return value?.changes ?? [];
  };
  const offered = await offers();
  const found = await scene.pod();
  for (const { id } of offered) for await (const _ of engine.calls.activity.settleUnfinished({ id, how }, signal)) void _;
  return { found, offered: offered.length, left: await scene.pod(), offeredStill: (await offers()).length };
}

function seen(json: string): Seen {
  const { metadata, spec } = JSON.parse(json) as {
    metadata: { uid: string; deletionTimestamp?: string; labels?: { mine?: string } };
    spec: { containers: { imagePullPolicy: string; env?: { value: string }[] }[] };
  };
  const [container] = spec.containers;
  return {
    uid: metadata.uid, policy: container?.imagePullPolicy ?? '', written: `${metadata.labels?.mine},${container?.env?.[0]?.value}`,
    ending: metadata.deletionTimestamp !== undefined,
  };
}

async function run(args: readonly string[], input: string): Promise<string> {
  const child = spawn(kubectlPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>]);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${err}`);
  return out;
}
