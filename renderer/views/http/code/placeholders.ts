// What a person typed goes through the writer of a program's text as plain words in its place, and is put in afterwards in the quotes of the language: the
// writer leaves a quote in an address as it is, and reads `: true,` in a text as a value of Python.

export type Quotes = 'fetch' | 'python' | 'go';

export interface Placeholders {
  /** The word of the first text. */
  readonly first: string;
  /** Stands for a type that a part of a multipart body does not have, and goes. */
  readonly nothing: string;
  readonly add: (text: string) => string;
  readonly addHeader: (value: string) => string;
  /** The path is opened; the part is called by the name of the file only (RFC 7578, 4.2). */
  readonly addFile: (part: string, path: string) => string;
  /** The text with all that was added in it. */
  readonly fill: (text: string) => string;
}

const WORD = /(["'])podlab-(\d+)\1/g;

export function placeholders(quotes: Quotes): Placeholders {
  const literals: string[] = [];
  const names: (readonly [from: string, to: string])[] = [];
  const keep = (literal: string): string => `podlab-${literals.push(literal) - 1}`;
  const add = (text: string): string => keep(literalOf(text, quotes));
  return {
    first: 'podlab-0',
    nothing: 'podlab-no-type',
    add,
    addHeader: (value) => keep(literalOf(quotes === 'fetch' ? byBytes(value) : value, quotes)),
    addFile: (part, path) => {
      const word = add(path);
      const name = add(path.replace(/^.*[/\\]/s, ''));
      // In the words of fetch, of Go and of Python.
      names.push([`], "${word}"`, `], "${name}"`], [`"${part}", "${word}")`, `"${part}", "${name}")`], [`("${word}", open(`, `("${name}", open(`]);
      return word;
    },
    fill: (text) => names
      .reduce((all, [from, to]) => all.replaceAll(from, to), text.replaceAll(', "podlab-no-type"', ''))
      .replaceAll(WORD, (_, __, at: string) => literals[Number(at)]!),
  };
}

/** A header of fetch is a string of bytes (Fetch Standard, ByteString): UTF-8, as curl sends it. */
const byBytes = (text: string): string => Array.from(new TextEncoder().encode(text), (byte) => String.fromCodePoint(byte)).join('');

function literalOf(text: string, quotes: Quotes): string {
  const json = JSON.stringify(text.toWellFormed());
  // Go, String literals: a raw one has no carriage return in it.
  // oxlint-disable-next-line no-control-regex -- these are the characters in question
  if (quotes === 'go') return /["\\\n]/.test(text) && !/[`\u0000-\u0008\u000b-\u001f\u007f\ufeff]/.test(text) ? `\`${text.toWellFormed()}\`` : json;
  // JSON's escapes are those of JavaScript and Python, too; in single quotes JSON stays readable.
  const literal = `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  // oxlint-disable-next-line no-control-regex -- these are the characters in question
  return quotes === 'python' && /[^\u0000-\u007f]/.test(text) ? `${literal}.encode()` : literal;
}
