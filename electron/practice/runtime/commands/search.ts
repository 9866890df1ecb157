// grep and sed.
import type { Program } from '../program.ts';
import { type Expression, ExpressionError, type Match, readExpression } from './expression.ts';
import { letters } from './files.ts';
import { eachLine } from './text.ts';

export const grep: Program = async (context) => {
  const { options, words } = letters(context.argv.filter((word) => word !== '-e'));
  const pattern = words.shift();
  if (pattern === undefined) {
    await context.stderr.write('Usage: grep [-civnqoEF] PATTERN [FILE]...\n');
    return 2;
  }
  const unknown = [...options].find((option) => !'ivcnqolEFe'.includes(option));
  if (unknown !== undefined) {
    await context.stderr.write(`grep: unrecognized option: ${unknown}\n`);
    return 2;
  }
  let expression: Expression;
  try {
    expression = readExpression(pattern, { extended: options.has('E'), ignoreCase: options.has('i'), literal: options.has('F') });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    await context.stderr.write(`grep: bad regex '${pattern}': ${error.message}\n`);
    return 2;
  }
  const counts = new Map<string, number>();
  let found = false;
  let number = 0;
  const status = await eachLine(context, words, async (line, word) => {
    number += 1;
    const hit = expression.find(line);
    if ((hit === undefined) !== options.has('v')) return;
    found = true;
    counts.set(word, (counts.get(word) ?? 0) + 1);
    if (options.has('q')) return false;
    if (options.has('c') || options.has('l')) return;
    const prefix = (words.length > 1 ? `${word}:` : '') + (options.has('n') ? `${String(number)}:` : '');
    const shown = options.has('o') ? allMatches(expression, line).map(({ start, end }) => line.slice(start, end)) : [line];
    for (const text of shown) await context.stdout.write(`${prefix}${text}\n`);
  });
  if (options.has('l')) for (const word of counts.keys()) await context.stdout.write(`${word}\n`);
  else if (options.has('c')) await context.stdout.write(`${String([...counts.values()].reduce((sum, count) => sum + count, 0))}\n`);
  return status !== 0 ? 2 : found ? 0 : 1;
};

/** Those that do not overlap, without empty ones behind another. */
function allMatches(expression: Expression, line: string): Match[] {
  const found: Match[] = [];
  for (let from = 0; from <= line.length && found.length < 1000; ) {
    const match = expression.find(line, from);
    if (match === undefined) break;
    found.push(match);
    from = match.end === match.start ? match.end + 1 : match.end;
  }
  return found;
}

/** Only `s/old/new/[gpI]`, with -n, -e and -E. */
export const sed: Program = async (context) => {
  const words = context.argv.slice(1);
  const quiet = words.includes('-n');
  const rest = words.filter((word) => !/^-[nEre]$/.test(word));
  const script = rest.shift() ?? '';
  const pieces = script.startsWith('s') ? splitAt(script.slice(2), script[1] ?? '/') : [];
  const [old = '', replacement = '', flags = ''] = pieces;
  let expression: Expression;
  try {
    if (pieces.length !== 3 || !/^[gpI]*$/.test(flags)) throw new ExpressionError('only s/old/new/ with g, p and I is known here');
    expression = readExpression(old, { extended: words.includes('-E') || words.includes('-r'), ignoreCase: flags.includes('I') });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    await context.stderr.write(`sed: ${script}: ${error.message}\n`);
    return 1;
  }
  return eachLine(context, rest, async (line) => {
    const matches = allMatches(expression, line).slice(0, flags.includes('g') ? undefined : 1);
    let changed = '';
    let from = 0;
    for (const match of matches) {
      changed += line.slice(from, match.start) + filled(replacement, line, match);
      from = match.end;
    }
    changed += line.slice(from);
    if (!quiet) await context.stdout.write(`${changed}\n`);
    if (flags.includes('p') && matches.length > 0) await context.stdout.write(`${changed}\n`);
  });
};

/** The parts between a sign that has no backslash before it. */
function splitAt(text: string, sign: string): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (letter === '\\' && text[at + 1] === sign) parts[parts.length - 1] += text[++at]!;
    else if (letter === '\\') parts[parts.length - 1] += letter + (text[++at] ?? '');
    else if (letter === sign) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts;
}

/** The replacement with `&`, `\\1` and `\\n` put in. */
function filled(replacement: string, line: string, { start, end, groups }: Match): string {
  return replacement.replace(/\\(.)|&/g, (whole, escaped?: string) => {
    if (whole === '&') return line.slice(start, end);
    if (escaped === 'n') return '\n';
    return escaped !== undefined && /\d/.test(escaped) ? (groups[Number(escaped) - 1] ?? '') : (escaped ?? '');
  });
}
