// Changes one container's image or pull policy in the text of a manifest, and not one other character: comments, order, quotes, indentation and line
// endings stay, because the text is cut at the places that the YAML reader names, and never written anew.
import { isDeepStrictEqual } from 'node:util';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Document, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { Failure } from '../../../shared/contract/failures.ts';
import type { FileFix } from '../../../shared/contract/files.ts';
import { readDocuments } from '../kube-yaml.ts';

type Path = readonly (string | number)[];
interface Cut {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The text with the fix. What is read from it differs from before in the wanted values alone; where that cannot be done (the value is shared through an
 * anchor), nothing is.
 * @throws Failure MANIFEST_NOT_YAML, CONTAINER_NOT_IN_FILE, FILE_FIX_UNCLEAR
 */
export function withFix(text: string, fix: FileFix): string {
  const documents = readAll(text);
  const { document, path } = containerIn(documents, fix);
  const map = follow(document, path);
  if (!isMap(map)) throw unclear(fix, 'the container is no map of its own');
  const cuts: Cut[] = [];
  if (fix.image !== undefined) cuts.push(cutFor(text, map, 'image', fix.image, ['name']));
  if (fix.policy !== undefined) cuts.push(cutFor(text, map, 'imagePullPolicy', fix.policy, ['image', 'name']));
  const next = cuts.toSorted((a, b) => b.from - a.from).reduce((whole, { from, to, text: put }) => whole.slice(0, from) + put + whole.slice(to), text);
  // As JSON: what an alias shares is two values to Kubernetes.
  const asJson = (each: Document.Parsed) => JSON.parse(JSON.stringify(plain(each))) as unknown;
  const wanted = documents.map(asJson);
  const target = path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], wanted[documents.indexOf(document)]) as Record<string, unknown>;
  if (fix.image !== undefined) target.image = fix.image;
  if (fix.policy !== undefined) target.imagePullPolicy = fix.policy;
  let read: unknown[];
  try {
    read = readAll(next).map(asJson);
  } catch (error) {
    throw unclear(fix, error);
  }
  if (!isDeepStrictEqual(read, wanted)) throw unclear(fix, 'the value is shared with another place of the file');
  return next;
}

const unclear = (fix: FileFix, cause: unknown) => new Failure('FILE_FIX_UNCLEAR', { file: fix.path, name: fix.name }, cause);

function readAll(text: string): Document.Parsed[] {
  const lines = new LineCounter();
  const documents = readDocuments(text, lines);
  for (const { errors: [error] } of documents) if (error) throw new Failure('MANIFEST_NOT_YAML', { line: lines.linePos(error.pos[0]).line }, error.message);
  return documents;
}

function plain(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new Failure('MANIFEST_NOT_YAML', { line: 0 }, error);
  }
}

interface Described {
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown } | null;
  readonly items?: unknown;
}

