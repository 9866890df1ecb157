// The line that a person would type for what Podlab did, ready to paste into a POSIX shell.

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Quotes what a shell would read otherwise (POSIX Shell Command Language 2.2.2: nothing is special between single quotes). */
export function shellLine(...words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** `kubectl --context C -n NS ...`: the line does the same whatever context the person's kubectl has chosen. */
export function kubectl(at: { context: string; namespace: string }, ...words: readonly string[]): string {
  return shellLine('kubectl', '--context', at.context, '-n', at.namespace, ...words);
}
