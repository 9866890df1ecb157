import { expect, test } from 'vitest';
import { hasWords } from './has-words.ts';

const texts = ['Delete pod spring-pod', 'kubectl -n default delete pod spring-pod', 'Failed'];
test.each<[string, boolean]>([
  ['', true], ['  ', true], ['SPRING', true], ['failed spring', true], ['-n default', true], ['spring other', false],
])('"%s": %s', (query, found) => expect(hasWords(query, texts)).toBe(found));
