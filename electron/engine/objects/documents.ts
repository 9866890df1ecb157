// A text with one or many objects, read as kubectl reads it: YAML or JSON, split at `---`, lists taken apart. What is wrong with it is told with
// its line, and nothing in it can make the reading take long: sizes, aliases and depth are bounded before anything is expanded.
import { setImmediate } from 'node:timers/promises';
import { isScalar, Lexer, LineCounter, visit, type Document, type YAMLError } from 'yaml';
import { Failure } from '../../../shared/contract/failures.ts';
import type { ObjectName, Problem } from '../../../shared/contract/objects.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { readDocuments } from '../kube-yaml.ts';
import { offsetOf, pathParts } from './field-lines.ts';
import { nameProblem } from './name-rules.ts';
import { problemOf } from './problem.ts';

export interface ManifestDocument {
  /** Its first line in the text, counted from 1. */
  readonly line: number;
  /** Undefined where the text is no object, or not readable. */
  readonly object: KubeObject | undefined;
  readonly name: ObjectName | undefined;
  /** As far as it says them. */
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly problems: readonly Problem[];
  /** The line in the text of a field path (`spec.containers[0].image`), or of the nearest parent that is there. */
  lineOf(path: string): number;
}

const KIB = 1024;
/** All that one text may be: reading takes about a third of a second for each MiB. */
const TEXT_KIB = 12 * KIB;
/** k8s.io/apiserver/pkg/endpoints/handlers: a request's body may be 3 MiB. */
const DOCUMENT_KIB = 3 * KIB;
/** etcd's --max-request-bytes is 1.5 MiB. A dry run does not get so far, so it is told here. */
export const OBJECT_KIB = 1.5 * KIB;
/** A manifest of a person has a few levels of brackets and a few aliases; a reader's time grows with their square, and what aliases stand for without end. */
const DEPTH = 64;
const ALIASES = 500;

/** @returns the documents that have content. @throws Failure MANIFEST_TOO_LARGE, MANIFEST_EMPTY about the text as a whole */
export async function readManifests(text: string): Promise<ManifestDocument[]> {
  const documents: ManifestDocument[] = [];
  for (const each of eachManifest(text)) {
    documents.push(each);
    await setImmediate(); // others of the engine have their turn, too
  }
  if (documents.length === 0) throw new Failure('MANIFEST_EMPTY', {}, 'the text has no YAML document with content');
  return documents;
}

/** The same, one after the other. @throws Failure MANIFEST_TOO_LARGE */
export function* eachManifest(text: string): Generator<ManifestDocument, void, void> {
  const size = kib(text);
  if (size > TEXT_KIB) throw new Failure('MANIFEST_TOO_LARGE', { line: 0, what: 'text', size, limit: TEXT_KIB }, `${size} KiB`);
  let line = 1;
  for (const part of text.replace(/^\uFEFF/, '').split(/^(?=---(?:\s|$))/m)) {
    yield* readPart(part, line);
    line += part.split('\n').length - 1;
  }
}

function* readPart(part: string, first: number): Generator<ManifestDocument, void, void> {
  const fault = (line: number, problem: Problem): ManifestDocument => ({ line, object: undefined, name: undefined, problems: [problem], lineOf: () => line });
  const size = kib(part);
  if (size > DOCUMENT_KIB) return yield fault(first, problemOf('MANIFEST_TOO_LARGE', { line: first, what: 'document', size, limit: DOCUMENT_KIB }, `${size} KiB`));
  const bomb = bombIn(part);
  if (bomb) return yield fault(first + bomb.line, problemOf('MANIFEST_TOO_COMPLEX', { line: first + bomb.line }, bomb.cause));
  const lines = new LineCounter();
  const lineAt = (offset: number) => first + lines.linePos(offset).line - 1;
  // `---` alone, and a trailing `---`, make empty documents that kubectl ignores, too.
  for (const document of readDocuments(part, lines)) {
    const start = lineAt(document.contents?.range?.[0] ?? 0);
    const errors = document.errors.map((error) => yamlProblem(error, lineAt(error.pos[0]), part));
    if (errors.length > 0) {
      yield { ...fault(start, errors[0]!), problems: errors };
      continue;
    }
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      // An alias without its anchor (`[ls, *.txt]`), and one that expands too far, are only noticed here.
      const isBomb = error instanceof ReferenceError && error.message.startsWith('Excessive alias');
      yield fault(start, isBomb ? problemOf('MANIFEST_TOO_COMPLEX', { line: start }, error) : problemOf('MANIFEST_NOT_YAML', { line: aliasLine(document, lineAt) }, error));
      continue;
    }
    if (document.contents === null || value === null) continue;
    const doubled = doubledKeys(document, lineAt);
    yield* objectsIn(value, []);

    function* objectsIn(each: unknown, at: readonly (string | number)[]): Generator<ManifestDocument, void, void> {
      const lineOf = (path: string) => lineAt(offsetOf(document, [...at, ...pathParts(path)]));
      if (isListKind(each)) {
        for (const [index, item] of each.items.entries()) yield* objectsIn(item, [...at, 'items', index]);
        return;
      }
      yield readObject(each, lineOf, at.length === 0 ? doubled : []);
    }
  }
}

