// Logs and terminals of Podlab beside `kubectl logs` and `kubectl exec` of the same pod of the cluster kind-kind, turn by turn in one run: when the first
// byte is there, and how many come in a second. Podlab's side is what its screen has: the engine's calls, with everything that they do to keep lines.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { BenchResult } from '../../build/bench.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { openEngineFor } from '../catalogue/open-engine.ts';
import { prepareImages } from '../catalogue/images.ts';
import { contexts, kubectl, kubectlInput, kubectlPath, newNamespace } from '../fixtures/command-line.ts';
import { openTyped, openTypedByKubectl, timesOfTyping } from '../terminal/typed.ts';

const context = contexts[1];
const LINES = 100_000;
const MANY_BYTES = 8 * 1024 * 1024;
const OUT = 64 * 1024 * 1024;
const IN = 50 * 1024 * 1024;
const ROUNDS = 8;
const LARGE_ROUNDS = 4;
/** research of terminals: what a person does not notice. */
const CONTROL_C_MS = 200;
const ECHO_MS = 50;
const OPEN_MS = 200;

type Who = 'podlab' | 'other';
type Times = Record<Who, number[]>;

export async function bench(tell: (text: string) => void): Promise<BenchResult> {
  if (!process.env.KUBECONFIG || !(await kubectl(context, 'get', '--raw', '/readyz').catch(() => ''))) return { skipped: `no cluster ${context}: KUBECONFIG has to lead to the test clusters` };
  await using opened = await openEngineFor([]);
  await prepareImages([context]);
  await using namespace = await newNamespace(context, 'streams');
  await kubectlInput(context, podsOf(), '-n', namespace.name, 'create', '-f', '-');
  await kubectl(context, '-n', namespace.name, 'wait', '--for=condition=Ready', 'pod', '--all', '--timeout=120s');
  // What they have to write they have written.
  for (const [pod, lines] of [['lines', LINES], ['bytes', MANY_BYTES / 1024]] as const) await untilWritten(namespace.name, pod, lines);
  const place = { engine: opened.engine, namespace: namespace.name };

  const few = await inTurn(ROUNDS, {
    podlab: () => readLog(place, { pod: 'few', until: 1, tail: 10 }),
    other: () => readOther(['-n', place.namespace, 'logs', '-f', '--tail=10', 'few'], 1),
  }, (times) => tell(`first line: ${words(times)}`));
  const newest = await inTurn(ROUNDS, {
    podlab: () => readLog(place, { pod: 'lines', until: 1_000, tail: 1_000 }),
    other: () => readOther(['-n', place.namespace, 'logs', '-f', '--tail=1000', 'lines'], 1_000),
  }, (times) => tell(`newest 1 000 of ${LINES} lines: ${words(times)}`));
  const all = await inTurn(LARGE_ROUNDS, {
    podlab: () => readLog(place, { pod: 'lines', until: LINES }),
    other: () => readOther(['-n', place.namespace, 'logs', '-f', 'lines'], LINES),
  }, (times) => tell(`all ${LINES} lines: ${words(times)}`));
  const many = await inTurn(LARGE_ROUNDS, {
    podlab: () => readLog(place, { pod: 'bytes', until: MANY_BYTES / 1024 }),
    other: () => readOther(['-n', place.namespace, 'logs', '-f', 'bytes'], MANY_BYTES / 1024),
  }, (times) => tell(`8 MiB of log: ${words(times)}`));

  const uid = (await kubectl(context, '-n', place.namespace, 'get', 'pod', 'few', '-o', 'jsonpath={.metadata.uid}')).trim();
  const terminal = { engine: place.engine, place: { context, namespace: place.namespace, pod: 'few', uid, container: 'app' } };
  // Both with a terminal, as a person has them: `kubectl exec -it`.
  const open = { podlab: () => openTyped(terminal), other: () => openTypedByKubectl(terminal.place) };
  const first = await inTurn(ROUNDS, forBoth(async (who): Promise<AsyncDisposable> => {
    const typed = await open[who]();
    await typed.type('echo fir""st\r');
    await typed.until('first');
    return typed;
  }), (times) => tell(`first answer of a new shell: ${words(times)}`));
  await using typed = await open.podlab();
  await using otherTyped = await open.other();
  const both = { podlab: typed, other: otherTyped };
  const out = await inTurn(LARGE_ROUNDS, forBoth((who) => both[who].bytesOf(`head -c ${OUT} /dev/zero`, OUT)), (times) => tell(`64 MiB out: ${words(times)}`));
  const into = await inTurn(LARGE_ROUNDS, forBoth((who) => both[who].bytesInto(IN)), (times) => tell(`50 MiB in: ${words(times)}`));
  const typing = await timesOfTyping(typed, { follow: () => followFast(place), rounds: ROUNDS });
  tell(`prompt after Ctrl-C in a flood: ${typing.controlC.map(Math.round).join(' ')} ms; echo while 5 000 lines a second are followed: p95 ${Math.round(quantile(typing.echo, 0.95))} ms`);

  const beside = (what: string, { podlab, other }: Times) => ({ what, aim: 1, podlabMs: quantile(podlab, 0.5), otherMs: quantile(other, 0.5), ratio: quantile(other, 0.5) / quantile(podlab, 0.5), pairs: podlab.length });
  return {
    measured: [
      beside('first line of a short log that is followed, beside kubectl logs -f', few),
      beside(`newest 1 000 lines of a log of ${LINES}`, newest),
      beside(`all ${LINES} lines`, all),
      beside('8 MiB of log in lines of 1 KiB', many),
      beside('first answer of a new shell, beside kubectl exec -it', first),
      beside('64 MiB out of a command', out),
      beside('50 MiB into a command', into),
    ],
    times: [
      { what: 'newest 1 000 lines of a log of 100 000, opened', ms: quantile(newest.podlab, 0.5), aimMs: OPEN_MS },
      { what: 'prompt after Ctrl-C in a flood', ms: quantile(typing.controlC, 0.5), aimMs: CONTROL_C_MS },
      { what: 'echo of a letter while 5 000 lines a second are followed, p95', ms: quantile(typing.echo, 0.95), aimMs: ECHO_MS },
    ],
  };
}

