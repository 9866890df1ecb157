// JSONPath in a piece of its own: it is large, and few requests have a check that needs it.
import { JSONPath } from 'jsonpath-plus';

/** RFC 9535, 2.3 and 2.5: a name, or what is chosen in brackets. The library takes a bracket that never ends for one that does. */
const PATH = /^(?:\$|[^.[\]$\s]+)(?:\.{0,2}\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^[\]'"])+\]|\.{1,2}[^.[\]\s]+)*$/;

/** Finds all that a path leads to. No script in it is ever run. @throws Error for a path that cannot be read */
export function findAll(path: string, json: unknown): unknown[] {
  if (!PATH.test(path)) throw new Error('');
  // The library gives nothing at all for what is neither an array nor an object.
  if (typeof json !== 'object' || json === null) return path === '$' ? [json] : [];
  return JSONPath({ path: fromTheEnd(path), json, eval: false, wrap: true }) as unknown[];
}

/** RFC 9535, 2.3.3: [-1] is the last one. The library knows that of slices only. */
function fromTheEnd(path: string): string {
  return path.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\[-(\d+)\]/g, (piece, back?: string) => (back === undefined ? piece : `[-${back}:${Number(back) > 1 ? 1 - Number(back) : ''}]`));
}
