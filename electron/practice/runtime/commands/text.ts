// Commands that read text from files or their input and pass something of it on. They stream: none holds more than what its work needs.
import { FileError } from '../files.ts';
import { type Input, readLine } from '../pipe.ts';
import type { Program, ProgramContext } from '../program.ts';
import { openInput, openOutput } from '../shell/descriptors.ts';
import { letters } from './files.ts';

/** The named files one after the other, or the standard input. Gives 1 when one could not be opened, which it has said. */
export async function eachInput(context: ProgramContext, words: readonly string[], run: (input: Input, word: string) => Promise<boolean | void>): Promise<number> {
  let status = 0;
  for (const word of words.length === 0 ? ['-'] : words) {
    try {
      const input = word === '-' ? context.stdin : openInput(context.machine.files, word, context.cwd, context.stdin);
      if ((await run({ ...input, read: (signal) => input.read(signal ?? context.signal) }, word)) === false) break;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      status = 1;
      const can = error.code === 'EISDIR' ? 'read error: ' : `can't open '${word}': `;
      await context.stderr.write(`${context.argv[0]!}: ${context.argv[0] === 'grep' ? `${word}: ` : can}${error.message}\n`);
    }
  }
  return status;
}

/** Lines of the inputs, with the file's name. */
export async function eachLine(context: ProgramContext, words: readonly string[], run: (line: string, word: string) => Promise<boolean | void>): Promise<number> {
  return eachInput(context, words, async (input, word) => {
    for (let line = await readLine(input); line !== undefined; line = await readLine(input)) {
      await context.breathe();
      if ((await run(line.text, word)) === false) return false;
    }
  });
}

/** What sort and tail may hold. */
const held = 4 * 1024 * 1024;

/** Keeps lines in memory as a program of its own would; too many end it. */
class Lines {
  readonly lines: string[] = [];
  #size = 0;

  add(line: string): void {
    this.lines.push(line);
    this.#size += line.length + 32;
    if (this.#size > held) throw new Error('out of memory');
  }

  shift(): void {
    this.#size -= (this.lines.shift()?.length ?? 0) + 32;
  }
}

export const cat: Program = (context) =>
  eachInput(context, letters(context.argv).words, async (input) => {
    for (let chunk = await input.read(); chunk !== undefined; chunk = await input.read()) {
      await context.stdout.write(chunk);
      await context.breathe();
    }
  });

export const tee: Program = async (context) => {
  const { options, words } = letters(context.argv);
  const outputs = words.map((word) => openOutput(context.machine.files, word, context.cwd, options.has('a')));
  for (let chunk = await context.stdin.read(); chunk !== undefined; chunk = await context.stdin.read()) {
    for (const output of [context.stdout, ...outputs]) await output.write(chunk);
    await context.breathe();
  }
  return 0;
};

/** `-n 5`, `-n5` or `-5`; the sign is kept. */
function lineCount(argv: readonly string[], letter = 'n'): { count: string | undefined; words: string[] } {
  const words: string[] = [];
  let count: string | undefined;
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at]!;
    if (word === `-${letter}`) count = argv[++at];
    else if (word.startsWith(`-${letter}`) && word.length > 2) count = word.slice(2);
    else if (letter === 'n' && /^-\d+$/.test(word)) count = word.slice(1);
    else words.push(word);
  }
  return { count, words };
}

export const head: Program = async (context) => {
  const bytes = lineCount(context.argv, 'c');
  if (bytes.count !== undefined && !context.argv.includes('-n')) {
    let left = Number(bytes.count);
    return eachInput(context, bytes.words, async (input) => {
      for (let chunk = await input.read(); chunk !== undefined && left > 0; chunk = left > 0 ? await input.read() : undefined) {
        await context.stdout.write(chunk.subarray(0, left));
        left -= Math.min(left, chunk.length);
      }
    });
  }
  const { count, words } = lineCount(context.argv);
  let left = Number(count ?? 10);
  if (left <= 0) return 0;
  return eachLine(context, words, async (line) => {
    await context.stdout.write(`${line}\n`);
    left -= 1;
    return left > 0;
  });
};

export const tail: Program = async (context) => {
  const follow = context.argv.some((word) => /^-[fF]$/.test(word));
  const { count, words } = lineCount(context.argv.filter((word) => !/^-[fF]$/.test(word)));
  const wanted = Number((count ?? '10').replace(/^\+/, ''));
  const lines = new Lines();
  let number = 0;
  const status = await eachLine(context, words, async (line) => {
    number += 1;
    if (count?.startsWith('+')) {
      if (number >= wanted) await context.stdout.write(`${line}\n`);
      return;
    }
    lines.add(line);
    if (lines.lines.length > wanted) lines.shift();
  });
  for (const line of lines.lines) await context.stdout.write(`${line}\n`);
  // Nothing is told of changes of files here; as long as it waits is what people want of it (`tail -f /dev/null`).
  while (follow) await context.sleep(1e9);
  return status;
};

