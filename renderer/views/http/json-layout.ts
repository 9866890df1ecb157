// JSON laid out in lines, or checked. The text itself is laid out, not what JavaScript makes of it: a number of 20 digits stays as it came, and
// so does a name that stands there twice.

/** Where a text stops being JSON. */
export interface JsonProblem {
  /** The line, 1 for the first; undefined where the parser does not say. */
  readonly line: number | undefined;
  /** The parser's own words. */
  readonly cause: string;
}

/** What keeps a text from being JSON; undefined where it is. */
export function jsonProblem(text: string): JsonProblem | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const position = /at position (\d+)/.exec(cause)?.[1];
    if (position !== undefined) return { line: lineAt(text, Number(position)), cause };
    // V8 gives no position where the text just ends.
    return { line: /end of JSON|Unterminated/i.test(cause) ? lineAt(text, text.length) : undefined, cause };
  }
}

const lineAt = (text: string, position: number) => text.slice(0, position).split('\n').length;

/** Valid JSON in lines, two blanks a level; undefined where it is not JSON. */
export function laidOutJson(text: string): string | undefined {
  return jsonProblem(text) === undefined ? laidOut(text) : undefined;
}

function laidOut(text: string): string {
  let out = '';
  let level = 0;
  let isOpen = false;
  const line = () => `\n${'  '.repeat(level)}`;
  for (let at = 0; at < text.length; ) {
    const letter = text.charAt(at);
    const end = endOfToken(text, at, letter);
    if (letter === '}' || letter === ']') {
      level -= 1;
      out += isOpen ? letter : line() + letter;
    } else if (!BLANKS.includes(letter)) {
      if (isOpen) out += line();
      out += letter === ':' ? ': ' : text.slice(at, end);
      if (letter === '{' || letter === '[') level += 1;
      if (letter === ',') out += line();
    }
    if (!BLANKS.includes(letter)) isOpen = letter === '{' || letter === '[';
    at = end;
  }
  return out;
}

/** RFC 8259, 2. */
const BLANKS = ' \t\n\r';
const SCALAR = /[^\s[\]{},:"]*/y;

/** Where what begins at `at` ends: a string, a bracket, a mark, a blank, or a number or word. */
function endOfToken(text: string, at: number, letter: string): number {
  if (letter === '"') return endOfString(text, at);
  if (BLANKS.includes(letter) || '{}[],:'.includes(letter)) return at + 1;
  SCALAR.lastIndex = at;
  SCALAR.test(text);
  return SCALAR.lastIndex;
}

/** After the first quote that an even number of backslashes stands before (RFC 8259, 7). */
function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charAt(before) === '\\') before -= 1;
    if ((end - before) % 2 === 1) return end + 1;
  }
  return text.length;
}
