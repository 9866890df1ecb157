// Patterns of the shell (POSIX.1-2017, 2.13): `*`, `?`, `[...]`; a backslash takes the meaning of what follows it.

/** Whether the whole text fits. Two pointers and no regular expression, so that no pattern takes long. */
export function matches(pattern: string, text: string): boolean {
  const tokens = tokenize(pattern);
  const letters = Array.from(text);
  let token = 0;
  let letter = 0;
  let star = -1;
  let mark = 0;
  while (letter < letters.length) {
    const one = tokens[token];
    if (one === '*') {
      star = token++;
      mark = letter;
    } else if (one !== undefined && one(letters[letter]!)) {
      token += 1;
      letter += 1;
    } else if (star !== -1) {
      token = star + 1;
      letter = ++mark;
    } else return false;
  }
  while (tokens[token] === '*') token += 1;
  return token === tokens.length;
}

type Token = '*' | ((letter: string) => boolean);

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = [];
  const letters = Array.from(pattern);
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at]!;
    if (letter === '*') tokens.push('*');
    else if (letter === '?') tokens.push(() => true);
    else if (letter === '[' && letters.indexOf(']', at + 2) !== -1) {
      const end = letters.indexOf(']', at + 2);
      tokens.push(bracket(letters.slice(at + 1, end)));
      at = end;
    } else {
      if (letter === '\\') at += 1;
      const wanted = letters[at] ?? '\\';
      tokens.push((given) => given === wanted);
    }
  }
  return tokens;
}

function bracket(inside: readonly string[]): (letter: string) => boolean {
  const negated = inside[0] === '!' || inside[0] === '^';
  const set = negated ? inside.slice(1) : inside;
  return (letter) => {
    let found = false;
    for (let at = 0; at < set.length; at += 1) {
      const from = set[at]!;
      const to = set[at + 1] === '-' && at + 2 < set.length ? set[at + 2]! : from;
      if (letter >= from && letter <= to) found = true;
      if (to !== from) at += 2;
    }
    return found !== negated;
  };
}

export const hasPattern = (pattern: string): boolean => /(^|[^\\])[*?[]/.test(pattern);

/** Text in which nothing is a pattern. */
export const escaped = (text: string): string => text.replace(/[*?[\]\\]/g, '\\$&');

/** Names of files that fit, sorted; names that begin with a dot only fit a pattern that does. */
export function expandPattern(pattern: string, cwd: string, list: (directory: string) => readonly string[]): string[] {
  const parts = pattern.split('/');
  let found = [pattern.startsWith('/') ? '/' : ''];
  for (const part of pattern.startsWith('/') ? parts.slice(1) : parts) {
    if (part === '') continue;
    found = found.flatMap((start) => {
      const join = (name: string) => (start === '' || start.endsWith('/') ? `${start}${name}` : `${start}/${name}`);
      if (!hasPattern(part)) return [join(part.replace(/\\(.)/g, '$1'))];
      const directory = start === '' ? cwd : start.startsWith('/') ? start : `${cwd}/${start}`;
      let names: readonly string[] = [];
      try {
        names = list(directory);
      } catch {
        // No directory, so nothing fits.
      }
      return names.filter((name) => (part.startsWith('.') || !name.startsWith('.')) && matches(part, name)).map(join);
    });
  }
  return found.sort();
}
