import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { kubectl, shellLine } from './shell-line.ts';

test.each([
  [['curl', 'localhost:8080'], 'curl localhost:8080'],
  [['echo', 'two words'], "echo 'two words'"],
  [['echo', "it's", '$HOME', '`x`', '', '한글 😀'], "echo 'it'\\''s' '$HOME' '`x`' '' '한글 😀'"],
])('%j', (words, line) => {
  expect(shellLine(...words)).toBe(line);
  // A real shell reads the words back as they were.
  const [, ...rest] = words;
  expect(execFileSync('sh', ['-c', `for w in ${shellLine(...rest)}; do printf '%s\\n' "$w"; done`], { encoding: 'utf8' })).toBe(rest.map((w) => `${w}\n`).join(''));
});

test('a kubectl line names its context and namespace', () => {
  expect(kubectl({ context: 'kind-kind', namespace: 'default' }, 'delete', 'pod', 'spring-pod')).toBe(
    'kubectl --context kind-kind -n default delete pod spring-pod',
  );
});
