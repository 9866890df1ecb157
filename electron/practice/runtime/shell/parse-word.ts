// Words of the shell: quoting and the three expansions that begin with a dollar sign (POSIX.1-2017, 2.2 and 2.6).
import { type Part, type ParameterOperator, type Script, ShellSyntaxError, type Word } from './syntax.ts';

/** The text and how far it was read; words and commands take turns on it. */
export interface Source {
  readonly text: string;
  at: number;
}

/** Reads a script up to where its end stands: commands inside words are read by the whole grammar. */
export type ScriptReader = (source: Source, end: ')') => Script;

const metacharacters = new Set([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')']);

export const endsWord = (character: string | undefined): boolean => character === undefined || metacharacters.has(character);

/** The word at the source's place; an empty list when there is none. */
export function readWord(source: Source, readScript: ScriptReader): Word {
  const parts: Part[] = [];
  while (!endsWord(source.text[source.at])) readPart(source, parts, readScript, false);
  return parts;
}

/** What stands in double quotes or in a here-document: no word ends there. */
export function readQuoted(source: Source, end: '"' | undefined, readScript: ScriptReader): Word {
  const parts: Part[] = [];
  for (;;) {
    const character = source.text[source.at];
    if (character === undefined && end !== undefined) throw new ShellSyntaxError('unterminated quoted string', true);
    if (character === undefined || character === end) {
      source.at += 1;
      if (parts.length === 0) parts.push({ kind: 'text', text: '', quoted: true });
      return parts;
    }
    readPart(source, parts, readScript, true);
  }
}

function readPart(source: Source, parts: Part[], readScript: ScriptReader, quoted: boolean): void {
  const character = source.text[source.at]!;
  if (character === '\\') {
    source.at += 1;
    const next = source.text[source.at++];
    if (next === '\n') return;
    if (next === undefined) return addText(parts, '\\', quoted);
    // Inside double quotes the backslash counts only before what is special there.
    addText(parts, quoted && !'$`"\\'.includes(next) ? `\\${next}` : next, true);
  } else if (character === '$') {
    parts.push(readDollar(source, readScript, quoted));
  } else if (character === '`') {
    parts.push(readBackquoted(source, readScript, quoted));
  } else if (!quoted && character === "'") {
    const end = source.text.indexOf("'", source.at + 1);
    if (end === -1) throw new ShellSyntaxError('unterminated quoted string', true);
    addText(parts, source.text.slice(source.at + 1, end), true);
    source.at = end + 1;
  } else if (!quoted && character === '"') {
    source.at += 1;
    parts.push(...readQuoted(source, '"', readScript));
  } else {
    source.at += 1;
    addText(parts, character, quoted);
  }
}

function addText(parts: Part[], text: string, quoted: boolean): void {
  const last = parts.at(-1);
  if (last?.kind === 'text' && last.quoted === quoted) parts[parts.length - 1] = { ...last, text: last.text + text };
  else parts.push({ kind: 'text', text, quoted });
}

const name = /[A-Za-z_]\w*|[0-9]|[?$!#@*-]/y;

function readDollar(source: Source, readScript: ScriptReader, quoted: boolean): Part {
  const { text } = source;
  if (text.startsWith('$((', source.at)) {
    const arithmetic = readArithmetic(source, readScript, quoted);
    if (arithmetic !== undefined) return arithmetic;
  }
  if (text[source.at + 1] === '(') {
    source.at += 2;
    return { kind: 'command', script: readScript(source, ')'), quoted };
  }
  if (text[source.at + 1] === '{') return readBraces(source, readScript, quoted);
  name.lastIndex = source.at + 1;
  const found = name.exec(text)?.[0];
  source.at += 1 + (found?.length ?? 0);
  return found === undefined ? { kind: 'text', text: '$', quoted } : { kind: 'parameter', name: found, quoted };
}

/** `$(( ... ))`; undefined when the parentheses turn out to be a subshell in a command substitution. */
function readArithmetic(source: Source, readScript: ScriptReader, quoted: boolean): Part | undefined {
  let depth = 0;
  for (let at = source.at + 3; at < source.text.length; at += 1) {
    const character = source.text[at];
    if (character === '(') depth += 1;
    if (character !== ')') continue;
    if (depth > 0) depth -= 1;
    else {
      if (source.text[at + 1] !== ')') return undefined;
      const inner = { text: source.text.slice(source.at + 3, at), at: 0 };
      source.at = at + 2;
      return { kind: 'arithmetic', word: readQuoted(inner, undefined, readScript), quoted };
    }
  }
  throw new ShellSyntaxError('unterminated arithmetic expression', true);
}

const operator = /:[-=?+]|[-=?+]|##?|%%?/y;

function readBraces(source: Source, readScript: ScriptReader, quoted: boolean): Part {
  const { text } = source;
  source.at += 2;
  const length = text[source.at] === '#' && text[source.at + 1] !== '}';
  if (length) source.at += 1;
  name.lastIndex = source.at;
  const found = name.exec(text)?.[0];
  if (found === undefined) throw new ShellSyntaxError('bad substitution', source.at >= text.length);
  // Positional parameters of more than one digit exist in braces only.
  const digits = /^\d+/.exec(text.slice(source.at))?.[0];
  source.at += (digits ?? found).length;
  const parameter = digits ?? found;
  operator.lastIndex = source.at;
  const sign = operator.exec(text)?.[0] as ParameterOperator | undefined;
  if (sign === undefined || length) {
    if (text[source.at] !== '}') throw new ShellSyntaxError('bad substitution', source.at >= text.length);
    source.at += 1;
    return { kind: 'parameter', name: parameter, quoted, ...(length && { operator: 'length' as const }) };
  }
  source.at += sign.length;
  const word: Part[] = [];
  while (text[source.at] !== '}') {
    if (source.at >= text.length) throw new ShellSyntaxError('missing "}"', true);
    // Quotes count inside braces even where the whole stands in quotes.
    if (text[source.at] === '"') {
      source.at += 1;
      word.push(...readQuoted(source, '"', readScript));
    } else readPart(source, word, readScript, quoted && !sign.startsWith('#') && !sign.startsWith('%'));
  }
  source.at += 1;
  return { kind: 'parameter', name: parameter, operator: sign, word, quoted };
}

function readBackquoted(source: Source, readScript: ScriptReader, quoted: boolean): Part {
  let inner = '';
  for (let at = source.at + 1; ; at += 1) {
    const character = source.text[at];
    if (character === undefined) throw new ShellSyntaxError('EOF in backquote substitution', true);
    if (character === '`') {
      source.at = at + 1;
      return { kind: 'command', script: readScript({ text: `${inner})`, at: 0 }, ')'), quoted };
    }
    if (character === '\\' && '$`\\'.includes(source.text[at + 1] ?? ' ')) at += 1;
    inner += source.text[at];
  }
}

/** The word's text when nothing in it is quoted or expanded, as reserved words have to be. */
export function plainText(word: Word): string | undefined {
  const [only] = word;
  return word.length === 1 && only?.kind === 'text' && !only.quoted ? only.text : undefined;
}
