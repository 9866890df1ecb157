// echo, printf, yes, seq, date and others that only print.
import type { Program } from '../program.ts';

export const echo: Program = async ({ argv, stdout }) => {
  const words = argv.slice(1);
  let newline = true;
  let escapes = false;
  while (words[0] !== undefined && /^-[neE]+$/.test(words[0])) {
    const letters = words.shift()!;
    if (letters.includes('n')) newline = false;
    if (letters.includes('e')) escapes = true;
  }
  const text = words.join(' ');
  await stdout.write((escapes ? unescaped(text) : text) + (newline ? '\n' : ''));
  return 0;
};

const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v', e: '\u001B', '\\': '\\', '"': '"' };

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{1,2})|0?([0-7]{1,3})|(.))/g, (whole, hex?: string, octal?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    return letters[letter ?? ''] ?? whole;
  });
}

/** The format is used again while words are left. */
export const printf: Program = async ({ argv, stdout, stderr, breathe }) => {
  const format = argv[1];
  if (format === undefined) {
    await stderr.write('printf: usage: printf FORMAT [ARG]...\n');
    return 2;
  }
  const words = argv.slice(2);
  let status = 0;
  do {
    const before = words.length;
    let text = '';
    for (const piece of format.match(/%[-+ 0#]*(?:\d+|\*)?(?:\.\d+)?[a-zA-Z%]|[^%]+|%/g) ?? []) {
      const [shown, fine] = piece.startsWith('%') && piece.length > 1 ? formatted(piece, words) : [unescaped(piece), true];
      text += shown;
      if (!fine) {
        status = 1;
        await stderr.write('printf: invalid number\n');
      }
    }
    await stdout.write(text);
    await breathe();
    if (words.length === before) break;
  } while (words.length > 0);
  return status;
};

/** The widest a field may be made. */
const widest = 4096;

function formatted(piece: string, words: string[]): [string, boolean] {
  const [, flags = '', wide, precision, type] = /^%([-+ 0#]*)(\d+|\*)?(?:\.(\d+))?([a-zA-Z%])$/.exec(piece)!;
  if (type === '%') return ['%', true];
  const width = Math.min(Number(wide === '*' ? words.shift() : (wide ?? 0)) || 0, widest);
  const word = words.shift();
  const number = Number(word ?? 0);
  let text: string;
  let fine = true;
  switch (type) {
    case 'd':
    case 'i':
    case 'u':
      fine = Number.isFinite(number);
      text = String(fine ? Math.trunc(number) : 0);
      break;
    case 'x':
      text = Math.trunc(number || 0).toString(16);
      break;
    case 'X':
      text = Math.trunc(number || 0).toString(16).toUpperCase();
      break;
    case 'o':
      text = Math.trunc(number || 0).toString(8);
      break;
    case 'f':
      text = (number || 0).toFixed(Math.min(Number(precision ?? 6), 100));
      break;
    case 'c':
      text = (word ?? '').slice(0, 1);
      break;
    case 'b':
      text = unescaped(word ?? '');
      break;
    case undefined:
    default:
      text = precision === undefined ? (word ?? '') : (word ?? '').slice(0, Number(precision));
  }
  if (flags.includes('-')) return [text.padEnd(width), fine];
  return [flags.includes('0') && 'diuxXof'.includes(type!) ? text.padStart(width, '0') : text.padStart(width), fine];
}

export const yes: Program = async ({ argv, stdout, breathe }) => {
  const line = `${argv.length > 1 ? argv.slice(1).join(' ') : 'y'}\n`;
  const chunk = line.repeat(Math.max(1, Math.min(1024, Math.floor(8192 / line.length))));
  for (;;) {
    await stdout.write(chunk);
    await breathe();
  }
};

export const seq: Program = async ({ argv, stdout, stderr, breathe }) => {
  const numbers = argv.slice(1).map(Number);
  if (numbers.length === 0 || numbers.length > 3 || numbers.some(Number.isNaN)) {
    await stderr.write('seq: invalid number\n');
    return 1;
  }
  const first = numbers.length > 1 ? numbers[0]! : 1;
  const step = numbers.length > 2 ? numbers[1]! : 1;
  const last = numbers.at(-1)!;
  if (step === 0) return 0;
  let chunk = '';
  for (let value = first; step > 0 ? value <= last : value >= last; value += step) {
    chunk += `${String(value)}\n`;
    if (chunk.length < 8192) continue;
    await stdout.write(chunk);
    await breathe();
    chunk = '';
  }
  await stdout.write(chunk);
  return 0;
};

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** In UTC, as in a container. */
export const date: Program = async ({ argv, stdout, clock }) => {
  const now = clock.now();
  const two = (value: number) => String(value).padStart(2, '0');
  const fields: Readonly<Record<string, string>> = {
    Y: String(now.getUTCFullYear()),
    m: two(now.getUTCMonth() + 1),
    d: two(now.getUTCDate()),
    e: String(now.getUTCDate()).padStart(2),
    H: two(now.getUTCHours()),
    M: two(now.getUTCMinutes()),
    S: two(now.getUTCSeconds()),
    N: `${String(now.getUTCMilliseconds()).padStart(3, '0')}000000`,
    s: String(Math.floor(now.getTime() / 1000)),
    a: days[now.getUTCDay()]!,
    b: months[now.getUTCMonth()]!,
    Z: 'UTC',
    z: '+0000',
    n: '\n',
    '%': '%',
  };
  const fill = (format: string) => format.replaceAll('%F', '%Y-%m-%d').replaceAll('%T', '%H:%M:%S').replace(/%(.)/g, (whole, letter: string) => fields[letter] ?? whole);
  const wanted = argv.find((word) => word.startsWith('+'))?.slice(1);
  const iso = argv.some((word) => word.startsWith('-I'));
  await stdout.write(`${fill(wanted ?? (iso ? '%FT%T%z' : '%a %b %e %T %Z %Y'))}\n`);
  return 0;
};
