// Where in a YAML text a cursor stands: in which field of which object. By lines and columns and not by a parser: what is being typed is not
// correct yet. Block style only; inside `{}`, `[]` and texts of several lines nobody can tell, and nothing is said.

export type FieldPath = readonly (string | number)[];
export interface YamlPlace {
  readonly apiVersion: string;
  readonly kind: string;
  /** Of what holds the field: `['spec', 'containers', 0]`. */
  readonly path: FieldPath;
  /** `value`: the field that is given one; undefined while its name is typed. */
  readonly key: string | undefined;
  /** What stands between `from` and the cursor is being typed. */
  readonly from: number;
  readonly column: number;
  /** Other fields at the same place. */
  readonly siblings: readonly string[];
}

interface Token {
  readonly column: number;
  /** Undefined: the dash of a list. */
  readonly key: string | undefined;
  /** After the colon. */
  readonly value: string;
  /** Where the value begins in the line. */
  readonly valueColumn: number;
}
interface MapFrame {
  readonly type: 'map';
  readonly column: number;
  keys: string[];
}
interface ListFrame {
  readonly type: 'list';
  readonly column: number;
  index: number;
}
type Frame = MapFrame | ListFrame;

const KEY = /^("[^"]*"|'[^']*'|[^\s"'#{}[\],&*!|>%@`-][^#:]*?|-[^\s#:][^#:]*?)\s*:(?=\s|$)/;
const BLOCK_TEXT = /^[|>][-+\d]*\s*(#.*)?$/;
const unquoted = (text: string) => text.replace(/^(["'])(.*)\1$/, '$2');

/** The dashes and the field that a line begins with. */
function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  let column = /^ */.exec(line)![0].length;
  for (let dash = /^- *(?=\S|$)/.exec(line.slice(column)); dash && (dash[0].length > 1 || column + 1 === line.length); dash = /^- *(?=\S|$)/.exec(line.slice(column))) {
    tokens.push({ column, key: undefined, value: line.slice(column + dash[0].length), valueColumn: column + dash[0].length });
    column += dash[0].length;
  }
  const field = KEY.exec(line.slice(column));
  if (!field) return tokens;
  const after = column + field[0].length;
  const space = /^\s*/.exec(line.slice(after))![0].length;
  return [...tokens, { column, key: unquoted(field[1]!), value: line.slice(after + space), valueColumn: after + space }];
}

const isBlank = (line: string) => /^\s*(#|$)/.test(line);
const isBreak = (line: string) => /^(---|\.\.\.)(\s|$)/.test(line);

/** Takes a token into what is open. */
function take(frames: Frame[], { column, key }: Pick<Token, 'column' | 'key'>): void {
  while (frames.length > 0 && frames.at(-1)!.column > column) frames.pop();
  const top = frames.at(-1);
  if (key === undefined) {
    if (top?.type === 'list' && top.column === column) top.index += 1;
    else frames.push({ type: 'list', column, index: 0 });
    return;
  }
  // A field at the column of the dashes is the one after the list.
  if (top?.type === 'list' && top.column === column) frames.pop();
  const open = frames.at(-1);
  if (open?.type === 'map' && open.column === column) open.keys = [...open.keys, key];
  else frames.push({ type: 'map', column, keys: [key] });
}

const stepOf = (frame: Frame) => (frame.type === 'map' ? (frame.keys.at(-1) ?? '') : frame.index);

interface Lines {
  readonly lines: readonly string[];
  /** Of the cursor. */
  readonly at: number;
  readonly lineStart: number;
}

/** The lines of the document around a position. */
function documentAt(text: string, position: number): Lines {
  const before = text.slice(0, position).split('\n');
  const all = text.split('\n');
  const row = before.length - 1;
  let first = row;
  while (first > 0 && !isBreak(all[first - 1]!)) first -= 1;
  let end = row + 1;
  while (end < all.length && !isBreak(all[end]!)) end += 1;
  return { lines: all.slice(first, end), at: row - first, lineStart: position - before.at(-1)!.length };
}

/** What is open at the beginning of a line; undefined inside a text of several lines. */
function framesBefore(lines: readonly string[], at: number): Frame[] | undefined {
  const frames: Frame[] = [];
  let textColumn: number | undefined;
  for (const [index, line] of lines.entries()) {
    const indent = /^ */.exec(line)![0].length;
    if (textColumn !== undefined && line.trim() !== '' && indent <= textColumn) textColumn = undefined;
    if (index === at) return textColumn === undefined ? frames : undefined;
    if (textColumn !== undefined || isBlank(line)) continue;
    const tokens = tokensOf(line);
    for (const token of tokens) take(frames, token);
    const last = tokens.at(-1);
    if (last && BLOCK_TEXT.test(last.value)) textColumn = last.key === undefined ? last.column : (tokens.at(-2)?.column ?? last.column);
  }
  return frames;
}

/** Fields after the cursor that belong to the same map. */
function keysAfter(lines: readonly string[], column: number): string[] {
  const keys: string[] = [];
  for (const line of lines) {
    if (isBlank(line)) continue;
    const indent = /^ */.exec(line)![0].length;
    if (indent < column) break;
    const [token] = tokensOf(line);
    if (indent === column && token?.key !== undefined) keys.push(token.key);
  }
  return keys;
}

function headOf(lines: readonly string[]): { apiVersion: string; kind: string } {
  const valueOf = (key: string) => {
    const line = lines.find((each) => each.startsWith(`${key}:`));
    return unquoted(line?.slice(key.length + 1).replace(/\s#.*$/, '').trim() ?? '');
  };
  return { apiVersion: valueOf('apiVersion'), kind: valueOf('kind') };
}

/** Where the cursor stands; undefined where nobody can tell, and in comments. */
export function yamlPlace(text: string, position: number): YamlPlace | undefined {
  const { lines, at, lineStart } = documentAt(text, position);
  const frames = framesBefore(lines, at);
  const line = lines[at]!;
  const typed = line.slice(0, position - lineStart);
  if (!frames || isBreak(line) || typed.includes('\t') || /(^|\s)#/.test(typed)) return undefined;
  const tokens = tokensOf(typed);
  const field = tokens.at(-1)?.key === undefined ? undefined : tokens.at(-1);
  for (const token of tokens) if (token.key === undefined) take(frames, token);
  const head = headOf(lines);
  if (field) {
    if (field.valueColumn > typed.length || typed.endsWith(':') || /^[{["'|>&*!]/.test(field.value)) return undefined;
    take(frames, field);
    const path = frames.slice(0, -1).map(stepOf);
    return { ...head, path, key: field.key, from: lineStart + field.valueColumn, column: field.column, siblings: [] };
  }
  const dash = tokens.at(-1);
  const column = dash ? dash.valueColumn : /^ */.exec(typed)![0].length;
  const word = typed.slice(column);
  if (!/^[\w./-]*$/.test(word) || (dash && typed.at(-1) === '-')) return undefined;
  // As if the field stood there: what is open at this column holds it.
  take(frames, { column, key: word });
  const own = frames.at(-1) as MapFrame;
  const path = frames.slice(0, -1).map(stepOf);
  return { ...head, path, key: undefined, from: lineStart + column, column, siblings: [...own.keys.slice(0, -1), ...keysAfter(lines.slice(at + 1), column)] };
}

/** The field whose name stands at a position, with where its name begins and ends. */
export function fieldAt(text: string, position: number): { apiVersion: string; kind: string; path: FieldPath; from: number; to: number } | undefined {
  const { lines, at, lineStart } = documentAt(text, position);
  const frames = framesBefore(lines, at);
  const line = lines[at]!;
  if (!frames || isBlank(line)) return undefined;
  const tokens = tokensOf(line);
  const field = tokens.at(-1);
  if (field?.key === undefined) return undefined;
  const from = lineStart + field.column;
  const to = lineStart + line.indexOf(':', field.column + field.key.length);
  if (position < from || position > to) return undefined;
  for (const token of tokens) take(frames, token);
  return { ...headOf(lines), path: frames.map(stepOf), from, to };
}
