// JSONPath in a piece of its own: it is large, and few requests have a check that needs it.
import { JSONPath } from 'jsonpath-plus';

/** Finds all that a path leads to. No script in it is ever run: one that has one is an Error, as is a path that cannot be read. */
export function findAll(path: string, json: unknown): unknown[] {
  return JSONPath({ path, json: json as object, eval: false, wrap: true }) as unknown[];
}
