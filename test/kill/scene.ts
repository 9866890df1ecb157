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

interface Seen {
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
const old = { policy: 'Never', written: 'yes,1', ending: false };
const fresh = { ...old, policy: 'IfNotPresent' };

interface Scene extends AsyncDisposable {
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
const TOKEN_MS = 120_000;

/** A namespace with a running pod that has the old definition, and an empty state directory. */
async function openScene({ context, kubeconfig, image }: Cluster): Promise<Scene> {
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
  // Its token comes later still where the server was away a moment ago: its controller waits before it asks again.
  for (const until = Date.now() + TOKEN_MS; ;) {
    try {
      await kubectl(['-n', namespace, 'apply', '--server-side', '-f', '-'], JSON.stringify(manifest(image)));
      break;
    } catch (error) {
      if (!/No API token found/.test(String(error)) || Date.now() > until) throw error;
      await new Promise((wait) => setTimeout(wait, 500));
    }
  }
  await kubectl(['-n', namespace, 'wait', '--for=condition=Ready', `pod/${NAME}`, '--timeout=240s']);

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
async function kill(child: ChildProcess): Promise<void> {
  const dead = once(child, 'exit');
  child.kill('SIGKILL');
  await dead;
}

export type How = 'finish' | 'restore';

/** What became of a pod: it is as it should be by one of these ways, or `LOST` and why. */
export type Fate = 'untouched' | 'done' | 'finished' | 'restored' | `LOST: ${string}`;

/** The fate of a pod whose Podlab is killed at the point. */
export async function fateOfKilled(cluster: Cluster, point: Point, how: How): Promise<Fate> {
  await using scene = await openScene(cluster);
  const before = await scene.pod();
  const ended = await scene.recreate(point, kill);
  return ended === undefined ? await afterwards(scene, before, how) : `LOST: it came to its end, ${ended}, and should be dead`;
}

/** The fate of a pod whose API server goes away at the point and comes back, while Podlab goes on; and how the recreate ended. */
export async function fateWithout(server: { stop(): Promise<void>; start(): Promise<void> }, cluster: Cluster, point: Point, how: How): Promise<{ ended: string | undefined; fate: Fate }> {
  await using scene = await openScene(cluster);
  const before = await scene.pod();
  let starting: Promise<void> | undefined;
  try {
    const ended = await scene.recreate(point, async () => {
      await server.stop();
      starting = server.start();
    });
    await starting;
    return { ended, fate: await afterwards(scene, before, how) };
  } finally {
    await starting;
  }
}

/** A new Podlab looks at what an old one left, and settles what it is offered. */
async function afterwards(scene: Scene, before: Seen | undefined, how: How): Promise<Fate> {
  await using engine = await scene.nextEngine();
  const { signal } = new AbortController();
  const offers = async () => {
    const { value } = await engine.calls.activity.watchUnfinished(undefined, signal).next();
    return value?.changes ?? [];
  };
  const [offered, ...others] = await offers();
  if (others.length > 0) return `LOST: offered ${others.length + 1} times`;
  try {
    if (offered) for await (const _ of engine.calls.activity.settleUnfinished({ id: offered.id, how }, signal)) void _;
  } catch (error) {
    return `LOST: ${how}: ${String(error)}`;
  }
  const still = await offers();
  const left = await scene.pod();
  if (still.length > 0) return 'LOST: offered again after it was settled';
  const is = (definition: Omit<Seen, 'uid'>) => left?.policy === definition.policy && left.written === definition.written && left.ending === definition.ending;
  if (offered && how === 'finish' && is(fresh)) return 'finished';
  if (offered && how === 'restore' && is(old)) return 'restored';
  if (!offered && is(fresh)) return 'done';
  if (!offered && is(old)) return left?.uid === before?.uid ? 'untouched' : 'restored';
  return `LOST: ${offered ? how : 'not offered'}: ${JSON.stringify(left)}`;
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
