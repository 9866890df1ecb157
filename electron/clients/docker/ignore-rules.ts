// `.dockerignore` as Docker reads it: https://docs.docker.com/build/concepts/context/#dockerignore-files . The file's reading follows moby's
// patternmatcher/ignorefile, the patterns its patternmatcher (`**`, prefixes and suffixes, Go's filepath.Match for the rest).
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Builder } from '../../../shared/contract/builds.ts';
import { Failure } from '../../../shared/contract/failures.ts';

export interface IgnoreRules {
  /** The file that they come from, relative to the folder; undefined where there is none. */
  readonly file: string | undefined;
  /** Whether a path is left out. `parent`: the answer for its folder; undefined at the top. */
  match(path: string, parent: RuleMatch | undefined): RuleMatch;
  /** Whether something inside a folder that is left out may be sent all the same. */
  mayKeepInside(folder: string): boolean;
}

export interface RuleMatch {
  readonly ignored: boolean;
  /** For each pattern, whether it fits the path or a folder above it. */
  readonly fits: readonly boolean[];
}

interface Pattern {
  /** As it is compared: cleaned, without the `!`. */
  readonly text: string;
  readonly keeps: boolean;
  fits(path: string): boolean;
}

const NOTHING: RuleMatch = { ignored: false, fits: [] };

/**
 * The rules for one Dockerfile. Only BuildKit knows `NAME.dockerignore`, which goes before `.dockerignore`. The classic builder is sent the
 * Dockerfile and `.dockerignore` even where they are ignored: it reads them out of the context, and takes them away itself (docker/cli:
 * TrimBuildFilesFromExcludes; moby: removeDockerfile). BuildKit gets them apart from the context.
 * Throws IGNORE_FILE_INVALID or FILE_UNREADABLE.
 */
export async function readIgnoreRules(folder: string, dockerfile: string, builder: Builder): Promise<IgnoreRules> {
  for (const file of builder === 'classic' ? ['.dockerignore'] : [`${dockerfile}.dockerignore`, '.dockerignore']) {
    const text = await readOptional(join(folder, file));
    if (text === undefined) continue;
    const patterns = readPatterns(text, join(folder, file));
    if (builder === 'classic') for (const path of [dockerfile, '.dockerignore']) patterns.push({ text: path, keeps: true, fits: other => other === path });
    return { file, ...rulesOf(patterns, builder) };
  }
  return { file: undefined, match: () => NOTHING, mayKeepInside: () => false };
}

function rulesOf(patterns: readonly Pattern[], builder: Builder): Omit<IgnoreRules, 'file'> {
  const kept = patterns.filter(({ keeps }) => keeps);
  const anywhere = kept.some(({ text }) => /[*?[\\]/.test(text));
  return {
    match(path, parent) {
      // The last pattern that fits the path, or any folder above it, decides.
      const fits = patterns.map((pattern, index) => (parent?.fits[index] ?? false) || pattern.fits(path));
      const last = fits.lastIndexOf(true);
      return { ignored: last >= 0 && !patterns[last]!.keeps, fits };
    },
    // The classic builder's client looks at how a `!` pattern begins, so that there `!**` + `/x` reopens no folder; BuildKit's enters every
    // folder once a `!` pattern has a wildcard.
    mayKeepInside: folder => (anywhere && builder !== 'classic') || kept.some(({ text }) => `${text}/`.startsWith(`${folder}/`)),
  };
}

function readPatterns(text: string, file: string): Pattern[] {
  return text.replace(/^\uFEFF/, '').split('\n').flatMap((written, index) => {
    if (written.startsWith('#')) return [];
    const line = written.trim();
    const keeps = line.startsWith('!');
    const body = (keeps ? line.slice(1) : line).trim();
    if (!line) return [];
    const invalid = !body ? 'illegal exclusion pattern: "!"' : malformed(body) ? 'syntax error in pattern' : undefined;
    if (invalid) throw new Failure('IGNORE_FILE_INVALID', { file }, `line ${index + 1}: ${line}: ${invalid}`);
    const cleaned = clean(body);
    return [{ text: cleaned, keeps, fits: matcher(cleaned) }];
  });
}

/** Go's filepath.Clean and ToSlash, without the slash it may begin with. */
function clean(pattern: string): string {
  const normal = posix.normalize(process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern).replace(/(?<=.)\/$/, '');
  return normal.length > 1 ? normal.replace(/^\//, '') : normal;
}

function matcher(pattern: string): (path: string) => boolean {
  if (!/[*?[\\\]]/.test(pattern)) return path => path === pattern;
  // A pattern whose only special part is `**` at one end is no regular expression to Docker: `**.log` fits `a.log`, `out**` fits `output`.
  const suffix = /^\*\*([^*?[\\\]]*)$/.exec(pattern)?.[1];
  if (suffix !== undefined) return path => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
  const prefix = /^([^*?[\\\]]*)\*\*$/.exec(pattern)?.[1];
  if (prefix !== undefined) return path => path.startsWith(prefix);
  const parts = pattern.match(/\*\*\/?|\*|\?|\[(?:\\.|[^\]\\])*\]|\\.|./gsu) ?? [];
  const expression = new RegExp(`^${parts.map((part, index) => {
    if (part.startsWith('**')) return index === parts.length - 1 ? '.*' : '(.*/)?';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 2 && part.startsWith('[')) return `[${part.slice(1, -1).replace(/\\(.)|[[&~|]/gsu, (all, escaped?: string) => literal(escaped ?? all))}]`;
    return literal(part.length === 2 && part.startsWith('\\') ? part[1]! : part);
  }).join('')}$`, 'su');
  return path => expression.test(path);
}

const literal = (character: string): string => /[.+*?()|[\]{}^$\\/-]/.test(character) ? `\\u{${character.codePointAt(0)!.toString(16)}}` : character;

/** Whether Go's filepath.Match calls the pattern bad: a class without end or content, nothing after a backslash. */
function malformed(pattern: string): boolean {
  const escapes = process.platform !== 'win32';
  return !(escapes ? /^(?:[^\\[]|\\.|\[\^?(?:(?:[^\\\]-]|\\.)(?:-(?:[^\\\]-]|\\.))?)+\])*$/su : /^(?:[^[]|\[\^?(?:[^\]-](?:-[^\]-])?)+\])*$/su).test(pattern);
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure('FILE_UNREADABLE', { file }, error);
  }
}