export const wc: Program = async (context) => {
  const { options, words } = letters(context.argv);
  const all = options.size === 0;
  return eachInput(context, words, async (input, word) => {
    let lines = 0;
    let count = 0;
    let bytes = 0;
    let inWord = false;
    for (let chunk = await input.read(); chunk !== undefined; chunk = await input.read()) {
      bytes += chunk.length;
      for (const byte of chunk) {
        if (byte === 10) lines += 1;
        const blank = byte === 32 || (byte >= 9 && byte <= 13);
        if (!blank && !inWord) count += 1;
        inWord = !blank;
      }
      await context.breathe();
    }
    const shown = [all || options.has('l') ? lines : undefined, all || options.has('w') ? count : undefined, all || options.has('c') ? bytes : undefined];
    const numbers = shown.filter((one) => one !== undefined).map((one) => (all ? String(one).padStart(9) : String(one)));
    await context.stdout.write(`${numbers.join(' ')}${word === '-' ? '' : ` ${word}`}\n`);
  });
};

export const sort: Program = async (context) => {
  const { options, words } = letters(context.argv);
  const lines = new Lines();
  const status = await eachLine(context, words, async (line) => lines.add(line));
  const number = (text: string) => Number(/^\s*-?\d+(\.\d+)?/.exec(text)?.[0] ?? 0);
  const sorted = lines.lines.sort(options.has('n') ? (a, b) => number(a) - number(b) : (a, b) => (a < b ? -1 : Number(a > b)));
  if (options.has('r')) sorted.reverse();
  let before: string | undefined;
  for (const line of sorted) {
    if (!options.has('u') || line !== before) await context.stdout.write(`${line}\n`);
    before = line;
    await context.breathe();
  }
  return status;
};

export const uniq: Program = async (context) => {
  const { options, words } = letters(context.argv);
  let before: string | undefined;
  let count = 0;
  const put = async () => {
    if (before !== undefined && !(options.has('d') && count === 1)) await context.stdout.write(`${options.has('c') ? `${String(count).padStart(7)} ` : ''}${before}\n`);
  };
  const status = await eachLine(context, words, async (line) => {
    if (line === before) count += 1;
    else {
      await put();
      before = line;
      count = 1;
    }
  });
  await put();
  return status;
};

export const tr: Program = async ({ argv, stdin, stdout, breathe }) => {
  const remove = argv[1] === '-d';
  const [from = '', to = ''] = argv.slice(remove ? 2 : 1).map(characters);
  for (let chunk = await stdin.read(); chunk !== undefined; chunk = await stdin.read()) {
    const text = Array.from(chunk.toString('latin1')).map((letter) => {
      const at = from.indexOf(letter);
      if (at === -1) return letter;
      return remove ? '' : (to[Math.min(at, to.length - 1)] ?? '');
    });
    await stdout.write(Buffer.from(text.join(''), 'latin1'));
    await breathe();
  }
  return 0;
};

function characters(text: string): string {
  return text
    .replaceAll('[:lower:]', 'a-z')
    .replaceAll('[:upper:]', 'A-Z')
    .replaceAll('[:digit:]', '0-9')
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t')
    .replace(/(.)-(.)/g, (_whole, from: string, to: string) => {
      const length = Math.max(0, to.charCodeAt(0) - from.charCodeAt(0) + 1);
      return Array.from({ length: Math.min(length, 256) }, (_, index) => String.fromCharCode(from.charCodeAt(0) + index)).join('');
    });
}

export const cut: Program = async (context) => {
  const option = (letter: string) => {
    const at = context.argv.findIndex((word) => word.startsWith(`-${letter}`));
    return at === -1 ? undefined : context.argv[at]!.length > 2 ? context.argv[at]!.slice(2) : context.argv[at + 1];
  };
  const delimiter = option('d') ?? '\t';
  const fields = option('f');
  const bytes = option('c') ?? option('b');
  const ranges = (fields ?? bytes ?? '').split(',').map((range) => range.split('-').map(Number));
  const within = (number: number) => ranges.some(([from = 0, to]) => (to === undefined ? number === from : number >= (from || 1) && number <= (to || Infinity)));
  return eachLine(context, [], async (line) => {
    const parts = fields === undefined ? Array.from(line) : line.split(delimiter);
    const kept = parts.length === 1 && fields !== undefined ? parts : parts.filter((_part, index) => within(index + 1));
    await context.stdout.write(`${kept.join(fields === undefined ? '' : delimiter)}\n`);
  });
};
