// What cannot be read, and patterns as Docker's own matcher has them (moby/patternmatcher, patternmatcher_test.go names the same cases).
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { readIgnoreRules } from './ignore-rules.ts';
import type { RuleMatch } from './ignore-rules.ts';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'podlab-ignore-')); });
afterEach(() => rm(folder, { recursive: true }));

async function ignores(rules: string, path: string): Promise<boolean> {
  await writeFile(join(folder, '.dockerignore'), rules);
  const { match } = await readIgnoreRules(folder, 'Dockerfile', 'buildkit');
  let found: RuleMatch | undefined;
  path.split('/').forEach((_, index, names) => { found = match(names.slice(0, index + 1).join('/'), found); });
  return found!.ignored;
}

test.each([
  ['**', 'file', true], ['**', 'dir/file', true], ['**/', 'dir/file', true], ['**/**', 'dir/file', true], ['dir/**', 'dir/file', true], ['dir/**', 'dir', false],
  ['**/dir2/*', 'dir/dir2/file', true], ['**/dir2/**', 'dir/dir2/dir2/file', true], ['**/*.txt', 'dir/dir2/file.txt', true], ['a**b', 'a/b', true],
  ['**file', 'dirfile', true], ['**/file', 'xfile', false], ['**/file', 'a/b/file', true], ['**.log', 'a/b.log', true], ['file**', 'filename', true],
  ['a/b', 'a/b/c', true], ['b', 'a/b', false], ['a?c', 'abc', true], ['a?c', 'a/c', false], ['*', 'a/b', true], ['*.md', 'a/x.md', false],
  ['[a-c]x', 'bx', true], ['[^a]x', 'bx', true], ['[^a]x', 'ax', false], [String.raw`a[\]\-]b`, 'a]b', true], [String.raw`\*.txt`, '*.txt', true],
  [String.raw`\*.txt`, 'a.txt', false], ['a.b', 'axb', false], ['a+b*', 'a+b1', true], ['(x)*', '(x)1', true], ['a{1}*', 'a{1}', true], ['한?', '한글', true],
  ['./a', 'a', true], ['a/../b', 'b', true], ['/a/', 'a', true], ['//a', 'a', true], ['.', 'a', false], ['..', 'a', false], ['/', 'a', false],
  [' a ', 'a', true], ['# a\na', 'a', true], [' # a', '# a', true], ['! a', 'a', false], ['a\n!a\na', 'a', true], ['a\r\n', 'a', true], ['\uFEFFa', 'a', true],
])('%j ignores %j: %j', async (rules, path, ignored) => expect(await ignores(rules, path)).toBe(ignored));

test.each([['a\n[', 'line 2: [: syntax error in pattern'], ['[]a]', 'line 1: []a]: syntax error in pattern'], ['[a-]', 'line 1: [a-]: syntax error in pattern'],
  ['a\\', 'line 1: a\\: syntax error in pattern'], ['!', 'line 1: !: illegal exclusion pattern: "!"']])('%j cannot be read', async (rules, cause) => {
  const error: unknown = await ignores(rules, 'x').catch((reason: unknown) => reason);
  expect(error instanceof Failure && error.toData()).toEqual({ code: 'IGNORE_FILE_INVALID', params: { file: join(folder, '.dockerignore') }, cause });
});
