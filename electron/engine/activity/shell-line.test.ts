import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fedWith, into, kubectl, shellLine } from './shell-line.ts';

const bash = (script: string, cwd?: string) => execFileSync('bash', ['-c', script], { encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) });

test.each([
  [['curl', 'localhost:8080'], 'curl localhost:8080'],
  [['echo', 'two words'], "echo 'two words'"],
  [['echo', "it's", '$HOME', '`x`', '', '한글 😀'], "echo 'it'\\''s' '$HOME' '`x`' '' '한글 😀'"],
])('%j', (words, line) => expect(shellLine(...words)).toBe(line));

test.each([
  [["it's", '$HOME', '`x`', '', '한글 😀', 'two words']],
  [['[{"op":"test","path":"/a~1b","value":"it\'s"}]', '!!', 'a\nb', '\\', '*', '#x', 'C:\\Users\\me']],
])('a real shell reads %j back as they were', (words) => {
  for (const shell of ['sh', 'bash'])
    expect(execFileSync(shell, ['-c', `for w in ${shellLine(...words)}; do printf '%s\\0' "$w"; done`], { encoding: 'utf8' })).toBe(words.map((w) => `${w}\0`).join(''));
});

test('a kubectl line names its context and namespace', () => {
  expect(kubectl({ context: 'kind-kind', namespace: 'default' }, 'delete', 'pod', 'spring-pod')).toBe(
    'kubectl --context kind-kind -n default delete pod spring-pod',
  );
});

test.each(['kind: Pod\nmetadata: {name: "$HOME `x` \\n"}\n', 'a\nEOF\nEOF_\nb', "it's\ttabs\n한글", ''])('%j is fed as it is', (text) => {
  expect(bash(fedWith('cat', text))).toBe(`${text.replace(/\n$/, '')}\n`);
});

test('a file with CRLF is fed with LF', () => expect(bash(fedWith('cat', 'a\r\nb\r\n'))).toBe('a\nb\n'));

test('the output goes into a file of any name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'podlab-line-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  bash(into(shellLine('echo', 'x y'), "it's a file.yaml"), folder);
  expect(readFileSync(join(folder, "it's a file.yaml"), 'utf8')).toBe('x y\n');
});
