// The line that a person would type for what Podlab did, ready to paste into a POSIX shell. renderer/components/powershell-line.ts reads these
// forms, and no others, and writes them for PowerShell: words, a file that takes the output, a text that is fed.

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Quotes what a shell would read otherwise (POSIX Shell Command Language 2.2.2: nothing is special between single quotes). */
export function shellLine(...words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** `kubectl --context C -n NS ...`: the line does the same whatever context the person's kubectl has chosen. */
export function kubectl(at: { context: string; namespace: string }, ...words: readonly string[]): string {
  return shellLine('kubectl', '--context', at.context, '-n', at.namespace, ...words);
}

/** What the line prints goes into a file. */
export function into(line: string, file: string): string {
  return `${line} > ${shellLine(file)}`;
}

/** The line reads the text: a here-document (POSIX 2.7.4), in which nothing is special. Line ends are LF. */
export function fedWith(line: string, text: string): string {
  const body = text.replaceAll('\r\n', '\n').replace(/\n$/, '');
  const lines = new Set(body.split('\n'));
  let end = 'EOF';
  while (lines.has(end)) end += '_';
  return `${line} <<'${end}'\n${body}\n${end}`;
}
