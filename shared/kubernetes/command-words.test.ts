import { expect, test } from 'vitest';
import { splitWords } from './command-words.ts';

test.each([
  ['curl localhost:8080', ['curl', 'localhost:8080']],
  ['  sh -c "echo hi; ls"  ', ['sh', '-c', 'echo hi; ls']],
  [`echo 'it is' "a \\"word\\"" a\\ b`, ['echo', 'it is', 'a "word"', 'a b']],
  ['echo "" x', ['echo', '', 'x']],
  ['echo 한글 $HOME | cat', ['echo', '한글', '$HOME', '|', 'cat']],
  ['', []],
  ['   ', []],
  ["echo don't stop", undefined],
  ['rm -rf /data/\'x y', undefined],
  ['echo "x', undefined],
  ['echo x\\', undefined],
])('%j', (line, words) => expect(splitWords(line)).toEqual(words));
