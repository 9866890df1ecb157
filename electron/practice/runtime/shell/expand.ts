// Words become arguments: parameters, command substitution, arithmetic, splitting at blanks and names of files (POSIX.1-2017, 2.6).
import { evaluate } from './arithmetic.ts';
import { escaped, expandPattern, hasPattern, matches } from './glob.ts';
import type { ParameterPart, Part, Script, Word } from './syntax.ts';

/** What words are expanded with. */
export interface ExpansionState {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  readonly positional: readonly string[];
  /** Unset parameters are an error (set -u). */
  readonly strict: boolean;
  readonly cwd: string;
  list(directory: string): readonly string[];
  /** The output of a script without its last line ends. */
  substitute(script: Script): Promise<string>;
}

export class ExpansionError extends Error {}

/** The longest value: all lies in memory. */
const longest = 1024 * 1024;

interface Field {
  text: string;
  /** The same with what was quoted escaped, for names of files and patterns. */
  pattern: string;
  /** An empty field stays only when something in it was quoted. */
  quoted: boolean;
}

/** One word as arguments: none, one or many. */
export async function expandWord(word: Word, state: ExpansionState): Promise<string[]> {
  const fields = await expandFields(word, state);
  return fields.flatMap(({ text, pattern }) => {
    if (!hasPattern(pattern)) return [text];
    const found = expandPattern(pattern, state.cwd, (directory) => state.list(directory));
    return found.length === 0 ? [text] : found;
  });
}

/** One word as one text: nothing is split, as in assignments and redirects. */
export async function expandText(word: Word, state: ExpansionState): Promise<string> {
  return (await expandUnsplit(word, state)).text;
}

/** One word as a pattern. */
export async function expandToPattern(word: Word, state: ExpansionState): Promise<string> {
  return (await expandUnsplit(word, state)).pattern;
}

async function expandUnsplit(word: Word, state: ExpansionState): Promise<Field> {
  const field: Field = { text: '', pattern: '', quoted: false };
  for (const [index, part] of word.entries()) {
    for (const [each, value] of (await valuesOf(tilde(part, index, word, state), state)).entries()) {
      const text = each === 0 ? value : ` ${value}`;
      field.text += text;
      field.pattern += part.quoted ? escaped(text) : text;
    }
    checkLength(field.text);
  }
  return field;
}

async function expandFields(word: Word, state: ExpansionState): Promise<Field[]> {
  const fields: Field[] = [];
  let open: Field | undefined;
  const add = (text: string, quoted: boolean) => {
    open ??= { text: '', pattern: '', quoted: false };
    open.text += text;
    open.pattern += quoted ? escaped(text) : text;
    open.quoted ||= quoted;
    checkLength(open.text);
  };
  const close = () => {
    if (open !== undefined) fields.push(open);
    open = undefined;
  };
  const separators = state.get('IFS') ?? ' \t\n';

  for (const [index, given] of word.entries()) {
    const part = tilde(given, index, word, state);
    const values = await valuesOf(part, state);
    if (part.kind === 'text' || part.quoted) {
      // "$@" with no parameters is no field at all.
      if (part.kind === 'parameter' && part.name === '@' && values.length === 0) continue;
      for (const [each, value] of values.entries()) {
        if (each > 0) close();
        add(value, part.quoted);
      }
      if (values.length === 0) add('', part.quoted);
      continue;
    }
    for (const [each, value] of values.entries()) {
      if (each > 0) close();
      splitInto(value, separators, add, close);
    }
  }
  close();
  return fields.filter(({ text, quoted }) => text !== '' || quoted);
}

function splitInto(value: string, separators: string, add: (text: string, quoted: boolean) => void, close: () => void): void {
  let from = 0;
  for (let at = 0; at <= value.length; at += 1) {
    if (at < value.length && !separators.includes(value[at]!)) continue;
    if (at > from) add(value.slice(from, at), false);
    if (at < value.length) close();
    from = at + 1;
  }
}

function checkLength(text: string): void {
  if (text.length > longest) throw new ExpansionError('out of memory');
}

/** `~` at the beginning of a word is the home directory. */
function tilde(part: Part, index: number, word: Word, state: ExpansionState): Part {
  if (index > 0 || part.kind !== 'text' || part.quoted || !/^~(\/|$)/.test(part.text) || (part.text === '~' && word.length > 1)) return part;
  return { ...part, text: (state.get('HOME') ?? '~') + part.text.slice(1) };
}

/** Several values only for `$@` and `$*`. */
async function valuesOf(part: Part, state: ExpansionState): Promise<readonly string[]> {
  switch (part.kind) {
    case 'text':
      return [part.text];
    case 'command':
      return [await state.substitute(part.script)];
    case 'arithmetic':
      return [String(evaluate(await expandText(part.word, state), state))];
    case 'parameter':
      if (part.operator === undefined && (part.name === '@' || (part.name === '*' && !part.quoted))) return state.positional;
      return [await parameter(part, state)];
  }
}

async function parameter({ name, operator, word = [] }: ParameterPart, state: ExpansionState): Promise<string> {
  const value = name === '@' || name === '*' ? state.positional.join(' ') : state.get(name);
  // With a colon an empty value counts as none.
  const absent = value === undefined || (operator?.startsWith(':') === true && value === '');
  if (operator === undefined) {
    if (value === undefined && state.strict && !'@*#?$!-'.includes(name)) throw new ExpansionError(`${name}: parameter not set`);
    return value ?? '';
  }
  switch (operator) {
    case 'length':
      return String(Array.from(value ?? '').length);
    case '-':
    case ':-':
      return absent ? await expandText(word, state) : value;
    case '=':
    case ':=': {
      if (!absent) return value;
      const given = await expandText(word, state);
      state.set(name, given);
      return given;
    }
    case '+':
    case ':+':
      return absent ? '' : expandText(word, state);
    case '?':
    case ':?': {
      if (!absent) return value;
      const words = await expandText(word, state);
      throw new ExpansionError(`${name}: ${words === '' ? 'parameter not set or null' : words}`);
    }
    case '#':
    case '##':
    case '%':
    case '%%':
      return trimmed(value ?? '', await expandToPattern(word, state), operator);
  }
}

/** `${x#pattern}` and its kin: the shortest or longest part that fits, taken from the beginning or the end. */
function trimmed(value: string, pattern: string, operator: '#' | '##' | '%' | '%%'): string {
  const front = operator.startsWith('#');
  const lengths = Array.from({ length: Math.min(value.length, 4096) + 1 }, (_, index) => index);
  if (operator.length === 2) lengths.reverse();
  for (const length of lengths) {
    const cut = front ? value.slice(0, length) : value.slice(value.length - length);
    if (matches(pattern, cut)) return front ? value.slice(length) : value.slice(0, value.length - length);
  }
  return value;
}
