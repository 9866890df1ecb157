// Reads over JSON as Go's encoding/json does (its scanner.go), to say what is wrong with it in its words, and to find the keys that stand
// twice in one object, which JSON.parse does not tell. It works on bytes, because Go's errors name bytes.

export type JsonScan =
  | { readonly ok: false; readonly message: string }
  /** The path of every key that its object has already: `spec.containers[0].image`. */
  | { readonly ok: true; readonly duplicates: readonly string[] };

/** encoding/json refuses what is nested deeper. */
const MAX_DEPTH = 10_000;

interface Frame {
  /** The keys seen, of an object; undefined in an array. */
  readonly keys: Set<string> | undefined;
  key: string;
  index: number;
}

class Malformed extends Error {}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const codeOf = (character: string) => character.charCodeAt(0);
const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isHex = (byte: number | undefined) => byte !== undefined && /[0-9a-f]/i.test(String.fromCharCode(byte));

/** `spec.containers[0]` */
const pathOf = (frames: readonly Frame[]): string =>
  frames.map(({ keys, key, index }) => (keys ? `.${key}` : `[${index}]`)).join('').replace(/^\./, '');

/** One byte as strconv.Quote shows it, in single quotes. */
function quoted(byte: number): string {
  const named: Readonly<Record<number, string>> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 39: "\\'", 92: '\\\\' };
  const hex = byte.toString(16).padStart(2, '0');
  if (named[byte] !== undefined) return `'${named[byte]}'`;
  if (byte < 0x20 || byte === 0x7f) return `'\\x${hex}'`;
  if ((byte >= 0x80 && byte <= 0xa0) || byte === 0xad) return `'\\u00${hex}'`;
  return `'${String.fromCharCode(byte)}'`;
}

class Scanner {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  fail(context: string): never {
    const byte = this.bytes[this.at];
    throw new Malformed(byte === undefined ? 'unexpected end of JSON input' : `invalid character ${quoted(byte)} ${context}`);
  }

  /** The next byte that is not white space. */
  next(): number | undefined {
    while (isSpace(this.bytes[this.at])) this.at++;
    return this.bytes[this.at];
  }

  /** Over a string, from its first quote to behind its last. */
  string(): void {
    this.at++;
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined || byte < 0x20) this.fail('in string literal');
      this.at++;
      if (byte === QUOTE) return;
      if (byte !== BACKSLASH) continue;
      const escape = this.bytes[this.at];
      if (escape === undefined || !'bfnrt\\/"u'.includes(String.fromCharCode(escape))) this.fail('in string escape code');
      this.at++;
      for (let digit = 0; escape === codeOf('u') && digit < 4; digit++, this.at++) {
        if (!isHex(this.bytes[this.at])) this.fail('in \\u hexadecimal character escape');
      }
    }
  }

  digits(context: string): void {
    if (!isDigit(this.bytes[this.at])) this.fail(context);
    while (isDigit(this.bytes[this.at])) this.at++;
  }

  number(): void {
    if (this.bytes[this.at] === codeOf('-')) this.at++;
    if (this.bytes[this.at] === codeOf('0')) this.at++;
    else this.digits('in numeric literal');
    if (this.bytes[this.at] === codeOf('.')) {
      this.at++;
      this.digits('after decimal point in numeric literal');
    }
    if (this.bytes[this.at] !== codeOf('e') && this.bytes[this.at] !== codeOf('E')) return;
    this.at++;
    if (this.bytes[this.at] === codeOf('+') || this.bytes[this.at] === codeOf('-')) this.at++;
    this.digits('in exponent of numeric literal');
  }

  literal(word: string): void {
    for (const character of word) {
      if (this.bytes[this.at] !== codeOf(character)) this.fail(`in literal ${word} (expecting '${character}')`);
      this.at++;
    }
  }

  /** Over a value that is neither object nor array. */
  scalar(byte: number | undefined): void {
    if (byte === QUOTE) this.string();
    else if (byte === codeOf('-') || isDigit(byte)) this.number();
    else if (byte === codeOf('t')) this.literal('true');
    else if (byte === codeOf('f')) this.literal('false');
    else if (byte === codeOf('n')) this.literal('null');
    else this.fail('looking for beginning of value');
  }
}

/** Over all of it, with its own stack: a deep document must not end ours. */
function scan(bytes: Uint8Array): string[] {
  const scanner = new Scanner(bytes);
  const frames: Frame[] = [];
  const duplicates = new Set<string>();

  function key(frame: Frame): void {
    if (scanner.next() !== QUOTE) scanner.fail('looking for beginning of object key string');
    const from = scanner.at;
    scanner.string();
    const text = new TextDecoder().decode(bytes.subarray(from + 1, scanner.at - 1));
    frame.key = text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
    if (frame.keys?.has(frame.key)) duplicates.add(pathOf(frames));
    frame.keys?.add(frame.key);
    if (scanner.next() !== codeOf(':')) scanner.fail('after object key');
    scanner.at++;
  }

  function open(keys: Set<string> | undefined): Frame {
    const frame = { keys, key: '', index: 0 };
    if (frames.push(frame) > MAX_DEPTH) throw new Malformed('exceeded max depth');
    scanner.at++;
    return frame;
  }

  /** Behind a value: to the next one, or out of what is complete. Returns whether there is a next one. */
  function follow(): boolean {
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const byte = scanner.next();
      if (byte === codeOf(',')) {
        scanner.at++;
        frame.index++;
        if (frame.keys) key(frame);
        return true;
      }
      if (byte !== codeOf(frame.keys ? '}' : ']')) scanner.fail(frame.keys ? 'after object key:value pair' : 'after array element');
      scanner.at++;
      frames.pop();
    }
    return false;
  }

  for (;;) {
    const byte = scanner.next();
    if (byte === codeOf('{')) {
      const frame = open(new Set());
      if (scanner.next() !== codeOf('}')) {
        key(frame);
        continue;
      }
    } else if (byte === codeOf('[')) {
      open(undefined);
      if (scanner.next() !== codeOf(']')) continue;
    } else scanner.scalar(byte);
    if (!follow()) break;
  }

  if (scanner.next() !== undefined) scanner.fail('after top-level value');
  return [...duplicates];
}

/** @param bytes the whole document, UTF-8. */
export function scanJson(bytes: Uint8Array): JsonScan {
  try {
    return { ok: true, duplicates: scan(bytes) };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, message: error.message };
    throw error;
  }
}
