import { expect, test } from 'vitest';
import { ansiPieces, plainText } from './ansi.ts';

const ESC = String.fromCodePoint(0x1b);
const BEL = String.fromCodePoint(7);
const looks = (line: string) => ansiPieces(line).map(({ text, look }) => (look === '' ? text : `${look}(${text})`)).join('|');

test.each<[string, string, string]>([
  ['no escapes', 'plain', 'plain'],
  ['a colour and its end', `a ${ESC}[31mred${ESC}[0m b`, 'a |fg-red(red)| b'],
  ['an empty one is a reset', `${ESC}[1;33mx${ESC}[my`, 'fg-yellow bold(x)|y'],
  ['each style can end alone', `${ESC}[1;4mx${ESC}[24my${ESC}[22mz`, 'bold underline(x)|bold(y)|z'],
  ['bright black is a grey, other bright colours are their names', `${ESC}[90ma${ESC}[92mb`, 'fg-grey(a)|fg-green(b)'],
  ['the 256 colours by what they are called', `${ESC}[38;5;196ma${ESC}[38;5;21mb${ESC}[38;5;244mc${ESC}[38;5;2md`, 'fg-red(a)|fg-blue(b)|fg-grey(c)|fg-green(d)'],
  ['a colour of three numbers, with ; and with :', `${ESC}[38;2;0;200;10ma${ESC}[38:2:255:0:255mb`, 'fg-green(a)|fg-magenta(b)'],
  ['what follows such a colour counts', `${ESC}[38;5;1;1mx`, 'fg-red bold(x)'],
  ['on a ground the text is always readable', `${ESC}[30;41mx${ESC}[49my`, 'bg-red(x)|fg-black(y)'],
  ['inverse', `${ESC}[7mx${ESC}[32my${ESC}[27mz`, 'bg-text(x)|bg-green(y)|fg-green(z)'],
  ['neighbours that look the same are one', `${ESC}[32ma${ESC}[32mb`, 'fg-green(ab)'],
])('%s', (_, line, expected) => expect(looks(line)).toBe(expected));

test.each<[string, string, string]>([
  ['a title', `a${ESC}]0;evil title${BEL}b`, 'ab'],
  ['the clipboard, ended by ST', `a${ESC}]52;c;ZXZpbA==${ESC}\\b`, 'ab'],
  ['a link keeps its words', `${ESC}]8;;http://x${ESC}\\here${ESC}]8;;${ESC}\\`, 'here'],
  ['a cursor that moves, a screen that is cleared', `a${ESC}[2J${ESC}[1;1Hb${ESC}[?25lc`, 'abc'],
  ['a character set', `${ESC}(Bx`, 'x'],
  ['a device control string', `${ESC}P1$r0m${ESC}\\x`, 'x'],
  ['a string without an end hides nothing', `${ESC}]0;text`, '␛]0;text'],
  ['a lone escape', `a${ESC}`, 'a␛'],
])('does nothing, and is not shown: %s', (_, line, expected) => expect(looks(line)).toBe(expected));

test.each<[string, string, string]>([
  ['NUL, bell, backspace', `a\0b${BEL}c\bd`, 'a␀b␇c␈d'],
  ['a tab stays', 'a\tb', 'a\tb'],
  ['the end of a Windows line is left out, a return in the middle is not', '10%\r20%\r', '10%␍20%'],
  ['delete, and the second row of controls', 'a\u007Fb\u009Bc', 'a␡b⟨U+009B⟩c'],
  ['what turns the text around', 'a\u202Ecba', 'a⟨U+202E⟩cba'],
  ['what was no UTF-8', 'a\uFFFDb 안녕 🙂', 'a\uFFFDb 안녕 🙂'],
])('made visible: %s', (_, line, expected) => expect(looks(line)).toBe(expected));

test('the plain text has no sequences', () => expect(plainText(`${ESC}[31mred${ESC}[0m ${ESC}]0;t${BEL}x`)).toBe('red x'));

test('a line of many sequences takes time in step with its length', () => {
  const line = `${ESC}[31mx${ESC}[0my`.repeat(2_000) + `${ESC}]`.repeat(2_000);
  const start = performance.now();
  expect(ansiPieces(line)).toHaveLength(4_000);
  expect(performance.now() - start).toBeLessThan(2_000);
});
