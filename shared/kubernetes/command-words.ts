// A command as a person writes it in one line.

/**
 * Splits at blanks; single and double quotes keep words together, a backslash keeps the next character. No shell runs, so `$X`, `|` and `*`
 * are plain characters: `kubectl exec` does the same. Undefined where a quote is not closed.
 */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let end = 0;
  const word = /\s*((?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)/gy;
  for (let match = word.exec(line); match; match = word.exec(line)) {
    end = word.lastIndex;
    words.push((match[1] ?? '').replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, (_, single, double, escaped) => single ?? double?.replace(/\\(["\\])/g, '$1') ?? escaped));
  }
  // Half a line must never run: `rm -rf /data/'x y` without its end would be another command.
  return line.slice(end).trim() === '' ? words : undefined;
}
