// A real pod with a shell in it, and a Podlab without a screen that opens terminals there.
import { randomUUID } from 'node:crypto';
import type { TerminalPlace, TerminalRow, TerminalWay } from '../../shared/contract/terminals.ts';
import { openEngineFor } from '../catalogue/open-engine.ts';
import { buildImage, prepareImages } from '../catalogue/images.ts';
import { kubectl, kubectlInput, newNamespace, putOnNode, type TestContext } from '../fixtures/command-line.ts';

const never = new AbortController().signal;
/** Of what was written, for `until`: more would be a memory of the test's own. */
const KEPT = 64 * 1024;
const NO_SHELL = 'terminal-no-shell:1';

/** By name: fields of the container `app` in flow style. */
const pods = {
  web: 'image: "catalogue-ok:1"',
  /** Its one program is no shell. */
  bare: `image: "${NO_SHELL}"`,
  /** Counts aloud, once a second, and reads nothing. */
  counting: 'image: "catalogue-ok:1", command: [sh, -c, "i=0; while :; do i=$((i+1)); echo count $i; sleep 1; done"]',
  /** A shell of its own, with a terminal. */
  own: 'image: "catalogue-ok:1", command: [sh], stdin: true, tty: true',
  /** Reads its input without a terminal. */
  reading: 'image: "catalogue-ok:1", command: [sh, -c, "while read -r line; do echo got $line; done; sleep 1000"], stdin: true',
} as const;
export type Name = keyof typeof pods;

export interface Scene extends AsyncDisposable {
  readonly namespace: string;
  readonly engine: Awaited<ReturnType<typeof openEngineFor>>['engine'];
  readonly context: TestContext;
  place(name: Name | (string & {})): Promise<TerminalPlace>;
  open(place: TerminalPlace, way?: TerminalWay): Promise<OpenTerminal>;
  /** Creates a pod and waits until it is ready. */
  create(name: string, container: string): Promise<void>;
  /** The processes of a container but those that list them, by their command lines. */
  processes(name: string): Promise<string[]>;
}

/** A terminal whose screen draws at once, unless it is told not to. */
export interface OpenTerminal extends AsyncDisposable {
  readonly id: string;
  type(text: string | Uint8Array): Promise<void>;
  /** Resolves with what was written since the last call, as soon as `word` is in it (Latin letters stand for bytes). */
  until(word: string): Promise<string>;
  /** Resolves as soon as the row is so. */
  row(is: (row: TerminalRow) => boolean): Promise<TerminalRow>;
  readonly bytes: number;
  /** From now on nothing is acknowledged, or all of it again. */
  draws: boolean;
  resize(columns: number, rows: number): Promise<void>;
}

/** @param names of the pods that are made; all of them where nothing is said */
export async function openScene(context: 'docker-desktop' | 'kind-kind', names = Object.keys(pods) as readonly Name[]): Promise<Scene> {
  await prepareImages([context]);
  await buildImage(NO_SHELL, 'FROM scratch\nCOPY busybox /bin/sleep\nCMD ["/bin/sleep", "100000"]\n');
  await putOnNode(context, NO_SHELL);
  const made = new AsyncDisposableStack();
  const namespace = made.use(await newNamespace(context, 'terminal'));
  const { engine } = made.use(await openEngineFor([]));
  const at = ['-n', namespace.name];
  const create = async (name: string, container: string) => {
    await kubectlInput(context, `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, ${container}}]}
`, ...at, 'create', '-f', '-');
    await kubectl(context, ...at, 'wait', '--for=condition=Ready', `pod/${name}`, '--timeout=240s');
  };
  await Promise.all(names.map((name) => create(name, pods[name])));

  return {
    namespace: namespace.name,
    engine,
    context,
    create,
    async place(name) {
      return { context, namespace: namespace.name, pod: name, uid: (await kubectl(context, ...at, 'get', 'pod', name, '-o', 'jsonpath={.metadata.uid}')).trim(), container: 'app' };
    },
    async open(place, way = { kind: 'shell' }) {
      const id = randomUUID();
      await engine.calls.terminals.open({ ...place, id, way, columns: 80, rows: 24 }, never);
      return follow(engine, id);
    },
    async processes(name) {
      const list = await kubectl(context, ...at, 'exec', name, '--', 'sh', '-c', 'for d in /proc/[0-9]*; do [ "${d#/proc/}" = $$ ] || { tr "\\0" " " < $d/cmdline; echo; }; done');
      // Its own: `tr`, and the shell's copy that is about to become one.
      return list.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('tr ') && !line.startsWith('sh -c for d in '));
    },
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

/** Reads what a terminal writes, as a screen does. */
export function follow(engine: Scene['engine'], id: string): OpenTerminal {
  const { terminals } = engine.calls;
  const leave = new AbortController();
  let text = '';
  let bytes = 0;
  let isOver = false;
  let wake: () => void = () => {};
  const output = terminals.output({ id }, leave.signal) as AsyncGenerator<{ readonly from: number; readonly data: string }>;
  const terminal: OpenTerminal = {
    id,
    draws: true,
    get bytes() { return bytes; },
    type: async (typed) => void (await terminals.write({ id, data: Buffer.from(typed).toString('base64') }, never)),
    async until(word) {
      for (const deadline = Date.now() + 240_000; ;) {
        const at = text.indexOf(word);
        if (at !== -1) {
          const said = text.slice(0, at + word.length);
          text = text.slice(at + word.length);
          return said;
        }
        if (isOver || Date.now() > deadline) throw new Error(`${isOver ? 'it ended' : 'its time is over'} before it said ${JSON.stringify(word)}: ${JSON.stringify(text.slice(-500))}`);
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), new Promise((resolve) => setTimeout(resolve, 1_000))]);
      }
    },
    async row(is) {
      const rows = terminals.watch({}, AbortSignal.any([leave.signal, AbortSignal.timeout(240_000)])) as AsyncGenerator<{ readonly terminals: readonly TerminalRow[] }>;
      let last: TerminalRow | undefined;
      for await (const { terminals: all } of rows) {
        last = all.find((row) => row.id === id) ?? last;
        if (last && is(last)) return last;
      }
      throw new Error(`it did not become so: ${JSON.stringify(last)}`);
    },
    resize: async (columns, rows) => void (await terminals.resize({ id, columns, rows }, never)),
    async [Symbol.asyncDispose]() {
      leave.abort();
      // A test may have closed it.
      await terminals.close({ id }, never).catch((error: { code?: string }) => { if (error.code !== 'TERMINAL_GONE') throw error; });
    },
  };
  void (async () => {
    for await (const { from, data } of output) {
      const piece = Buffer.from(data, 'base64');
      bytes += piece.length;
      text += piece.toString('latin1');
      if (text.length > 4 * KEPT) text = text.slice(-KEPT);
      if (terminal.draws) await terminals.acknowledge({ id, upTo: from + piece.length }, never);
      wake();
    }
  })().catch(() => {}).finally(() => {
    isOver = true;
    wake();
  });
  return terminal;
}
