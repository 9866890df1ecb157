// A program's line as pieces with looks: colours are kept, everything else that an escape sequence could ask for is left out, and what has no glyph is made visible.

/** A part of a line that looks the same; `look` holds class names of LogText.svelte. */
export interface Piece {
  readonly text: string;
  readonly look: string;
}

const ESC = String.fromCodePoint(0x1b);
const BEL = String.fromCodePoint(0x07);
/**
 * ECMA-48, 5.3 to 5.6: control sequences (the final byte is taken apart), strings such as titles and clipboards with their end, and the short ones. A string
 * without an end is no sequence: its text is the program's and is shown.
 */
const sequence = new RegExp(`${ESC}(?:\\[([0-?]*)[ -/]*([@-~])|[\\]PX^_][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)|[ -/]+[0-~]|[0-OQ-WYZ\\\\])`, 'g');
/** What has no glyph, and what turns the direction of the text after it: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters. */
const unseen = new RegExp(`[${range(0x00, 0x08)}${range(0x0a, 0x1f)}${range(0x7f, 0x9f)}${range(0x20_2a, 0x20_2e)}${range(0x20_66, 0x20_69)}]`, 'g');

function range(from: number, to: number): string {
  return `\\u${from.toString(16).padStart(4, '0')}-\\u${to.toString(16).padStart(4, '0')}`;
}

interface Look {
  front: string | undefined;
  back: string | undefined;
  readonly styles: Set<string>;
}

/** @param line without its end */
export function ansiPieces(line: string): Piece[] {
  const pieces: Piece[] = [];
  const look: Look = { front: undefined, back: undefined, styles: new Set() };
  let at = 0;
  const push = (raw: string) => {
    if (raw === '') return;
    const text = visible(raw);
    const now = classesOf(look);
    const last = pieces.at(-1);
    if (last?.look === now) pieces[pieces.length - 1] = { text: last.text + text, look: now };
    else pieces.push({ text, look: now });
  };
  // Where Windows' programs end a line.
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (!text.includes(ESC)) {
    push(text);
    return pieces;
  }
  for (const found of text.matchAll(sequence)) {
    push(text.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[2] === 'm' && found[1] !== undefined) render(look, found[1]);
  }
  push(text.slice(at));
  return pieces;
}

/** The line as a person reads it: no colours, nothing that moves a cursor. */
export function plainText(line: string): string {
  return line.includes(ESC) ? line.replace(sequence, '') : line;
}

/** Control characters as their pictures (U+2400 on); others by their number. */
export function visible(text: string): string {
  return text.replace(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x24_00 + code);
    return code === 0x7f ? '\u2421' : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

function classesOf({ front, back, styles }: Look): string {
  const isInverse = styles.has('inverse');
  const others = [...styles].filter((style) => style !== 'inverse');
  // Text on a colour has one colour in each theme, whatever the program asked for: so that it can be read.
  const ground = isInverse ? (front ?? 'text') : back;
  return [...(ground === undefined ? (front === undefined ? [] : [`fg-${front}`]) : [`bg-${ground}`]), ...others].join(' ');
}

const on: Readonly<Record<number, string>> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline', 7: 'inverse', 9: 'strike' };
const off: Readonly<Record<number, readonly string[]>> = { 21: ['bold'], 22: ['bold', 'dim'], 23: ['italic'], 24: ['underline'], 27: ['inverse'], 29: ['strike'] };

/** Select Graphic Rendition: ECMA-48, 8.3.117; 38 and 48 as in ITU-T T.416, also with `;` as xterm takes them. */
function render(look: Look, parameters: string): void {
  const codes = parameters === '' ? [0] : parameters.split(/[;:]/).map((code) => Number(code) || 0);
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 0) {
      look.front = undefined;
      look.back = undefined;
      look.styles.clear();
    } else if (on[code] !== undefined) look.styles.add(on[code]);
    else if (off[code]) for (const style of off[code]) look.styles.delete(style);
    else if (code === 38 || code === 48) {
      const { colour, used } = extended(codes.slice(at + 1));
      if (code === 38) look.front = colour;
      else look.back = colour;
      at += used;
    } else if (code === 39) look.front = undefined;
    else if (code === 49) look.back = undefined;
    else if (code >= 30 && code <= 37) look.front = named[code - 30];
    else if (code >= 40 && code <= 47) look.back = named[code - 40];
    else if (code >= 90 && code <= 97) look.front = bright(code - 90);
    else if (code >= 100 && code <= 107) look.back = bright(code - 100);
  }
}

const named = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
/** Each theme has one red that can be read; bright black is the grey that many write in. */
const bright = (index: number) => (index === 0 ? 'grey' : named[index]);

function extended([kind, ...values]: readonly number[]): { colour: string | undefined; used: number } {
  if (kind === 5) return { colour: indexed(values[0] ?? 0), used: 2 };
  if (kind === 2) return { colour: nearest(values[0] ?? 0, values[1] ?? 0, values[2] ?? 0), used: 4 };
  return { colour: undefined, used: 1 };
}

/** xterm's 256 colours: 16 names, a cube of 6 × 6 × 6, and 24 greys. */
function indexed(index: number): string | undefined {
  if (index < 8) return named[index];
  if (index < 16) return bright(index - 8);
  if (index >= 232) return nearest(8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10);
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

const SECTORS = ['red', 'yellow', 'green', 'cyan', 'blue', 'magenta'] as const;

/** The name that a colour would be called by: its hue, or how light it is where it has hardly any. */
function nearest(red: number, green: number, blue: number): string {
  const most = Math.max(red, green, blue);
  const span = most - Math.min(red, green, blue);
  if (span < 40) return most < 64 ? 'black' : most < 176 ? 'grey' : 'white';
  const hue = most === red ? (green - blue) / span : most === green ? 2 + (blue - red) / span : 4 + (red - green) / span;
  return SECTORS[Math.round(hue + 6) % 6] ?? 'white';
}
