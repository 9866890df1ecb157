// A shell of Podlab as a person has it on the screen: what is drawn is acknowledged at once, and what is typed goes where a keyboard's letters go.
import { randomUUID } from 'node:crypto';
import type { Engine } from '../../electron/engine/engine.ts';
import type { TerminalPlace, TerminalRow } from '../../shared/contract/terminals.ts';

export interface Typed extends AsyncDisposable {
  type(text: string): Promise<void>;
  /** What was written after the last word that was waited for, as soon as `word` is in it. */
  until(word: string): Promise<string>;
  /** Runs a command and waits until that many bytes of its output came, and the prompt after them. */
  bytesOf(command: string, bytes: number): Promise<void>;
  /** Sends that many bytes to a command that reads just so many, and waits until it has counted them. */
  bytesInto(bytes: number): Promise<void>;
}

const PIECE = 64 * 1024;
/** A shell that says so much of itself: never part of what is typed. */
const PROMPT = 'ready> ';
const never = new AbortController().signal;

/** Opens a shell and waits for its prompt. */
export async function openTyped({ engine, place }: { readonly engine: Engine; readonly place: TerminalPlace }): Promise<Typed> {
  const { terminals } = engine.calls;
  const id = randomUUID();
  await terminals.open({ ...place, id, way: { kind: 'shell' }, columns: 120, rows: 30 }, never);
  await untilOpen(engine, id);
  const leave = new AbortController();
  let text = '';
  let total = 0;
  let wake: () => void = () => {};
  let isOver = false;
  const output = terminals.output({ id }, leave.signal) as AsyncGenerator<{ readonly from: number; readonly data: string }>;
  void (async () => {
    for await (const { from, data } of output) {
      const bytes = Buffer.from(data, 'base64');
      total += bytes.length;
      // Enough for a prompt and its surroundings.
      text = (text + bytes.toString('latin1')).slice(-1_000_000);
      await terminals.acknowledge({ id, upTo: from + bytes.length }, never);
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
        const said = text.slice(0, at + word.length);
        text = text.slice(at + word.length);
        return said;
      }
      if (isOver) throw new Error(`the terminal ended before it said ${word}: ${text.slice(-300)}`);
      await changed();
    }
  };
  const type = async (words: string) => void (await terminals.write({ id, data: Buffer.from(words).toString('base64') }, never));
  await type(`PS1='rea''dy> '\r`);
  await until(PROMPT);
  return {
    type,
    until,
    async bytesOf(command, bytes) {
      const before = total;
      await type(`${command}; echo; echo en""d\r`);
      await until('end');
      await until(PROMPT);
      if (total - before < bytes) throw new Error(`${total - before} bytes came of ${bytes}`);
    },
    async bytesInto(bytes) {
      // A line at a time and with an echo, a terminal takes 4 KiB: https://man7.org/linux/man-pages/man3/termios.3.html, canonical mode.
      await type(`stty raw -echo; echo ta""kes; head -c ${bytes} | wc -c; stty sane\r`);
      await until('takes');
      const piece = Buffer.alloc(PIECE, 'x').toString('base64');
      for (let sent = 0; sent < bytes; sent += PIECE) {
        await terminals.write({ id, data: bytes - sent < PIECE ? Buffer.alloc(bytes - sent, 'x').toString('base64') : piece }, never);
      }
      await until(String(bytes));
      await until(PROMPT);
    },
    async [Symbol.asyncDispose]() {
      await terminals.close({ id }, never);
      leave.abort();
    },
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
