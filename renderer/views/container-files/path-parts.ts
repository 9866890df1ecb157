// Paths inside a container: always from the root on, with slashes, whatever this computer's own look like.

export interface Crumb {
  readonly name: string;
  readonly path: string;
}

/** The folders on the way to a path, the root first (its name is a slash). */
export function crumbsOf(path: string): Crumb[] {
  const names = path.split('/').filter((name) => name !== '');
  return [{ name: '/', path: '/' }, ...names.map((name, index) => ({ name, path: `/${names.slice(0, index + 1).join('/')}` }))];
}

export function pathIn(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** Undefined for the root, which is in no folder. */
export function folderOf(path: string): string | undefined {
  return crumbsOf(path).at(-2)?.path;
}

export function nameOf(path: string): string {
  return crumbsOf(path).at(-1)?.name ?? '/';
}

/** A name in one line: what ends a line or moves the cursor is shown as the sign that stands for it (U+2400 and the following). */
export function shownName(name: string): string {
  return Array.from(name, (letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? '\u2421' : letter;
  }).join('');
}