/** The one container that the fix is about. A document that names the namespace comes before one that leaves it open. */
function containerIn(documents: readonly Document.Parsed[], fix: FileFix): { document: Document.Parsed; path: Path } {
  const objects = documents.flatMap((document) => {
    const object = plain(document) as Described | null;
    const items = typeof object?.kind === 'string' && object.kind.endsWith('List') && Array.isArray(object.items) ? (object.items as Described[]) : undefined;
    return items ? items.map((item, index) => ({ document, object: item, path: ['items', index] as Path })) : [{ document, object, path: [] as Path }];
  });
  const named = objects.filter(({ object }) => object?.kind === fix.kind && object.metadata?.name === fix.name);
  const exact = named.filter(({ object }) => object?.metadata?.namespace === fix.namespace);
  const fitting = exact.length > 0 ? exact : named.filter(({ object }) => !object?.metadata?.namespace);
  const absent = (cause: string) => new Failure('CONTAINER_NOT_IN_FILE', { file: fix.path, name: fix.name, container: fix.container ?? '' }, cause);
  const [found, second] = fitting;
  if (!found) throw absent(`no ${fix.kind} ${fix.name} of the namespace ${fix.namespace} in the file`);
  if (second) throw unclear(fix, `${fix.kind} ${fix.name} is there ${fitting.length} times`);
  const spec: Path = [...found.path, ...(fix.kind === 'Pod' ? ['spec'] : fix.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template', 'spec'] : ['spec', 'template', 'spec'])];
  for (const list of fix.container === undefined ? ['containers'] : ['containers', 'initContainers']) {
    const path = [...spec, list];
    const containers = path.slice(found.path.length).reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], found.object);
    if (!Array.isArray(containers)) continue;
    const index = fix.container === undefined ? (containers.length === 1 ? 0 : -1) : containers.findIndex((each: { name?: unknown } | null) => each?.name === fix.container);
    if (index >= 0) return { document: found.document, path: [...path, index] };
  }
  throw absent(fix.container === undefined ? `${fix.kind} ${fix.name} has not just one container` : `${fix.kind} ${fix.name} has no container ${fix.container} in the file`);
}

/** The node at a path, through aliases. */
function follow(document: Document.Parsed, path: Path): unknown {
  const resolved = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  return path.reduce<unknown>((node, key) => {
    const at = resolved(node);
    if (typeof key === 'number') return isSeq(at) ? resolved(at.items[key]) : undefined;
    return isMap(at) ? resolved(pairOf(at, key)?.value) : undefined;
  }, document.contents);
}

const pairOf = (map: YAMLMap, key: string) => map.items.find((pair) => isScalar(pair.key) && pair.key.value === key) as Pair<Scalar, unknown> | undefined;

/** Another value in the place of the old one, or a new line (in a flow map: a new entry) after the first of `after` that is there. */
function cutFor(text: string, map: YAMLMap, key: string, value: string, after: readonly string[]): Cut {
  const pair = pairOf(map, key);
  const own = pair?.value;
  if (pair && isScalar(own) && own.range) {
    const [from, to] = own.range;
    const written = text.slice(from, to);
    return { from, to, text: (written === '' && text[from - 1] === ':' ? ' ' : '') + quotedLike(written, value) };
  }
  const previous = after.map((each) => pairOf(map, each)).find((each) => each !== undefined) ?? (map.items[0] as Pair<Scalar, unknown> | undefined);
  const start = previous?.key.range?.[0];
  if (!previous || start === undefined || pair) return { from: 0, to: 0, text: '' };
  const end = (previous.value as Scalar | null)?.range?.[1] ?? previous.key.range?.[1] ?? start;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  const eol = /\r\n/.test(text) ? '\r\n' : '\n';
  if (map.flow) {
    const quote = /["']/.exec(text[start] ?? '')?.[0] ?? '';
    const gap = before.trim() === '' ? `${eol}${before}` : ' ';
    return { from: end, to: end, text: `,${gap}${quote}${key}${quote}: ${quotedLike(quote, value)}` };
  }
  // The first key of a list's item stands behind its dash: the next ones stand under it.
  const line = `${' '.repeat(before.length)}${key}: ${quotedLike('', value)}`;
  const lineEnd = text[end - 1] === '\n' ? end - 1 : text.indexOf('\n', end);
  if (lineEnd < 0) return { from: text.length, to: text.length, text: `${eol}${line}` };
  return { from: lineEnd + 1, to: lineEnd + 1, text: `${line}${eol}` };
}

/** In the quotes of the old text; a plain value that would be read as something else gets some. */
function quotedLike(old: string, value: string): string {
  if (old.startsWith("'")) return `'${value.replaceAll("'", "''")}'`;
  if (old.startsWith('"')) return JSON.stringify(value);
  const [document] = readDocuments(value, new LineCounter());
  return document && document.errors.length === 0 && document.toJS() === value ? value : JSON.stringify(value);
}