const forBoth = <Given>(run: (who: Who) => Promise<Given>): Record<Who, () => Promise<Given>> => ({ podlab: () => run('podlab'), other: () => run('other') });

/** One after the other, each first in every second round; the first round warms up and counts for nothing. What is given is ended when its time was taken. */
async function inTurn(rounds: number, run: Record<Who, () => Promise<AsyncDisposable | void>>, done: (times: Times) => void): Promise<Times> {
  const times: Times = { podlab: [], other: [] };
  for (let round = -1; round < rounds; round += 1) {
    for (const who of round % 2 === 0 ? (['podlab', 'other'] as const) : (['other', 'podlab'] as const)) {
      const from = performance.now();
      await using _ = (await run[who]()) ?? undefined;
      if (round >= 0) times[who].push(performance.now() - from);
    }
  }
  done(times);
  return times;
}

interface Place {
  readonly engine: Engine;
  readonly namespace: string;
}

const everything = { text: '', isRegex: false, matchesCase: false, isNegated: false, severities: [] };

/** Opens a log and waits until that many lines are there to be shown, and the newest of them was read. */
async function readLog({ engine, namespace }: Place, { pod, until, tail }: { readonly pod: string; readonly until: number; readonly tail?: number }): Promise<void> {
  const leave = new AbortController();
  const id = randomUUID();
  const opened = engine.calls.logs.open({
    id, context, namespace, target: { of: 'pod', name: pod }, previous: false, filter: everything, ...(tail === undefined ? {} : { tail }),
  }, leave.signal) as AsyncGenerator<{ readonly shown: { readonly filter: number; readonly end: number } }>;
  for await (const { shown } of opened) {
    if (shown.end < until) continue;
    const { lines } = await engine.calls.logs.read({ id, filter: shown.filter, from: shown.end - 1, count: 1 }, leave.signal);
    if (lines.length !== 1) throw new Error(`${pod}: the newest line cannot be read`);
    break;
  }
  leave.abort();
}

/** `kubectl logs`, until that many lines came. */
function readOther(words: readonly string[], until: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(kubectlPath, ['--context', context, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    let lines = 0;
    let isDone = false;
    child.stdout.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
      if (isDone || lines < until) return;
      isDone = true;
      child.kill();
      resolve();
    });
    child.on('error', reject);
    child.on('exit', () => (isDone ? undefined : reject(new Error(`kubectl ${words.join(' ')} ended after ${lines} lines`))));
  });
}

/** Follows the pod that writes 5 000 lines a second, as a screen does; ends when disposed of. */
async function followFast({ engine, namespace }: Place): Promise<Disposable> {
  const leave = new AbortController();
  const id = randomUUID();
  const states = engine.calls.logs.open({ id, context, namespace, target: { of: 'pod', name: 'fast' }, previous: false, filter: everything, tail: 1_000 }, leave.signal) as AsyncGenerator<{ readonly shown: { readonly filter: number; readonly end: number } }>;
  await states.next();
  void (async () => {
    for await (const { shown } of states) await engine.calls.logs.read({ id, filter: shown.filter, from: Math.max(0, shown.end - 100), count: 100 }, leave.signal).catch(() => undefined);
  })().catch(() => {}); // ended by the disposal
  return { [Symbol.dispose]: () => leave.abort() };
}

async function untilWritten(namespace: string, pod: string, lines: number): Promise<void> {
  for (let left = 120; Number((await kubectl(context, '-n', namespace, 'exec', pod, '--', 'cat', '/tmp/written').catch(() => '0')).trim()) < lines; left -= 1) {
    if (left === 0) throw new Error(`${pod} has not written its ${lines} lines`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  // The node's runtime writes them down after the program did.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
}

function podsOf(): string {
  const one = (name: string, script: string) => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: app, image: "catalogue-ok:1", command: [sh, -c, ${JSON.stringify(script)}], volumeMounts: [{name: tmp, mountPath: /tmp}]}
  volumes: [{name: tmp, emptyDir: {}}]
`;
  const wide = 'x'.repeat(1_010);
  return [
    one('few', 'seq 10; exec sleep 100000'),
    one('lines', `awk 'BEGIN { for (i = 1; i <= ${LINES}; i++) printf "line %06d of a program that has much to say\\n", i }'; echo ${LINES} > /tmp/written; exec sleep 100000`),
    one('bytes', `awk 'BEGIN { for (i = 1; i <= ${MANY_BYTES / 1024}; i++) printf "%012d ${wide}\\n", i }'; echo ${MANY_BYTES / 1024} > /tmp/written; exec sleep 100000`),
    one('fast', `while :; do awk 'BEGIN { for (i = 1; i <= 500; i++) print "a line among five thousand of this second" }'; sleep 0.1; done`),
  ].join('');
}

function quantile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}

const words = ({ podlab, other }: Times) => `Podlab p50 ${quantile(podlab, 0.5).toFixed(0)} ms, kubectl ${quantile(other, 0.5).toFixed(0)} ms`;
