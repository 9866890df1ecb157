// A port as a person types it.

/** The number, 0 to 65535; `empty` for nothing at all; undefined for what is no port. */
export function parsePort(text: string, empty: number | undefined): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return empty;
  if (!/^\d{1,5}$/.test(trimmed)) return undefined;
  const port = Number(trimmed);
  return port <= 65_535 ? port : undefined;
}
