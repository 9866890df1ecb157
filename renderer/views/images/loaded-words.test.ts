import { expect, test } from 'vitest';
import type { LoadedOnNode } from '../../../shared/contract/images.ts';
import { loadedWords } from './loaded-words.ts';

const node = (name: string, sentBytes: number, alreadyThere = false): LoadedOnNode => ({ node: name, imageId: 'sha256:a', sentBytes, alreadyThere });

test.each<[string, LoadedOnNode[], ReturnType<typeof loadedWords>]>([
  ['the whole image', [node('a', 1005)], { key: 'done', nodes: 'a', count: 1, whole: 1000 }],
  ['its last layer', [node('a', 20)], { key: 'done', nodes: 'a', count: 1, sent: 20, whole: 1000 }],
  ['nothing', [node('a', 0, true)], { key: 'already', nodes: 'a', count: 1, whole: 0 }],
  ['nothing, on two nodes', [node('a', 0, true), node('b', 0, true)], { key: 'already', nodes: 'a, b', count: 2, whole: 0 }],
  ['one of two nodes had it', [node('a', 0, true), node('b', 1000)], { key: 'several', nodes: 'a, b', count: 2, whole: 1000 }],
  ['two nodes, one with layers of it', [node('a', 1000), node('b', 200)], { key: 'several', nodes: 'a, b', count: 2, sent: 1200, whole: 2000 }],
])('what was sent: %s', (_, loaded, words) => expect(loadedWords(loaded, 1000)).toEqual(words));
