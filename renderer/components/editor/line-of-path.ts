// In which line of a YAML text a path stands.
import { fieldAt } from './yaml-place.ts';

/** `spec.containers[0].image`, `metadata.labels["a.b/c"]`. Names in brackets are not looked for: an element has no name of its own in a text. */
export function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) => (index === undefined ? (quoted ?? name ?? '') : Number(index)));
}

/**
 * Counted from 1: the line of the field, or where that is not written, of the nearest one above it that is; undefined where there is none. `below`: the path
 * of what the given one begins at, such as a workload's template.
 */
export function lineOfPath(text: string, path: string, below = ''): number | undefined {
  const wanted = stepsOf(below === '' ? path : `${below}.${path}`);
  let best: { line: number; depth: number } | undefined;
  let position = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const name = /^[ -]*(?=\S)/.exec(line)?.[0].length ?? 0;
    const found = fieldAt(text, position + name)?.path;
    position += line.length + 1;
    if (!found || found.length > wanted.length || !found.every((step, depth) => step === wanted[depth])) continue;
    if (found.length > (best?.depth ?? 0)) best = { line: index + 1, depth: found.length };
    if (best?.depth === wanted.length) break;
  }
  return best?.line;
}
