// test and [ (POSIX.1-2017, test).
import { type FileTree, normal } from '../files.ts';
import type { Program } from '../program.ts';

export const testCommand: Program = async ({ argv, cwd, machine, stderr, tty }) => {
  const words = argv.slice(1);
  if (argv[0] === '[') {
    if (words.pop() !== ']') {
      await stderr.write('[: missing ]\n');
      return 2;
    }
  }
  try {
    let at = 0;
    const or = (): boolean => {
      let value = and();
      while (words[at] === '-o') {
        at += 1;
        value = and() || value;
      }
      return value;
    };
    const and = (): boolean => {
      let value = not();
      while (words[at] === '-a') {
        at += 1;
        value = not() && value;
      }
      return value;
    };
    const not = (): boolean => {
      // A lone `!` is a text like any other.
      if (words[at] !== '!' || words.length - at === 1) return primary();
      at += 1;
      return !not();
    };
    const primary = (): boolean => {
      const left = words[at++];
      if (left === undefined) return false;
      const sign = words[at];
      if (sign !== undefined && isBinary(sign) && words[at + 1] !== undefined) {
        at += 2;
        return compare(left, sign, words[at - 1]!);
      }
      if (left === '(') {
        const value = or();
        if (words[at++] !== ')') throw new Error('closing paren expected');
        return value;
      }
      if (/^-[nzefdrwxstL]$/.test(left) && words[at] !== undefined) return unary(left, words[at++]!, machine.files, cwd, tty);
      return left !== '';
    };
    if (words.length === 0) return 1;
    const value = or();
    if (at < words.length) throw new Error(`${words[at]!}: unknown operand`);
    return value ? 0 : 1;
  } catch (error) {
    await stderr.write(`${argv[0]!}: ${(error as Error).message}\n`);
    return 2;
  }
};

const isBinary = (sign: string): boolean => /^(=|==|!=|<|>|-(eq|ne|lt|le|gt|ge))$/.test(sign);

function compare(left: string, sign: string, right: string): boolean {
  switch (sign) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    default: {
      const [a, b] = [whole(left), whole(right)];
      return { '-eq': a === b, '-ne': a !== b, '-lt': a < b, '-le': a <= b, '-gt': a > b, '-ge': a >= b }[sign] ?? false;
    }
  }
}

function whole(text: string): number {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Error(`${text}: bad number`);
  return Number(text);
}

function unary(sign: string, word: string, files: FileTree, cwd: string, tty: boolean): boolean {
  const path = normal(word, cwd);
  const entry = files.stat(path);
  const directory = files.isDirectory(path);
  switch (sign) {
    case '-n':
      return word !== '';
    case '-z':
      return word === '';
    case '-t':
      return tty;
    case '-d':
      return directory;
    case '-f':
      return entry !== undefined && !directory;
    case '-s':
      return directory || (entry?.content.length ?? 0) > 0;
    case '-x':
      return directory || entry?.executable === true;
    case '-L':
      return false;
    default:
      return word !== '' && (entry !== undefined || directory);
  }
}
