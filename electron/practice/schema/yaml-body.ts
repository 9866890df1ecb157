// YAML as the API server reads it: sigs.k8s.io/yaml on go-yaml v2, so YAML 1.1 without its times and its base 60 numbers, and only the
// first document.
import { Composer, isScalar, Lexer, LineCounter, Parser, visit, type CST, type Document, type ParsedNode, type YAMLError } from 'yaml';

export class YamlError extends Error {}

type Tag = { tag?: string; format?: string };
/** What YAML 1.1 has and go-yaml reads as plain text. */
const unknownToGo = ({ tag = '', format }: Tag) => format === 'TIME' || /:(timestamp|set|omap|pairs|binary)$/.test(tag);

/** Of the parser's faults, those that a person meets; go-yaml says all others with one of these words, too. */
const words: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'found character that cannot start any token',
  BAD_SCALAR_START: 'found character that cannot start any token',
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  MULTILINE_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  BAD_INDENT: 'did not find expected key',
  BAD_DQ_ESCAPE: 'found unknown escape character',
  KEY_OVER_1024_CHARS: "could not find expected ':'",
};

function wordsFor({ code, message }: YAMLError): string {
  const flow = /flow (map|seq)/i.exec(message)?.[1];
  if (flow !== undefined) return `did not find expected ',' or '${flow === 'map' ? '}' : ']'}'`;
  if (/block-seq-ind on same line/.test(message)) return 'block sequence entries are not allowed in this context';
  if (code === 'MISSING_CHAR') return /quote/.test(message) ? 'found unexpected end of stream' : "could not find expected ':'";
  return words[code] ?? 'did not find expected node content';
}

/** go-yaml counts lines from 0 where its parser complains and from 1 where its scanner does, and leaves the first line out. */
function located(error: YAMLError, lines: LineCounter, text: string): string {
  const said = wordsFor(error);
  const line = lines.linePos(error.pos[0]).line - 1;
  const ended = error.pos[0] >= text.length && !text.endsWith('\n');
  const shown = said.startsWith('did not') ? line + (ended ? 1 : 0) : said.startsWith('could not') ? line + 2 : line && line + 1;
  return `${shown > 0 ? `line ${shown}: ` : ''}${said}`;
}

/**
 * Every key that its map has already, as YAMLToJSONStrict tells it: `line 3: key "a" already set in map`. Looked for here, as the parser
 * compares each key with all before it, which takes minutes for a map of some ten thousand.
 */
function duplicatesOf(document: Document.Parsed, lines: LineCounter, text: string): string[] {
  const places: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) places.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return places
    .sort((a, b) => a - b)
    .map((place) => {
      const key = /^[^\s:]+/.exec(text.slice(place, place + 1024))?.[0].replace(/^(['"])(.*)\1$/, '$2') ?? '';
      return `  line ${lines.linePos(place).line}: key "${key}" already set in map`;
    });
}

const DEEPEST = 10_000;

/** @throws YamlError for what is nested deeper than go-yaml reads: the parser's time grows with the square of the depth. */
function* tokensOf(text: string, lines: LineCounter): Generator<CST.Token, void> {
  const parser = new Parser(lines.addNewLine);
  // Of all lines the parser tells where they begin, but of the first.
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST) throw new YamlError(`yaml: line ${lines.linePos(parser.offset).line}: exceeded max depth of ${DEEPEST}`);
  }
  yield* parser.end();
}

/**
 * @returns the first document as JSON values, null for none, and its doubled keys as one error, if there are any.
 * @throws YamlError with go-yaml's words, beginning with `yaml: `.
 */
export function parseYaml(text: string): { value: unknown; duplicates: string[] } {
  const lines = new LineCounter();
  const composer = new Composer<ParsedNode>({
    version: '1.1',
    merge: true,
    uniqueKeys: false,
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !unknownToGo(tag)),
    logLevel: 'silent',
  });
  const [document] = composer.compose(tokensOf(text, lines), true, text.length);
  if (!document) return { value: null, duplicates: [] };
  const [fault] = document.errors;
  if (fault) throw new YamlError(`yaml: ${located(fault, lines, text)}`);
  const doubled = duplicatesOf(document, lines, text);
  return { value: valueOf(document), duplicates: doubled.length === 0 ? [] : [`yaml: unmarshal errors:\n${doubled.join('\n')}`] };
}

function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    const unknown = /Unresolved alias[^:]*: (.*)$/.exec((error as Error).message)?.[1];
    throw new YamlError(unknown === undefined ? 'yaml: document contains excessive aliasing' : `yaml: unknown anchor '${unknown}' referenced`);
  }
}
