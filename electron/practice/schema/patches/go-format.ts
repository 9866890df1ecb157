// How Go prints decoded JSON with %v, which some of the API server's errors do: `map[data:map[k:5]]`.

export function goFormat(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goFormat).join(' ')}]`;
  if (typeof value !== 'object') return `${value as string | number | boolean}`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${goFormat(item)}`).join(' ')}]`;
}

/** The Go type that encoding/json decodes a value of no known type to; numbers as kjson does it. @param bare its kind alone: `map`, `slice`. */
export function goKind(value: unknown, bare = false): string {
  if (Array.isArray(value)) return bare ? 'slice' : '[]interface {}';
  if (typeof value === 'object') return bare ? 'map' : 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}
