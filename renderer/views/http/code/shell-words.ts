// The words of a line as a shell splits it. Nothing of it is ever run: what a shell would put in stays as it is written.
import { parse } from 'shell-quote';

export interface ShellWords {
  readonly words: readonly string[];
  /** A variable or a command stands in it, which a shell would have replaced. */
  readonly hasExpansion: boolean;
}

/** Stands for a $ while the line is split (Unicode, 3.5: private use). */
const DOLLAR = '\ue000';
/** Bash, 3.1.2: a double-quoted piece, $'…', '…', a character that is escaped; then what is left of $, ` and quotes. */
const PIECES = /"(?:[^"\\]|\\[\s\S])*"|\$'(?:[^'\\]|\\[\s\S])*'|'[^']*'|\\(?:\r?\n|[\s\S])|[$`"']/g;
const EXPANSION = /[$](?=[\w({?!@*#$-])|`/;

/** Undefined where it is not one plain command. What follows a | is what is done with the answer. */
export function shellWords(text: string): ShellWords | undefined {
  const line = ofCmd(text).trim().replace(/^\$ /, '');
  let hasExpansion = false;
  let isWhole = true;
  const hidden = line.replace(PIECES, (piece, at: number) => {
    if (piece.length === 1) {
      if (piece === '"' || piece === "'") isWhole = false;
      else hasExpansion ||= EXPANSION.test(line.slice(at, at + 2));
    }
    if (piece.startsWith('\\')) return /^\\\r?\n$/.test(piece) ? '' : piece === '\\$' ? DOLLAR : piece;
    if (piece.startsWith("$'")) return piece;
    if (!piece.startsWith('"')) return piece.replaceAll('$', DOLLAR);
    hasExpansion ||= EXPANSION.test(piece.replace(/\\[\s\S]/g, ''));
    return piece.replace(/\\(?:\r?\n|[\s\S])|\$/g, (one) => (one === '$' || one === '\\$' ? DOLLAR : one.endsWith('\n') ? '' : one));
  });
  const words = isWhole ? plainWords(hidden) : undefined;
  return words && { words: words.map((word) => word.replaceAll(DOLLAR, '$')), hasExpansion };
}

function plainWords(line: string): string[] | undefined {
  const words: string[] = [];
  for (const token of parse(line)) {
    if (typeof token === 'string') words.push(token);
    else if ('op' in token && token.op === 'glob') words.push(token.pattern);
    else if ('op' in token && token.op === '|') break;
    else if (!('comment' in token)) return undefined;
  }
  return words;
}

/** cmd.exe, as browsers copy for it: ^ at the end of a line, and before all that is special; twice the end of a line is one that is meant. */
function ofCmd(text: string): string {
  if (!/\^"/.test(text)) return text.replace(/\^\r?\n/g, ' ');
  return text.replace(/\^(\r?\n\r?\n|\r?\n|.)/g, (_, one: string) => (/^\r?\n$/.test(one) ? ' ' : /^\r?\n/.test(one) ? '\n' : one));
}
