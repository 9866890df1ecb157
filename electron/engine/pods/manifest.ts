// A manifest that a person typed or opened: read as YAML, and refused with one reason and the line of it before anything is sent.
import { isMap, isSeq, LineCounter, type Document, type Node } from 'yaml';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { readDocuments } from '../kube-yaml.ts';

export interface Manifest {
  readonly pod: Pod & { metadata: { name: string; namespace: string } };
  /** The 1-based line of a field path (`spec.containers[0].image`), or of the nearest parent that is there. */
  lineOf(path: string): number;
}

/**
 * Reads one pod, as kubectl would read the text. One document: this call creates one pod.
 * @param namespace where it will be created; a manifest that names another one is refused rather than silently moved.
 * @throws Failure MANIFEST_NOT_YAML, MANIFEST_EMPTY, MANIFEST_SEVERAL_DOCUMENTS, MANIFEST_NOT_A_POD, MANIFEST_NO_NAME, MANIFEST_OTHER_NAMESPACE
 */
export function readManifest(text: string, namespace: string): Manifest {
  const lines = new LineCounter();
  // `---` alone, and a trailing `---`, make empty documents that kubectl ignores, too.
  const documents = readDocuments(text, lines);
  for (const document of documents) {
    const [error] = document.errors;
    if (error) throw new Failure('MANIFEST_NOT_YAML', { line: lines.linePos(error.pos[0]).line }, error.message);
  }
  const filled = documents.filter((document) => document.contents !== null && plain(document) !== null);
  const [document, second] = filled;
  if (!document) throw new Failure('MANIFEST_EMPTY', {}, 'the text has no YAML document with content');
  if (second) throw new Failure('MANIFEST_SEVERAL_DOCUMENTS', { count: filled.length }, `${filled.length} YAML documents, separated by ---`);
  const object = plain(document) as { apiVersion?: unknown; kind?: unknown; metadata?: { name?: unknown; namespace?: unknown } };
  if (!isMap(document.contents) || object.kind !== 'Pod' || object.apiVersion !== 'v1') {
    const kind = typeof object.kind === 'string' ? object.kind : '';
    throw new Failure('MANIFEST_NOT_A_POD', { kind }, `apiVersion: ${String(object.apiVersion)}, kind: ${String(object.kind)}`);
  }
  const name = object.metadata?.name;
  if (typeof name !== 'string' || name === '') throw new Failure('MANIFEST_NO_NAME', {}, name === undefined ? 'metadata.name is missing' : `metadata.name is ${JSON.stringify(name)}, which is no text: write it in quotes`);
  const named = object.metadata?.namespace;
  if (typeof named === 'string' && named !== '' && named !== namespace)
    throw new Failure('MANIFEST_OTHER_NAMESPACE', { manifest: named, namespace }, `metadata.namespace: ${named}`);
  const pod = { ...object, metadata: { ...object.metadata, name, namespace } } as Manifest['pod'];
  return { pod, lineOf: (path) => lineOf(document, lines, path) };
}

/** The document as plain data. An alias without its anchor (`[ls, *.txt]`) is only noticed here. */
function plain(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new Failure('MANIFEST_NOT_YAML', { line: 0 }, error);
  }
}

/** `spec.containers[0].image`, `.spec.containers[name="c"].x`: the path as the server writes it, walked through the document. */
function lineOf(document: Document.Parsed, lines: LineCounter, path: string): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const part of pathParts(path)) {
    const next = step(node, part);
    if (!next) break;
    offset = next.offset;
    node = next.value;
  }
  return lines.linePos(offset).line;
}

function pathParts(path: string): (string | number | { key: string; value: string })[] {
  return [...path.matchAll(/\[(\d+)\]|\[(\w+)="([^"]*)"[^\]]*\]|([^.[\]]+)/g)].map(([, index, key, value, name]) =>
    index !== undefined ? Number(index) : key !== undefined ? { key, value: value ?? '' } : (name ?? ''),
  );
}

function step(node: unknown, part: string | number | { key: string; value: string }): { value: unknown; offset: number } | undefined {
  if (typeof part === 'string') {
    const pair = isMap(node) ? node.items.find(({ key }) => (key as { value?: unknown } | null)?.value === part) : undefined;
    return pair ? { value: pair.value, offset: (pair.key as Node).range?.[0] ?? 0 } : undefined;
  }
  if (!isSeq(node)) return undefined;
  const item = typeof part === 'number' ? node.items[part] : node.items.find((entry) => isMap(entry) && entry.get(part.key) === part.value);
  return item ? { value: item, offset: (item as Node).range?.[0] ?? 0 } : undefined;
}
