// A shell as a person has it on the screen, of Podlab and of `kubectl exec -it`: what is drawn is acknowledged at once, and what is typed goes where a
// keyboard's letters go.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Engine } from '../../electron/engine/engine.ts';
import type { TerminalPlace, TerminalRow } from '../../shared/contract/terminals.ts';
import { kubectlPath } from '../fixtures/command-line.ts';
import { PROMPT } from './prompt.ts';

export interface Typed extends AsyncDisposable {
  type(text: string): Promise<void>;
  /** Resolves as soon as `word` was written after the last word that was waited for. */
  until(word: string): Promise<void>;
  /** Runs a command and waits until that many bytes of its output came, and the prompt after them. */
  bytesOf(command: string, bytes: number): Promise<void>;
  /** Sends that many bytes to a command that reads just so many, and waits until it has counted them. */
  bytesInto(bytes: number): Promise<void>;
}

/** Of one call of Podlab, as its screen divides a paste; and of one write to a terminal. */
const PIECE = 64 * 1024;
/** Enough for a prompt and its surroundings. */
const KEPT = 4 * 1024;
const never = new AbortController().signal;

/** What is drawn and typed, however it gets there. */
interface Wire extends AsyncDisposable {
  write(bytes: Buffer): Promise<void>;
  /** Ends with the shell. */
  readonly output: AsyncIterable<Buffer>;
}

/** Opens a shell of Podlab and waits for its prompt. */
export async function openTyped({ engine, place }: { readonly engine: Engine; readonly place: TerminalPlace }): Promise<Typed> {
  const { terminals } = engine.calls;
  const id = randomUUID();
  await terminals.open({ ...place, id, way: { kind: 'shell' }, columns: 120, rows: 30 }, never);
  await untilOpen(engine, id);
  const leave = new AbortController();
  async function* output() {
    for await (const { from, data } of terminals.output({ id }, leave.signal) as AsyncGenerator<{ readonly from: number; readonly data: string }>) {
      const bytes = Buffer.from(data, 'base64');
      yield bytes;
      await terminals.acknowledge({ id, upTo: from + bytes.length }, never);
    }
  }
  return typedOver({
    write: async (bytes) => void (await terminals.write({ id, data: bytes.toString('base64') }, never)),
    output: output(),
    async [Symbol.asyncDispose]() {
      await terminals.close({ id }, never);
      leave.abort();
    },
  });
}

/** The same of `kubectl exec -it`. It wants a terminal of its own, which script(1) gives it. */
export async function openTypedByKubectl({ context, namespace, pod, container }: TerminalPlace): Promise<Typed> {
  const line = `exec ${kubectlPath} --context ${context} -n ${namespace} exec -it ${pod} -c ${container} -- sh`;
  const child = spawn('script', ['--quiet', '--return', '--command', `stty cols 120 rows 30; ${line}`, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {}); // it has ended
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return typedOver({
    write: (bytes) => new Promise((done) => child.stdin.write(bytes, () => done())),
    output: child.stdout as AsyncIterable<Buffer>,
    async [Symbol.asyncDispose]() {
      child.stdin.write('exit\r');
      await gone;
    },
  });
}

async function typedOver(wire: Wire): Promise<Typed> {
  let text = '';
  let total = 0;
  let wake: () => void = () => {};
  let isOver = false;
  void (async () => {
    for await (const bytes of wire.output) {
      total += bytes.length;
      text = (text + bytes.subarray(-KEPT).toString('latin1')).slice(-KEPT);
      wake();
    }
  })().catch(() => {}).finally(() => {
    isOver = true;
    wake();
  });
  const changed = () => new Promise<void>((resolve) => (wake = resolve));
  const until = async (word: string) => {
    for (;;) {
      const at = text.indexOf(word);
      if (at !== -1) {
        text = text.slice(at + word.length);
        return;
      }
      if (isOver) throw new Error(`the terminal ended before it said ${word}: ${text.slice(-300)}`);
      await changed();
    }
  };
  const write = (words: string) => wire.write(Buffer.from(words));
  await write(`PS1='rea''dy> '\r`);
  await until(PROMPT);
  return {
    type: write,
    until,
    async bytesOf(command, bytes) {
      const before = total;
      await write(`${command}; echo; echo en""d\r`);
      await until('end');
      await until(PROMPT);
      if (total - before < bytes) throw new Error(`${total - before} bytes came of ${bytes}`);
    },
    async bytesInto(bytes) {
      // A line at a time and with an echo, a terminal takes 4 KiB: https://man7.org/linux/man-pages/man3/termios.3.html, canonical mode.
      await write(`stty raw -echo; echo ta""kes; head -c ${bytes} | wc -c; stty sane\r`);
      await until('takes');
      const piece = Buffer.alloc(PIECE, 'x');
      for (let sent = 0; sent < bytes; sent += PIECE) await wire.write(piece.subarray(0, bytes - sent));
      await until(String(bytes));
      await until(PROMPT);
    },
    [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose](),
  };
}

async function untilOpen(engine: Engine, id: string): Promise<void> {
  const leave = new AbortController();
  const states = engine.calls.terminals.watch({}, leave.signal) as AsyncGenerator<{ readonly terminals: readonly TerminalRow[] }>;
  try {
    for await (const { terminals } of states) {
      const row = terminals.find((one) => one.id === id);
      if (row?.state === 'open') return;
      if (row?.state === 'ended') throw new Error(`the terminal ended: ${JSON.stringify(row.failure)}`);
    }
  } finally {
    leave.abort();
  }
}

/**
 * How long a prompt takes after Ctrl-C in a flood, and how long the echo of a letter while something else is followed.
 * @param follow begins what is followed meanwhile
 * @returns milliseconds
 */
export async function timesOfTyping(typed: Typed, { follow, rounds }: { readonly follow: () => Promise<Disposable>; readonly rounds: number }): Promise<{ readonly controlC: number[]; readonly echo: number[] }> {
  const controlC: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await typed.type('yes\r');
    await wait(1_500);
    const from = performance.now();
    await typed.type('\x03');
    await typed.until(PROMPT);
    controlC.push(performance.now() - from);
  }
  using _ = await follow();
  await wait(2_000);
  const echo: number[] = [];
  for (let letter = 0; letter < rounds * 10; letter += 1) {
    const word = String.fromCharCode(97 + (letter % 26));
    const from = performance.now();
    await typed.type(word);
    await typed.until(word);
    echo.push(performance.now() - from);
    await wait(50);
  }
  await typed.type('\x15'); // off the line again
  return { controlC, echo };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