function readObject(value: unknown, lineOf: (path: string) => number, problems: readonly Problem[]): ManifestDocument {
  const line = lineOf('');
  const { apiVersion, kind, metadata } = (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}) as Partial<KubeObject>;
  if (typeof apiVersion !== 'string' || apiVersion === '' || typeof kind !== 'string' || kind === '') {
    const cause = `apiVersion: ${JSON.stringify(apiVersion)}, kind: ${JSON.stringify(kind)}`;
    const said = { ...(typeof apiVersion === 'string' ? { apiVersion } : {}), ...(typeof kind === 'string' ? { kind } : {}) };
    return { line, object: undefined, name: undefined, ...said, problems: [...problems, problemOf('MANIFEST_NO_KIND', { line }, cause)], lineOf };
  }
  const name = metadata?.name as unknown;
  if (typeof name !== 'string' || name === '') {
    const at = lineOf('metadata.name');
    const cause = name === undefined || name === null ? 'metadata.name is missing' : `metadata.name is ${JSON.stringify(name)}, which is no text: write it in quotes`;
    return { line, object: undefined, name: undefined, apiVersion, kind, problems: [...problems, problemOf('MANIFEST_NO_NAME', {}, cause, at, 'metadata.name')], lineOf };
  }
  const namespace = typeof metadata?.namespace === 'string' && metadata.namespace !== '' ? metadata.namespace : undefined;
  const object = value as KubeObject;
  const size = kib(JSON.stringify(object));
  const found = [
    ...problems,
    ...(size > OBJECT_KIB ? [problemOf('MANIFEST_TOO_LARGE', { line, what: 'document', size, limit: OBJECT_KIB }, `${size} KiB as JSON`)] : []),
    ...nameProblem({ apiVersion, kind, name }, lineOf('metadata.name')),
  ];
  return { line, object, apiVersion, kind, name: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) }, problems: found, lineOf };
}

function yamlProblem(error: YAMLError, line: number, part: string): Problem {
  const cause = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
  const before = part.slice(part.lastIndexOf('\n', error.pos[0] - 1) + 1, error.pos[0] + 1);
  return problemOf(error.code === 'TAB_AS_INDENT' || /^\s*\t/.test(before) ? 'MANIFEST_TAB' : 'MANIFEST_NOT_YAML', { line }, cause);
}

/** Told here and not by the reader, whose search for them takes the square of their number. */
function doubledKeys(document: Document.Parsed, lineAt: (offset: number) => number): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key) || key.value === '<<') continue;
        const name = String(key.value);
        if (seen.has(name)) problems.push(problemOf('MANIFEST_DUPLICATE_KEY', { line: lineAt(key.range?.[0] ?? 0), path: name }, `the key ${name} is written twice`));
        seen.add(name);
      }
    },
  });
  return problems;
}

function aliasLine(document: Document.Parsed, lineAt: (offset: number) => number): number {
  let line = 0;
  const anchors = new Set<string>();
  visit(document, {
    Node(_, node) {
      if ('anchor' in node && node.anchor !== undefined) anchors.add(node.anchor);
    },
    Alias(_, alias) {
      if (anchors.has(alias.source)) return undefined;
      line = lineAt(alias.range?.[0] ?? 0);
      return visit.BREAK;
    },
  });
  return line;
}

/** Where a text has more levels or aliases than any that a person writes: reading it could take for ever. The line is counted from 0. */
export function bombIn(text: string): { line: number; cause: string } | undefined {
  let depth = 0;
  let inLine = 0;
  let aliases = 0;
  let line = 0;
  for (const token of new Lexer().lex(text)) {
    const [sign] = token;
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    else if (token === '-' || token === '?') inLine += 1;
    else if (sign === '*') aliases += 1;
    if (depth > DEPTH || inLine > DEPTH) return { line, cause: `more than ${DEPTH} levels` };
    if (aliases > ALIASES) return { line, cause: `more than ${ALIASES} aliases` };
    for (let at = token.indexOf('\n'); at >= 0; at = token.indexOf('\n', at + 1)) {
      line += 1;
      inLine = 0;
    }
  }
  return undefined;
}

/** `List` of kubectl, and the lists of the API (`PodList`): an `items` that is a list, and no object of its own. */
function isListKind(value: unknown): value is { items: unknown[] } {
  const { kind, items, metadata } = (isRecord(value) ? value : {}) as { kind?: unknown; items?: unknown; metadata?: { name?: unknown } | null };
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items) && metadata?.name === undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const kib = (text: string) => Math.ceil(Buffer.byteLength(text) / KIB);

