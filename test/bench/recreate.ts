// Podlab's recreate beside `kubectl delete && kubectl apply` of the same pod, turn by turn on the cluster docker-desktop, each until the new pod is ready; and
// what of Podlab's time is its own. Its own is what is left of the time from the click to the end without the times in which it waits for the cluster:
// while a request is under way (undici tells of each), until the old pod is gone, and until the new one is ready, as a second watch sees them. So
// how late Podlab notices what the cluster did counts as its own.
import { spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchResult } from '../../build/bench.ts';
import { openEngine } from '../../electron/engine/engine.ts';
import { contexts, kubectl, kubectlPath, newNamespace } from '../fixtures/command-line.ts';
import { Api, type Json } from '../conformance/http.ts';
import { readConnection } from '../conformance/target.ts';
import { sleepingImage } from '../kill/sleeping-image.ts';

const PAIRS = 15;
const OWN_AIM_MS = 300;
const context = contexts[0];
const NAME = 'again';
type Span = readonly [from: number, to: number];

export async function bench(tell: (text: string) => void): Promise<BenchResult> {
  const file = process.env.KUBECONFIG;
  if (!file || !(await kubectl(context, 'get', '--raw', '/readyz').catch(() => ''))) return { skipped: `no cluster ${context}: KUBECONFIG has to lead to the test clusters` };
  const image = await sleepingImage(context);
  await using namespace = await newNamespace(context, 'bench-recreate');
  await using disposed = new AsyncDisposableStack();
  const folder = disposed.adopt(await mkdtemp(join(tmpdir(), 'podlab-bench-')), (made) => rm(made, { recursive: true }));
  const manifest = join(folder, 'pod.json');
  await writeFile(manifest, JSON.stringify({
    apiVersion: 'v1', kind: 'Pod', metadata: { name: NAME, namespace: namespace.name },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image, imagePullPolicy: 'IfNotPresent', command: ['sleep', '3600'] }] },
  }));
  const seen = disposed.adopt(new Watched(new Api(await readConnection(file.split(':')[0]!, context)), namespace.name), (watched) => watched.close());
  const engine = disposed.use(await openEngine({ stateDirectory: folder }));
  // As on the Pods screen: the cluster is looked at already when somebody presses the button.
  const screen = new AbortController();
  disposed.defer(() => screen.abort());
  void (async () => { for await (const _ of engine.calls.pods.watch({ context, namespace: namespace.name }, screen.signal)) void _; })().catch(() => {});

  await kubectl(context, 'apply', '-f', manifest);
  let uid = await seen.nextReady('');
  const own: number[] = [];
  const podlab = async () => {
    const requests = noteRequests();
    const from = performance.now();
    const events = engine.calls.pods.recreate({ context, namespace: namespace.name, name: NAME, uid, policy: 'IfNotPresent', load: false }, new AbortController().signal);
    for await (const _ of events) void _;
    const to = performance.now();
    const spans = requests.end();
    const [gone, ready] = [seen.gone.get(uid) ?? to, (uid = await seen.nextReady(uid), seen.ready.get(uid) ?? to)];
    const sent = (method: string) => spans.findLast((span) => span.method === method)?.span[0] ?? to;
    own.push(uncovered([from, to], [...spans.map(({ span }) => span), [sent('DELETE'), gone], [sent('PATCH'), ready]]));
    return to - from;
  };
  const other = async () => {
    const from = performance.now();
    await run('delete', 'pod', NAME, '-n', namespace.name);
    await run('apply', '-f', manifest);
    const applied = performance.now();
    uid = await seen.nextReady(uid);
    return Math.max(applied, seen.ready.get(uid) ?? applied) - from;
  };
  const podlabs: number[] = [];
  const others: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    for (const each of pair % 2 === 0 ? [podlab, other] : [other, podlab]) (each === podlab ? podlabs : others).push(await each());
    tell(`${pair + 1}/${PAIRS}: Podlab ${Math.round(podlabs.at(-1)!)} ms, of which its own ${Math.round(own.at(-1)!)} ms; kubectl ${Math.round(others.at(-1)!)} ms`);
  }
  return {
    measured: [{ what: 'recreate until ready, beside kubectl delete && kubectl apply', aim: 1, podlabMs: median(podlabs), otherMs: median(others), ratio: median(others.map((time, at) => time / podlabs[at]!)), pairs: PAIRS }],
    times: [{ what: "Podlab's own time in it", ms: median(own), aimMs: OWN_AIM_MS }],
  };
}

async function run(...args: string[]): Promise<void> {
  const child = spawn(kubectlPath, ['--context', context, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${code}`);
}

/** A watch of the bench's own: when which pod was ready, and when it was gone. */
class Watched {
  readonly ready = new Map<string, number>();
  readonly gone = new Map<string, number>();
  readonly #api: Api;
  readonly #end = new AbortController();
  #wake: () => void = () => {};

  constructor(api: Api, namespace: string) {
    this.#api = api;
    void this.#follow(namespace).catch(() => {});
  }

  async #follow(namespace: string): Promise<void> {
    for await (const { type, object } of this.#api.watch(`/api/v1/namespaces/${namespace}/pods`, { timeoutSeconds: 3600 }, { signal: this.#end.signal })) {
      const { uid } = object.metadata as { uid: string };
      const isReady = ((object.status?.conditions ?? []) as Json[]).some((condition: Json) => condition.type === 'Ready' && condition.status === 'True');
      if (type === 'DELETED') this.gone.set(uid, performance.now());
      else if (isReady && !this.ready.has(uid)) this.ready.set(uid, performance.now());
      this.#wake();
    }
  }

  /** The uid of a ready pod that is not this one. */
  async nextReady(not: string): Promise<string> {
    for (;;) {
      const uid = [...this.ready.keys()].findLast((each) => each !== not && !this.gone.has(each));
      if (uid !== undefined) return uid;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#end.abort();
    this.#api.close();
  }
}

interface Told { readonly request: { readonly method: string; readonly path: string } }

/** Every request of this process but watches, from its making until the end of its answer. */
function noteRequests(): { end(): { method: string; span: Span }[] } {
  const begun = new Map<unknown, number>();
  const spans: { method: string; span: Span }[] = [];
  const begin = (message: unknown) => void begun.set((message as Told).request, performance.now());
  const finish = (message: unknown) => {
    const { request } = message as Told;
    const from = begun.get(request);
    if (from !== undefined && !/[?&]watch=/.test(request.path)) spans.push({ method: request.method, span: [from, performance.now()] });
  };
  const listeners = [['undici:request:create', begin], ['undici:request:trailers', finish], ['undici:request:error', finish]] as const;
  for (const [name, listener] of listeners) subscribe(name, listener);
  return {
    end() {
      for (const [name, listener] of listeners) unsubscribe(name, listener);
      return spans;
    },
  };
}

/** How much of a span none of the others covers. */
function uncovered([from, to]: Span, spans: readonly Span[]): number {
  let at = from;
  let left = 0;
  for (const [begin, end] of spans.toSorted(([a], [b]) => a - b)) {
    if (begin > at) left += Math.min(begin, to) - at;
    at = Math.max(at, Math.min(end, to));
  }
  return left + Math.max(0, to - at);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
