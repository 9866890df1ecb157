// A small YAML file of a person's. Every value is the text that stands there: `1.10` is a version and no number, `no` is no boolean.
import { isMap, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { Failure } from '../../../../shared/contract/failures.ts';
import { bombIn } from '../../objects/documents.ts';

/** Bytes of one file. */
export const MOST_BYTES = 256 * 1024;

export interface ReadYaml {
  /** '' where nothing stands after a key. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Counted from 1. */
  lineOf(path: readonly PropertyKey[]): number;
}

/**
 * A map; an empty file is an empty one.
 * @param file for the failure
 * @throws Failure REQUEST_FILE_INVALID
 */
export function readYaml(file: string, text: string): ReadYaml {
  const invalid = (line: number, cause: unknown) => new Failure('REQUEST_FILE_INVALID', { file, line }, cause);
  if (Buffer.byteLength(text) > MOST_BYTES) throw invalid(0, `it has more than ${MOST_BYTES} bytes`);
  const bomb = bombIn(text);
  if (bomb) throw invalid(bomb.line + 1, bomb.cause);
  const lines = new LineCounter();
  const lineAt = (offset = 0) => lines.linePos(offset).line;
  // Keys that are there twice are looked for below: the reader's own search takes their square.
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw invalid(lineAt(error.pos[0]), error);
  const doubled = doubledKey(document);
  if (doubled) throw invalid(lineAt(doubled.offset), `the key ${doubled.name} is written twice`);
  if (document.contents !== null && !isMap(document.contents)) throw invalid(lineAt(document.contents.range?.[0]), 'it is no map of keys and values');
  try {
    return {
      value: (document.toJS({ maxAliasCount: 100 }) ?? {}) as Record<string, unknown>,
      lineOf(path) {
        for (let length = path.length; length > 0; length -= 1) {
          const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
          if (node?.range) return lineAt(node.range[0]);
        }
        return 0;
      },
    };
  } catch (cause) {
    throw invalid(0, cause);
  }
}

/** For writing: comments and what Podlab does not know stay. `before` was read without a failure, or is ''. */
export function openDocument(before: string): Document {
  return parseDocument(before, { uniqueKeys: false });
}

/** Gives a key a value; a remark behind the one before stays. */
export function setValue(document: Document, key: string, value: unknown): void {
  const before = document.get(key, true);
  const node = document.createNode(value);
  if (isScalar(before) && isScalar(node)) Object.assign(node, { comment: before.comment });
  document.set(key, node);
}

/** Long texts stay on their lines. */
export const writeYaml = (document: Document): string => document.toString({ lineWidth: 0 });

function doubledKey(document: Document): { name: string; offset: number } | undefined {
  let found: { name: string; offset: number } | undefined;
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found ??= { name: String(key.value), offset: key.range?.[0] ?? 0 };
        seen.add(key.value);
      }
    },
  });
  return found;
}
