// Finding something again by words of it.

/** Whether every word of the query is somewhere in the texts, whatever the case; '' finds everything. */
export function hasWords(query: string, texts: readonly string[]): boolean {
  const shown = texts.join('\n').toLocaleLowerCase();
  return query.toLocaleLowerCase().split(/\s+/).every((word) => shown.includes(word));
}
