// Reads the shell's language (POSIX.1-2017, 2.10.2).
import { endsWord, plainText, readQuoted, readWord, type Source } from './parse-word.ts';
import { type AndOr, type Command, type Pipeline, type Redirect, type Script, ShellSyntaxError, type Word } from './syntax.ts';

interface Heredoc {
  readonly end: string;
  /** Nothing is expanded in it. */
  readonly literal: boolean;
  readonly stripTabs: boolean;
  readonly redirect: { target: Word };
}

const reserved = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);
const openers = new Set(['{', 'if', 'while', 'until', 'for', 'case', '!']);
/** How deep commands may lie in each other. */
const deepest = 100;

/** @throws ShellSyntaxError */
export function parseScript(text: string): Script {
  const source: Source = { text, at: 0 };
  const parser = new Parser(source);
  const script = parser.script();
  parser.expectEnd();
  return script;
}

class Parser {
  readonly #source: Source;
  readonly #depth: number;
  #heredocs: Heredoc[] = [];

  constructor(source: Source, depth = 0) {
    if (depth > deepest) throw new ShellSyntaxError('commands are nested too deeply');
    this.#source = source;
    this.#depth = depth;
  }

  /** Lists up to a reserved word or sign that does not belong to them. */
  script(): Script {
    const list: AndOr[] = [];
    for (;;) {
      this.#lineBreaks();
      const next = this.#peek();
      if (next === '' || next === ')' || next === ';;' || reserved.has(next)) return list;
      list.push(this.#andOr());
    }
  }

  expectEnd(): void {
    if (this.#peek() !== '') this.#unexpected();
  }

  #andOr(): AndOr {
    const from = this.#source.at;
    const first = this.#pipeline();
    const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = [];
    for (let next = this.#peek(); next === '&&' || next === '||'; next = this.#peek()) {
      this.#take(next);
      this.#lineBreaks();
      rest.push({ operator: next, pipeline: this.#pipeline() });
    }
    const text = this.#source.text.slice(from, this.#source.at).trim();
    const end = this.#peek();
    if (end === '&' || end === ';') this.#take(end);
    return { first, rest, background: end === '&', text };
  }

  #pipeline(): Pipeline {
    let negated = false;
    while (this.#takeIf('!')) negated = !negated;
    const commands = [this.#command()];
    while (this.#peek() === '|') {
      this.#take('|');
      this.#lineBreaks();
      commands.push(this.#command());
    }
    return { negated, commands };
  }

  #command(): Command {
    const next = this.#peek();
    switch (next) {
      case '{':
      case '(': {
        this.#take(next);
        const body = this.#body();
        this.#expect(next === '{' ? '}' : ')');
        return { kind: next === '{' ? 'group' : 'subshell', body, redirects: this.#redirects() };
      }
      case 'if':
        return this.#if();
      case 'while':
      case 'until': {
        this.#take(next);
        const condition = this.#body();
        return { kind: next, condition, body: this.#doGroup(), redirects: this.#redirects() };
      }
      case 'for':
        return this.#for();
      case 'case':
        return this.#case();
      default:
        return this.#simple();
    }
  }

  /** A script that may not be empty. */
  #body(): Script {
    const script = new Parser(this.#source, this.#depth + 1).#with(this.#heredocs).script();
    if (script.length === 0) this.#unexpected();
    return script;
  }

  #with(heredocs: Heredoc[]): this {
    this.#heredocs = heredocs;
    return this;
  }

  #if(): Command {
    const branches: { condition: Script; body: Script }[] = [];
    let otherwise: Script = [];
    this.#take('if');
    do {
      const condition = this.#body();
      this.#expect('then');
      branches.push({ condition, body: this.#body() });
    } while (this.#takeIf('elif'));
    if (this.#takeIf('else')) otherwise = this.#body();
    this.#expect('fi');
    return { kind: 'if', branches, otherwise, redirects: this.#redirects() };
  }

  #doGroup(): Script {
    this.#lineBreaks();
    this.#expect('do');
    const body = this.#body();
    this.#expect('done');
    return body;
  }

  #for(): Command {
    this.#take('for');
    const name = plainText(this.#word());
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) throw new ShellSyntaxError('bad for loop variable');
    this.#lineBreaks();
    let words: Word[] | undefined;
    if (this.#takeIf('in')) {
      words = [];
      while (!endsWord(this.#skipBlanks())) words.push(this.#word());
    }
    this.#takeIf(';');
    return { kind: 'for', name, words, body: this.#doGroup(), redirects: this.#redirects() };
  }

  #case(): Command {
    this.#take('case');
    const word = this.#word();
    this.#lineBreaks();
    this.#expect('in');
    const cases: { patterns: Word[]; body: Script }[] = [];
    this.#lineBreaks();
    while (!this.#takeIf('esac')) {
      this.#takeIf('(');
      const patterns = [this.#word()];
      while (this.#takeIf('|')) patterns.push(this.#word());
      this.#expect(')');
      const body = new Parser(this.#source, this.#depth + 1).#with(this.#heredocs).script();
      cases.push({ patterns, body });
      if (!this.#takeIf(';;') && this.#peek() !== 'esac') this.#unexpected();
      this.#lineBreaks();
    }
    return { kind: 'case', word, cases, redirects: this.#redirects() };
  }

  #simple(): Command {
    const assignments: { name: string; value: Word }[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      const redirect = this.#redirect();
      if (redirect !== undefined) {
        redirects.push(redirect);
        continue;
      }
      if (endsWord(this.#skipBlanks())) break;
      const word = this.#word();
      const assignment = words.length === 0 ? asAssignment(word) : undefined;
      if (assignment === undefined) words.push(word);
      else assignments.push(assignment);
      const name = words.length === 1 && assignments.length === 0 ? plainText(word) : undefined;
      if (name !== undefined && /^[A-Za-z_]\w*$/.test(name) && /^\([ \t]*\)/.test(this.#source.text.slice(this.#source.at))) {
        this.#source.at = this.#source.text.indexOf(')', this.#source.at) + 1;
        this.#lineBreaks();
        return { kind: 'function', name, body: this.#command(), redirects: [] };
      }
    }
    if (assignments.length + words.length + redirects.length === 0) this.#unexpected();
    return { kind: 'simple', assignments, words, redirects };
  }

  #redirects(): Redirect[] {
    const redirects: Redirect[] = [];
    for (let redirect = this.#redirect(); redirect !== undefined; redirect = this.#redirect()) redirects.push(redirect);
    return redirects;
  }

  #redirect(): Redirect | undefined {
    this.#skipBlanks();
    const found = /^(\d?)(<<-?|>>|<&|>&|>\||<|>)/.exec(this.#source.text.slice(this.#source.at, this.#source.at + 4));
    if (found === null) return undefined;
    this.#source.at += found[0].length;
    const sign = found[2]!;
    const descriptor = found[1] === '' ? (sign.startsWith('<') ? 0 : 1) : Number(found[1]);
    if (endsWord(this.#skipBlanks())) this.#unexpected();
    const target = this.#word();
    if (sign.startsWith('<<')) {
      const redirect: { descriptor: number; operator: '<<'; target: Word } = { descriptor, operator: '<<', target: [] };
      const end = target.map((part) => (part.kind === 'text' ? part.text : '')).join('');
      this.#heredocs.push({ end, literal: target.some(({ quoted }) => quoted), stripTabs: sign === '<<-', redirect });
      return redirect;
    }
    return { descriptor, operator: sign === '>|' ? '>' : (sign as Redirect['operator']), target };
  }

  #word(): Word {
    this.#skipBlanks();
    const word = readWord(this.#source, (source) => {
      const parser = new Parser(source, this.#depth + 1);
      const script = parser.script();
      parser.#expect(')');
      return script;
    });
    if (word.length === 0) this.#unexpected();
    return word;
  }

  /** The sign or plain word that comes next; '' at the end. */
  #peek(): string {
    const character = this.#skipBlanks();
    if (character === undefined) return '';
    const rest = this.#source.text.slice(this.#source.at, this.#source.at + 8);
    const sign = /^(&&|\|\||;;|[;&|()\n])/.exec(rest)?.[0];
    if (sign !== undefined) return sign;
    const word = /^(\{|\}|!|[a-z]+)(?=[\s;&|<>()]|$)/.exec(rest)?.[0] ?? 'a word';
    return reserved.has(word) || openers.has(word) || word === 'in' ? word : 'a word';
  }

  #take(sign: string): void {
    this.#source.at += sign.length;
  }

  #takeIf(sign: string): boolean {
    if (this.#peek() !== sign) return false;
    this.#take(sign);
    return true;
  }

  #expect(sign: string): void {
    if (!this.#takeIf(sign)) this.#unexpected(sign);
  }

  #unexpected(expecting?: string): never {
    const found = this.#peek();
    const word = found === 'a word' ? (/^\S+/.exec(this.#source.text.slice(this.#source.at))?.[0] ?? '') : found;
    const shown = found === '' ? 'unexpected end of file' : found === '\n' ? 'unexpected newline' : `unexpected "${word}"`;
    throw new ShellSyntaxError(expecting === undefined ? shown : `${shown} (expecting "${expecting}")`, found === '');
  }

  /** Goes past blanks, comments and continued lines; gives the character that comes. */
  #skipBlanks(): string | undefined {
    const { text } = this.#source;
    for (;;) {
      const character = text[this.#source.at];
      if (character === ' ' || character === '\t' || character === '\r') this.#source.at += 1;
      else if (character === '\\' && text[this.#source.at + 1] === '\n') this.#source.at += 2;
      else if (character === '#') {
        const end = text.indexOf('\n', this.#source.at);
        this.#source.at = end === -1 ? text.length : end;
      } else return character;
    }
  }

  #lineBreaks(): void {
    while (this.#skipBlanks() === '\n') {
      this.#source.at += 1;
      for (const heredoc of this.#heredocs.splice(0)) this.#readHeredoc(heredoc);
    }
  }

  #readHeredoc({ end, literal, stripTabs, redirect }: Heredoc): void {
    let body = '';
    for (;;) {
      if (this.#source.at >= this.#source.text.length) break;
      const newline = this.#source.text.indexOf('\n', this.#source.at);
      const stop = newline === -1 ? this.#source.text.length : newline;
      const line = this.#source.text.slice(this.#source.at, stop);
      this.#source.at = stop + 1;
      const shown = stripTabs ? line.replace(/^\t+/, '') : line;
      if (shown === end) break;
      body += `${shown}\n`;
    }
    this.#source.at = Math.min(this.#source.at, this.#source.text.length);
    const reader = (source: Source) => {
      const parser = new Parser(source, this.#depth + 1);
      const script = parser.script();
      parser.#expect(')');
      return script;
    };
    redirect.target = literal ? [{ kind: 'text', text: body, quoted: true }] : readQuoted({ text: body, at: 0 }, undefined, reader);
  }
}

/** `NAME=value` as its two halves. */
function asAssignment(word: Word): { name: string; value: Word } | undefined {
  const [first, ...rest] = word;
  if (first?.kind !== 'text' || first.quoted) return undefined;
  const found = /^([A-Za-z_]\w*)=/.exec(first.text);
  if (found === null) return undefined;
  const after = first.text.slice(found[0].length);
  return { name: found[1]!, value: after === '' ? rest : [{ ...first, text: after }, ...rest] };
}
