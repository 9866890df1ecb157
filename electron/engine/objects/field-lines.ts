// Where a field stands in a text: the path of a field, as a server writes it, walked through a YAML document.
import { isMap, isSeq, type Document, type Node } from 'yaml';

export type PathPart = string | number | { readonly key: string; readonly value: string };

/**
 * `spec.containers[0].image`, `.spec.containers[name="c"].x` and `metadata.annotations[a.b/c]`: the forms of strict decoding, of server-side apply
 * (structured-merge-diff) and of validation (k8s.io/apimachinery/pkg/util/validation/field). A key of several parts is taken by its first.
 */
export function pathParts(path: string): PathPart[] {
  return [...path.matchAll(/\[(\d+)\]|\[(\w+)=("(?:[^"\\]|\\.)*"|[^,\]]*)[^\]]*\]|\[([^\]]+)\]|([^.[\]]+)/g)].map(([, index, key, value, bare, name]) =>
    index !== undefined ? Number(index) : key !== undefined ? { key, value: unquoted(value ?? '') } : (bare ?? name ?? ''),
  );
}

/** The offset of a field's key (or list item) in the text, or of the nearest parent that is there. */
export function offsetOf(document: Document.Parsed, path: string | readonly PathPart[]): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const part of typeof path === 'string' ? pathParts(path) : path) {
    const next = step(node, part);
    if (!next) break;
    offset = next.offset;
    node = next.value;
  }
  return offset;
}

const unquoted = (value: string) => (value.startsWith('"') ? value.slice(1, -1) : value);

function step(node: unknown, part: PathPart): { value: unknown; offset: number } | undefined {
  if (typeof part === 'string') {
    const pair = isMap(node) ? node.items.find(({ key }) => String((key as { value?: unknown } | null)?.value) === part) : undefined;
    return pair ? { value: pair.value, offset: (pair.key as Node).range?.[0] ?? 0 } : undefined;
  }
  if (!isSeq(node)) return undefined;
  const item = typeof part === 'number' ? node.items[part] : node.items.find((entry) => isMap(entry) && String(entry.get(part.key)) === part.value);
  return item ? { value: item, offset: (item as Node).range?.[0] ?? 0 } : undefined;
}
